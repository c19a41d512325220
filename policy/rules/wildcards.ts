import type { StackValidationPolicy } from "@pulumi/policy";
import { nameWithWildcard, openFolders } from "../../plan/wildcards";
import { texts } from "../read";

/** Kinds that say who may do what where, of which the plan does not know all: an adopter's own resources among them. */
const grants =
  /^(vault:|aws:iam\/|harbor:index\/robotAccount:|kubernetes:(argoproj\.io|external-secrets\.io|networking\.k8s\.io|rbac\.authorization\.k8s\.io)\/)/;

const tenantComponent = "estate:index:Tenant";

/** The tenants of a stack, by the components that the program makes for them. */
const tenantsOf = (resources: readonly { readonly type: string; readonly name: string }[]): string[] =>
  resources.filter(({ type }) => type === tenantComponent).map(({ name }) => name.replace(/^tenant-/, ""));

/** Where `team-a*` is written for `team-a`, it is written for `team-ab`, too (threats 29, 37, 38, 39). */
export const wildcards: StackValidationPolicy = {
  name: "wildcards",
  description: "No wildcard stands beside a tenant's name, where rights are given",
  enforcementLevel: "mandatory",
  validateStack: ({ resources }, report) => {
    const tenants = tenantsOf(resources);
    for (const { type, name, urn, props } of resources.filter((resource) => grants.test(resource.type))) {
      for (const { path, text } of texts(props)) {
        const beside = nameWithWildcard(tenants, text);
        if (beside !== undefined)
          report(`${path} of ${name} has "${beside}", which other tenants' names fit, too: write whole names`, urn);
        if (type === "vault:index/policy:Policy" && path === "policy")
          for (const folder of openFolders(text))
            report(`${name} opens "${folder}": a folder is whole names, and "/*" at its end`, urn);
      }
    }
  },
};
