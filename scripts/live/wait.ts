import { setTimeout as sleep } from "node:timers/promises";

/** Waits within a bound, and gives how long it took (ms); on failure tells what was awaited and what was seen last. */
export async function eventually(
  awaited: string,
  boundMs: number,
  look: () => Promise<{ readonly done: boolean; readonly seen: string }>,
): Promise<number> {
  const began = Date.now();
  for (;;) {
    const { done, seen } = await look();
    const took = Date.now() - began;
    if (done) return took;
    if (took > boundMs) throw new Error(`awaited for ${String(boundMs / 1000)} s: ${awaited}; seen last: ${seen}`);
    await sleep(250);
  }
}
