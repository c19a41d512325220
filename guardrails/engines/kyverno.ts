import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { homes } from "../policy";
import type { EngineRule } from "./rule";

const named = (expressions: Readonly<Record<string, string>>): Json[] =>
  Object.entries(expressions).map(([name, expression]) => ({ name, expression }));

/** A rule as Kyverno's ValidatingPolicy; the older ClusterPolicy (`kyverno.io/v1`) is deprecated since 1.17. */
export function kyvernoPolicy({ name, kind, operations, when, variables, demands }: EngineRule): KubernetesObject {
  return {
    apiVersion: "policies.kyverno.io/v1",
    kind: "ValidatingPolicy",
    metadata: { name: `estate-${name}`, labels: platformLabels },
    spec: {
      failurePolicy: "Fail",
      validationActions: ["Deny"],
      // A scan of what is there has no user to ask for.
      evaluation: { background: { enabled: false } },
      matchConstraints: {
        namespaceSelector: homes,
        resourceRules: [
          {
            apiGroups: [kind.group],
            apiVersions: [kind.version],
            operations: [...operations],
            resources: [kind.resource],
          },
        ],
      },
      ...(when === undefined ? {} : { matchConditions: named(when) }),
      ...(variables === undefined ? {} : { variables: named(variables) }),
      validations: demands.map(({ expression, message }) => ({ expression, message })),
    },
  };
}
