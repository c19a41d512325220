import type { PeopleReach, TenantRole } from "./capability";
import type { EnvironmentFacts, TenantFacts, TenantGroups } from "./home";
import { tenantRole } from "./platform";

/** The people's groups of a tenant, in the order in which bindings and the access matrix list them. */
export const peopleGroups = ["owners", "developers", "operations"] as const satisfies readonly (keyof TenantGroups)[];

/** What a group may do with what a tenant runs, wherever that is. */
export type PeopleRole = "change" | "view" | "operate";

/** Which role each group of a tenant has in an environment. A tenant that is not active is looked at and not touched. */
export function peopleRoles(
  tenant: TenantFacts,
  environment: EnvironmentFacts,
): Readonly<Record<keyof TenantGroups, PeopleRole>> | undefined {
  switch (tenant.state) {
    case "active": {
      const people = environment.gate === "open" ? "change" : "view";
      return { owners: people, developers: people, operations: "operate" };
    }
    case "suspended":
      return { owners: "view", developers: "view", operations: "view" };
    case "retiring":
    case "removed":
      return undefined;
  }
}

/** The ClusterRole on the host of those who operate a virtual cluster: they look, and suspend and resume delivery. */
export const suspendRole = "tenant-suspend";

/**
 * The ClusterRole of a role in a tenant's namespace. With a virtual cluster the namespace holds its control plane: who
 * may exec, read Secrets or write a workload there holds the keys to everything inside, whatever RBAC inside says.
 */
export function hostRole(isolation: TenantFacts["isolation"], role: PeopleRole): string {
  if (isolation === "namespace") return tenantRole[role];
  return role === "operate" ? suspendRole : tenantRole.view;
}

/** The ClusterRole inside a virtual cluster of those who operate; Estate brings it. */
export const operateInside = "operate";

/**
 * The ClusterRoles of a role inside a virtual cluster, everywhere in it. Who may change things has all of it: the plain
 * `admin` would only seem to be less, since it may act as any ServiceAccount, the reconciler's too.
 */
export const rolesInside: Readonly<Record<PeopleRole, readonly string[]>> = {
  change: ["cluster-admin"],
  view: ["view"],
  operate: ["view", operateInside],
};

/** What each role may do in every project of an active tenant, in GitLab's words: only owners merge into what is gated. */
const repositoryAccess: Readonly<Record<TenantRole, string>> = {
  owners: "maintainer",
  developers: "developer",
  operations: "reporter",
};

/** What each role may do with an active tenant's images, in Harbor's words. */
const imageAccess: Readonly<Record<TenantRole, string>> = {
  owners: "maintainer",
  developers: "developer",
  operations: "limitedguest",
};

/** How far the people of a tenant reach in its repositories and images. */
export function peopleReach({ state }: Pick<TenantFacts, "state">): PeopleReach {
  switch (state) {
    case "active":
      return "role";
    case "suspended":
      return "view";
    case "retiring":
    case "removed":
      return "none";
  }
}

/** What a role may do in its tenant's projects, in GitLab's words; undefined where that is nothing. */
export function repositoryLevel(people: PeopleReach, role: TenantRole): string | undefined {
  if (people === "none") return undefined;
  return people === "view" ? "reporter" : repositoryAccess[role];
}

/** What a role may do with its tenant's images, in Harbor's words; undefined where that is nothing. */
export function imageLevel(people: PeopleReach, role: TenantRole): string | undefined {
  if (people === "none") return undefined;
  return people === "view" ? "limitedguest" : imageAccess[role];
}

/** Whether a tenant's credentials exist: one on its way out keeps its data and has lost them. */
export const hasCredentials = ({ state }: Pick<TenantFacts, "state">): boolean =>
  state === "active" || state === "suspended";
