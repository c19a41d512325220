import { rmSync } from "node:fs";

import { withLock } from "./lock";
import { endControllers } from "./operators/ledger";
import { endProcess } from "./process";
import { silent, type Reporter } from "./progress";
import { lockFile, readState, stateOf, writeState } from "./state";

/** Ends exactly what `start` began; keeps all data. */
export async function stop(dir: string, reporter: Reporter = silent): Promise<void> {
  if (readState(dir) === undefined) return;
  await withLock(lockFile(dir), { pollMs: 100 }, () => stopParts(dir, reporter));
}

/** Those that write to others first, what keeps the data last. */
const stopOrder = [/^(operators|controller-manager-.*)$/, /^(apiserver-.*|vault|gitlab|harbor|ingress|kms)$/, /./];

/** Ends the parts, for one who holds the lock already. */
export async function stopParts(dir: string, reporter: Reporter = silent): Promise<void> {
  for (const pattern of stopOrder) {
    const { parts } = stateOf(dir);
    const going = Object.entries(parts).filter(([name]) => pattern.test(name));
    await Promise.all(
      going.map(async ([name, record]) => {
        const outcome = await endProcess(record, 20_000);
        if (outcome === "killed") reporter.line(`${name}: did not end within 20 s and was killed`);
      }),
    );
    // The operators end their controllers themselves, unless they were killed.
    if (going.some(([name]) => name === "operators")) await endControllers(dir);
    const gone = new Set(going.map(([name]) => name));
    writeState(dir, {
      ...stateOf(dir),
      parts: Object.fromEntries(Object.entries(parts).filter(([name]) => !gone.has(name))),
    });
  }
}

/** Stops the sandbox and removes its folder, if it is one. */
export async function destroy(dir: string): Promise<void> {
  if (readState(dir) === undefined) return;
  await stop(dir);
  rmSync(dir, { recursive: true, force: true });
}
