import type { KubernetesObject } from "../../model/kubernetes";
import { clusterLabels } from "./cluster-labels";
import { constraint, constraintTemplate } from "./gatekeeper";
import { helmSecretsOnly } from "./helm-secrets";
import { kyvernoPolicy } from "./kyverno";
import type { EngineRule } from "./rule";

/** The rules that are given for policy engines. A new one is one file and one name here. */
export const engineRules: readonly EngineRule[] = [clusterLabels, helmSecretsOnly];

/** Policy engines, and the manifests of all rules for each, in the order in which they are applied. */
export const engines = {
  kyverno: (): readonly KubernetesObject[] => engineRules.map(kyvernoPolicy),
  // A constraint's kind is there some seconds after its template.
  gatekeeper: (): readonly KubernetesObject[] => [
    ...engineRules.map(constraintTemplate),
    ...engineRules.map(constraint),
  ],
} as const;

/** The name of an engine. */
export type Engine = keyof typeof engines;
