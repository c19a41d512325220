import { spawn } from "node:child_process";
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Complaint, reasonOf } from "./complaint";
import { identify, isRunning, type ProcessIdentity } from "./process";

/** A part that was started. It stays on record until it is stopped, so that a death can be told from a stop. */
export interface PartRecord extends ProcessIdentity {
  readonly startedAt: string;
}

/** One process of the sandbox. */
export interface Part {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly port?: number;
  /** What is waited for, in words. */
  readonly awaited: string;
  readonly boundMs: number;
  /** Undefined when it is ready, else what was seen instead; a throw counts as seen too. */
  readonly look: () => Promise<string | undefined>;
}

/** The log of a part. */
export function logFile(dir: string, part: string): string {
  return join(dir, "logs", `${part}.log`);
}

/**
 * What every program of the sandbox is given. Of this process's own settings GOGC goes along: with 400, Go's programs take twice
 * the memory and do a tenth to a fifth less work, which pays where tests run side by side.
 */
export function programEnvironment(home: string): Record<string, string> {
  const { PATH = "", GOGC } = process.env;
  return { PATH, HOME: home, ...(GOGC === undefined ? {} : { GOGC }) };
}

/** Starts a part so that it outlives this process. */
export function launch(dir: string, part: Part): PartRecord {
  const file = logFile(dir, part.name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const log = openSync(file, "a", 0o600);
  try {
    const child = spawn(part.file, [...part.args], {
      cwd: dir,
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...programEnvironment(dir), ...part.env },
    });
    // Without a listener a failed spawn would end us; the missing pid below tells it.
    child.on("error", () => undefined);
    child.unref();
    const identity = child.pid === undefined ? undefined : identify(child.pid);
    if (identity === undefined) {
      throw new Complaint(`${part.name} did not start`, `could not run ${part.file}`, `see ${file}`);
    }
    return { ...identity, startedAt: new Date().toISOString() };
  } finally {
    closeSync(log);
  }
}

/** Waits until a running part is ready, within its bound; an abort by `signal` ends the wait, not the part. */
export async function awaitReady(
  dir: string,
  part: Part,
  identity: ProcessIdentity,
  signal?: AbortSignal,
): Promise<void> {
  const deadline = Date.now() + part.boundMs;
  let seen = "nothing yet";
  for (;;) {
    signal?.throwIfAborted();
    const alive = isRunning(identity);
    try {
      const answer = await part.look();
      if (answer === undefined) return;
      seen = answer;
    } catch (thrown) {
      if (thrown instanceof Complaint) throw thrown;
      seen = reasonOf(thrown);
    }
    if (!alive) throw failure(dir, part, `it died while ${part.awaited} was awaited; last seen: ${seen}`);
    if (Date.now() > deadline) {
      throw failure(
        dir,
        part,
        `${part.awaited} did not come within ${String(part.boundMs / 1000)} s; last seen: ${seen}`,
      );
    }
    await sleep(100);
  }
}

function failure(dir: string, part: Part, why: string): Complaint {
  const lines = lastLines(logFile(dir, part.name), 8)
    .map((line) => `\n    ${line}`)
    .join("");
  return new Complaint(
    `${part.name} is not ready`,
    `${why}; the end of its log:${lines === "" ? " (empty)" : lines}\n`,
    `see ${logFile(dir, part.name)}, then \`npm run sandbox -- start\` again`,
  );
}

/** The end of a file, without reading the whole of it. */
export function lastLines(file: string, count: number): string[] {
  if (!existsSync(file)) return [];
  const handle = openSync(file, "r");
  try {
    const { size } = fstatSync(handle);
    const length = Math.min(size, 64 * 1024);
    const buffer = Buffer.alloc(length);
    readSync(handle, buffer, 0, length, size - length);
    return buffer
      .toString("utf8")
      .trimEnd()
      .split("\n")
      .slice(-count)
      .filter((line) => line !== "");
  } finally {
    closeSync(handle);
  }
}

/** The text of a file; undefined when it is not there. */
export function textOf(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
