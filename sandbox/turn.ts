import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { withLock } from "./lock";
import type { Reporter } from "./progress";

/**
 * Runs a command that starts, uses or stops the sandbox of a folder, one at a time: a rehearsal stops what it started, and
 * nobody else's `start` or `stop` may come in between. Whoever waits says for whom. `start` and `stop` themselves are held
 * apart by a lock of their own, which is held for less.
 */
export function inTurn<T>(dir: string, reporter: Reporter, work: () => Promise<T>): Promise<T> {
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const onWait = (pid: number): void =>
    reporter.line(`process ${String(pid)} is using the sandbox in ${dir}; waiting until it has ended`);
  return withLock(join(dir, "turn.lock"), { onWait }, work);
}
