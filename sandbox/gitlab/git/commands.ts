import type { Readable } from "node:stream";

import { Refusal } from "../http/refusal";
import type { RefChange } from "./changes";

/** The commands at the start of a push, the bytes that held them, and the stream of what follows. */
export interface Commands {
  readonly commands: readonly RefChange[];
  readonly head: Buffer;
  readonly rest: AsyncIterable<Buffer>;
}

const bound = 4 * 1024 * 1024;

/** Reads the commands of a push, which come before its pack. What this cannot read is refused, not passed on. */
export async function readCommands(body: Readable): Promise<Commands> {
  const source = body[Symbol.asyncIterator]() as AsyncIterableIterator<Buffer>;
  let head = Buffer.alloc(0);
  for (;;) {
    const commands = parse(head);
    if (commands !== undefined) {
      const rest: AsyncIterable<Buffer> = { [Symbol.asyncIterator]: () => source };
      return { commands, head, rest };
    }
    const next = await source.next();
    if (next.done === true) throw new Refusal(400, "the push ends within its commands");
    head = Buffer.concat([head, next.value]);
    if (head.length > bound) throw new Refusal(413, "too many commands in one push");
  }
}

/** The commands up to the first flush packet; undefined when more bytes are needed. */
function parse(bytes: Buffer): RefChange[] | undefined {
  const commands: RefChange[] = [];
  for (let at = 0; ;) {
    if (bytes.length < at + 4) return undefined;
    const size = bytes.toString("latin1", at, at + 4);
    if (size === "0000") return commands;
    const length = /^[0-9a-f]{4}$/i.test(size) ? parseInt(size, 16) : 0;
    if (length <= 4) throw new Refusal(400, "a push that cannot be read");
    if (bytes.length < at + length) return undefined;
    const line = bytes.toString("utf8", at + 4, at + length);
    at += length;
    if (line.startsWith("shallow ")) continue;
    const found = /^([0-9a-f]{40}) ([0-9a-f]{40}) ([^\0\n ]+)(?:\0[^\n]*)?\n?$/.exec(line);
    const [, before, after, ref] = found ?? [];
    // A signed push hides its commands in a certificate; it is not offered, so nobody needs it.
    if (before === undefined || after === undefined || ref === undefined) {
      throw new Refusal(400, "a push that cannot be read");
    }
    commands.push({ before, after, ref });
  }
}
