import type { Settings } from "../../config/schema";
import { eksSettings } from "./eks";

/** Settings of an estate on EKS whose images are in ECR. */
export function ecrSettings(change: Record<string, unknown> = {}): Settings {
  return eksSettings({ registry: { kind: "ecr" }, ...change });
}
