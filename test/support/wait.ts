import { setTimeout as sleep } from "node:timers/promises";

/** Waits within a bound; on failure tells what was awaited and what was seen last. */
export async function eventually(
  awaited: string,
  boundMs: number,
  look: () => Promise<{ readonly done: boolean; readonly seen: string }>,
): Promise<void> {
  const end = Date.now() + boundMs;
  for (;;) {
    const { done, seen } = await look();
    if (done) return;
    if (Date.now() > end) throw new Error(`awaited for ${String(boundMs / 1000)} s: ${awaited}; seen last: ${seen}`);
    await sleep(500);
  }
}
