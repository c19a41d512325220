import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";

import { Refusal } from "./refusal";

/** What belongs to one connection and not to the message. */
const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer", "expect"]);

/** A request as it goes to the registry. */
export interface Forward {
  readonly target: URL;
  readonly authorization: string | undefined;
  /** The whole body, when it was read already; else it is passed on as it comes. */
  readonly body?: Buffer;
}

/** Passes a request on to the registry and gives its answer, whose body is not read yet. */
export async function ask(incoming: IncomingMessage, forward: Forward): Promise<IncomingMessage> {
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).filter(
      ([name]) => !hopByHop.has(name) && name !== "authorization" && name !== "host" && !name.startsWith("x-forwarded"),
    ),
  );
  if (forward.authorization !== undefined) headers["authorization"] = forward.authorization;
  if (forward.body !== undefined) headers["content-length"] = String(forward.body.length);
  const outgoing = request(forward.target, { method: incoming.method, headers, timeout: 60_000 });
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.once("response", resolve);
    outgoing.once("error", reject);
    outgoing.once("timeout", () => outgoing.destroy(new Error("the registry did not answer within 60 s")));
  });
  if (forward.body !== undefined) outgoing.end(forward.body);
  else {
    // A client that goes away in the middle of an upload must not leave a whole-looking one behind.
    pipeline(incoming, outgoing).catch((thrown: unknown) => {
      outgoing.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
    });
  }
  return answer.catch((thrown: unknown) => {
    throw new Refusal(502, "UNAVAILABLE", `registry: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  });
}

/** Gives the registry's answer to the client as it is. */
export async function passBack(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !hopByHop.has(name)));
  response.writeHead(answer.statusCode ?? 502, headers);
  await pipeline(answer, response);
}

/** Reads a request's whole body within a bound. */
export async function bodyOf(incoming: IncomingMessage, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    size += bytes.length;
    if (size > limit) throw new Refusal(413, "REQUEST_ENTITY_TOO_LARGE", `more than ${String(limit)} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
