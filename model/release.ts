import type { Json } from "./kubernetes";

/** A Helm release that Pulumi installs itself, because what comes after needs it in the same run. */
export interface ReleasePlan {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly version: string;
  /** Repository URL of the chart; absent for an OCI address in `chart`. */
  readonly repository?: string;
  readonly values: { readonly [key: string]: Json };
  /** How long its pods are waited for, and whether its Jobs are, too. Absent: not at all. */
  readonly wait?: { readonly seconds: number; readonly jobs: boolean };
}
