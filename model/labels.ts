import type { EnvironmentFacts, TenantFacts } from "./home";

/** Prefix of Estate's own labels and annotations. */
export const labelDomain = "estate.dev";

/** Labels by which Estate's objects and their tenants are found, and on which guardrails select. */
export const label = {
  managedBy: "app.kubernetes.io/managed-by",
  /** On every object that the platform owns: tenants may not change what carries it. */
  managed: `${labelDomain}/managed`,
  tenant: `${labelDomain}/tenant`,
  environment: `${labelDomain}/environment`,
  gate: `${labelDomain}/gate`,
  isolation: `${labelDomain}/isolation`,
  owner: `${labelDomain}/owner`,
  costCenter: `${labelDomain}/cost-center`,
  /** On a namespace with nodes of its own, on those nodes, and the key of their taint. */
  pool: `${labelDomain}/pool`,
  /** On such a namespace: whether its pods must run there. */
  poolUse: `${labelDomain}/pool-use`,
  /** On the namespace of a home's databases: the home. It has no label of the tenant, which guardrails and ways select on. */
  dataOf: `${labelDomain}/data-of`,
} as const;

/** Annotations with what no label can hold. */
export const annotation = {
  displayName: `${labelDomain}/display-name`,
  owner: `${labelDomain}/owner-email`,
  /** Host names that the home's ingresses and routes may have, with commas between them. */
  hosts: `${labelDomain}/hosts`,
  /** Last day of a personal sandbox. */
  until: `${labelDomain}/until`,
  /** The GitOps engine that was ready before the namespace came to be: an input, so it is an order, too. */
  gitops: `${labelDomain}/gitops`,
} as const;

/** Text as a label value: letters, digits, "-", "_" and ".", at most 63, alphanumeric at both ends. */
export function labelValue(text: string): string {
  return text
    .replaceAll("@", "_at_")
    .replace(/[^A-Za-z0-9._-]+/g, "-")
    .slice(0, 63)
    .replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}

/** On every object that Estate makes in a cluster. */
export const platformLabels: Readonly<Record<string, string>> = {
  [label.managedBy]: "estate",
  [label.managed]: "true",
};

/** On every object of a tenant's home. */
export function homeLabels(tenant: TenantFacts, environment: EnvironmentFacts): Readonly<Record<string, string>> {
  return { ...platformLabels, [label.tenant]: tenant.name, [label.environment]: environment.name };
}
