import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { protectedData } from "./protected-data";
import { secretMarks } from "./secret-marks";
import { behindFloors, versionFloors } from "./version-floors";
import { wildcards } from "./wildcards";

/** The rules of the pack. A new one is one file and one name here. */
export const rules: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  secretMarks(),
  protectedData,
  wildcards,
  versionFloors,
  behindFloors,
];
