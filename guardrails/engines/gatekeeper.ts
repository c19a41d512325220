import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { homes } from "../policy";
import type { EngineRule } from "./rule";

const named = (expressions: Readonly<Record<string, string>>): Json[] =>
  Object.entries(expressions).map(([name, expression]) => ({ name, expression }));

/** `helm-secrets-only` -> `EstateHelmSecretsOnly`. */
const kindOf = (name: string): string =>
  `estate-${name}`
    .split("-")
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join("");

/** A rule as Gatekeeper's template: it makes the kind of which the constraint is. */
export function constraintTemplate({
  name,
  operations,
  when,
  variables,
  demands,
  summary,
}: EngineRule): KubernetesObject {
  const kind = kindOf(name);
  return {
    apiVersion: "templates.gatekeeper.sh/v1",
    kind: "ConstraintTemplate",
    metadata: { name: kind.toLowerCase(), labels: platformLabels, annotations: { description: summary } },
    spec: {
      crd: { spec: { names: { kind }, validation: { openAPIV3Schema: { type: "object" } } } },
      targets: [
        {
          target: "admission.k8s.gatekeeper.sh",
          operations: [...operations],
          code: [
            {
              engine: "K8sNativeValidation",
              source: {
                failurePolicy: "Fail",
                // Gatekeeper spells this key in the singular.
                ...(when === undefined ? {} : { matchCondition: named(when) }),
                ...(variables === undefined ? {} : { variables: named(variables) }),
                validations: demands.map(({ expression, message }) => ({ expression, message })),
              },
            },
          ],
        },
      ],
    },
  };
}

/** What puts the template into force in the homes of tenants. */
export function constraint({ name, kind }: EngineRule): KubernetesObject {
  return {
    apiVersion: "constraints.gatekeeper.sh/v1beta1",
    kind: kindOf(name),
    metadata: { name: `estate-${name}`, labels: platformLabels },
    spec: {
      enforcementAction: "deny",
      match: { kinds: [{ apiGroups: [kind.group], kinds: [kind.kind] }], namespaceSelector: homes },
    },
  };
}
