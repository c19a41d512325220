import type { Demand } from "../policy";

/** A rule for a cluster that has a policy engine anyway. Its CEL is the same for each engine. */
export interface EngineRule {
  /** Without the prefix `estate-`. */
  readonly name: string;
  /** What it stops, in one line. */
  readonly summary: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string; readonly resource: string };
  readonly operations: readonly ("CREATE" | "UPDATE" | "DELETE")[];
  /** Only requests for which all of these hold are judged. */
  readonly when?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  readonly demands: readonly Demand[];
}
