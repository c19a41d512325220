import type { Settings } from "../../config/schema";
import { settings } from "./fixtures";

/** Where the fixtures' clusters on AWS are. */
export const aws = {
  region: "eu-central-1",
  account: "111122223333",
  deployers: ["arn:aws:iam::111122223333:role/estate-ci"],
};

/** A cluster on EKS as settings say it; a test changes what it is about. */
export function eks(second: number, change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    role: "workload",
    kind: "eks",
    version: "1.35",
    network: { cidr: `10.${String(second)}.0.0/16` },
    ...change,
  };
}

/** The three clusters on EKS. */
export const threeClusters = {
  "control-plane": eks(10, { role: "control-plane" }),
  dev: eks(20),
  prod: eks(30, { ring: 1 }),
};

/** Settings of an estate on EKS. */
export function eksSettings(change: Record<string, unknown> = {}): Settings {
  return settings({ aws, clusters: threeClusters, ...change });
}
