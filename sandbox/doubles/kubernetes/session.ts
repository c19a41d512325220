import type { KubernetesClient } from "@estate/clients";
import type { Engine } from "../framework/engine";
import type { Cluster } from "./cluster";
import type { Settings } from "./settings";

/** What every operation on a resource works with. */
export interface Session {
  readonly settings: Settings;
  readonly cluster: Cluster;
  readonly engine: Engine;
  /** Aborted when the engine cancels. */
  readonly signal: AbortSignal;
}

/** Sleeps; wakes with an error when the engine cancels. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}

/** A reachable cluster and what goes with it. */
export interface Reachable {
  readonly client: KubernetesClient;
  readonly signal: AbortSignal;
}
