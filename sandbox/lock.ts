import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { identify, isRunning } from "./process";

/** How a lock is waited for. */
export interface LockOptions {
  /** Called once when somebody else holds the lock. */
  readonly onWait?: (pid: number) => void;
  readonly pollMs?: number;
}

let tokens = 0;

/**
 * Runs `work` while holding the lock file, across processes. A lock whose holder no longer runs is taken over. The
 * lock also goes when this process exits by `process.exit`.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  const text = await acquire(file, options);
  const release = (): void => {
    if (read(file) === text) rmSync(file, { force: true });
  };
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

async function acquire(file: string, options: LockOptions): Promise<string> {
  mkdirSync(dirname(file), { recursive: true });
  const token = `${String(process.pid)}-${String((tokens += 1))}`;
  const text = `${String(process.pid)} ${identify(process.pid)?.startTime ?? ""} ${token}\n`;
  let told = false;
  for (;;) {
    if (place(file, text, token)) return text;
    const held = read(file);
    if (held === undefined) continue;
    const holder = holderOf(held);
    if (holder === undefined) {
      takeAway(file, held, token);
      continue;
    }
    if (!told) options.onWait?.(holder);
    told = true;
    await sleep(options.pollMs ?? 250);
  }
}

/** A hard link appears at once and with its whole content, so no reader ever sees a half-written lock. */
function place(file: string, text: string, token: string): boolean {
  const draft = `${file}.${token}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST") return false;
    throw thrown;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes a stale lock, unless another waiter was faster and the file is by now a living one. */
function takeAway(file: string, stale: string, token: string): void {
  const aside = `${file}.${token}.stale`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (read(aside) !== stale) {
    try {
      linkSync(aside, file);
    } catch {
      // Somebody placed a new one meanwhile; theirs stands.
    }
  }
  rmSync(aside, { force: true });
}

function holderOf(text: string): number | undefined {
  const [pidText, startTime] = text.trim().split(" ");
  const pid = Number(pidText);
  if (startTime === undefined || !isRunning({ pid, startTime })) return undefined;
  return pid;
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
