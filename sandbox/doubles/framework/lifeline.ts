import type { Engine } from "./engine";

/** How often a plugin looks whether its parent still lives. */
const INTERVAL_MS = 500;

/**
 * Ends this process when the engine does, also when the engine was killed and could tell nobody. The launcher is
 * `exec node`, so the parent is the engine itself: an orphan gets another parent. The connection to the engine is the
 * second sign, and the quicker one.
 */
export function endWith(engine: Engine, end: () => void = () => process.exit(0)): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, INTERVAL_MS);
  // Already an orphan while starting, or a container's first process is the engine: only the connection can tell.
  engine.onGone(end, parent === 1);
}
