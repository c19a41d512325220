import type { Json, KubernetesObject } from "../model/kubernetes";
import { label, platformLabels } from "../model/labels";

/** Requests that a policy judges. */
export interface Rule {
  readonly groups: readonly string[];
  /** As in RBAC: a star alone stands for no subresource; those are written as `pods/status`. */
  readonly resources: readonly string[];
  /** All versions when absent, so that a version to come is held, too; the fields judged are the same in all. */
  readonly versions?: readonly string[];
  /** Creating and updating when absent. */
  readonly operations?: readonly ("CREATE" | "UPDATE" | "DELETE")[];
}

/** What is demanded, in CEL, and what is said to whom does not do it. */
export interface Demand {
  readonly expression: string;
  readonly message: string;
  /** The message as CEL, where it tells what is known only then; `message` stands in where that fails. */
  readonly says?: string;
}

/** What tells one admission policy from another. */
export interface PolicyParts {
  /** Without the prefix `estate-`. */
  readonly name: string;
  /** Where it holds; in the homes of tenants when absent. */
  readonly where?: "homes" | "everywhere";
  readonly rules: readonly Rule[];
  /** Only requests for which all of these hold are judged. */
  readonly when?: Readonly<Record<string, string>>;
  /** An object of the same namespace that CEL knows as `params`; without it everything is denied. */
  readonly params?: { readonly apiVersion: string; readonly kind: string; readonly name: string };
  readonly variables?: Readonly<Record<string, string>>;
  readonly demands: readonly Demand[];
}

/** The label that a home's namespace has, and that nobody but the platform can take off. */
export const homes: Json = { matchExpressions: [{ key: label.tenant, operator: "Exists" }] };

/** A policy and its binding: it denies, and what cannot be judged is denied, too. */
export function policy({
  name,
  where = "homes",
  rules,
  when,
  params,
  variables,
  demands,
}: PolicyParts): KubernetesObject[] {
  const metadata = { name: `estate-${name}`, labels: platformLabels };
  const named = (expressions: Readonly<Record<string, string>> = {}): Json[] =>
    Object.entries(expressions).map(([key, expression]) => ({ name: key, expression }));
  return [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        ...(params === undefined ? {} : { paramKind: { apiVersion: params.apiVersion, kind: params.kind } }),
        matchConstraints: {
          matchPolicy: "Equivalent",
          ...(where === "homes" ? { namespaceSelector: homes } : {}),
          resourceRules: rules.map(({ groups, resources, versions = ["*"], operations = ["CREATE", "UPDATE"] }) => ({
            apiGroups: [...groups],
            apiVersions: [...versions],
            operations: [...operations],
            resources: [...resources],
            scope: where === "homes" ? "Namespaced" : "*",
          })),
        },
        ...(when === undefined ? {} : { matchConditions: named(when) }),
        ...(variables === undefined ? {} : { variables: named(variables) }),
        validations: demands.map(({ expression, message, says }) => ({
          expression,
          message,
          ...(says === undefined ? {} : { messageExpression: says }),
          reason: "Forbidden",
        })),
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: {
        policyName: metadata.name,
        validationActions: ["Deny"],
        ...(params === undefined ? {} : { paramRef: { name: params.name, parameterNotFoundAction: "Deny" } }),
      },
    },
  ];
}

/** Text as CEL writes it: JSON's escapes are CEL's, too. */
export const text = (value: string): string => JSON.stringify(value);

/** A list of texts in CEL. */
export const texts = (values: readonly string[]): string => `[${values.map(text).join(", ")}]`;
