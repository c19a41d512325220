import type { KubernetesObject } from "../model/kubernetes";

/** An admission policy that holds a tenant inside its own home: one file in this folder, one name in `index.ts`. */
export interface Guardrail {
  readonly name: string;
  /** What it stops, in one line. */
  readonly summary: string;
  /**
   * Why it refuses on every cluster, one of mode `warn`, too. Absent where what it would let pass there can be found and mended
   * before it refuses.
   */
  readonly always?: string;
  /** The policy and its binding; a policy without a binding does nothing. */
  readonly objects: readonly KubernetesObject[];
}
