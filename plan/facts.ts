import type { Addresses } from "../config/services";
import type { Settings } from "../config/schema";
import { gitOpsFacts } from "../engines";
import type { EnginePlace } from "../engines/engine";
import { clusterKind } from "../model/addon-choice";
import type { RoleMembership, TenantRole } from "../model/capability";
import type { ClusterFacts, EnvironmentFacts, EstateFacts, TenantFacts } from "../model/home";
import { eksLogin } from "../model/gitops-eks";
import { defaultGroup } from "../model/names";
import type { Scope } from "../model/scope";
import type { Tenant } from "../tenants/schema";
import { ecrFacts } from "./aws/images";
import { credentialFacts } from "./generations";

/** Sorted by name, whatever the order of the files. */
export const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  [...items].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

/** An entry that `config/` and `tenants/` have checked to be there. */
export function named<T>(entries: Readonly<Record<string, T>>, name: string, what: string): T {
  const entry = entries[name];
  if (entry === undefined) throw new RangeError(`${what} ${name} is not in the settings`);
  return entry;
}

/** The name of the cluster for what is shared; `config/` has checked that there is one. */
export const planeOf = ({ clusters }: Pick<Settings, "clusters">): string =>
  Object.entries(clusters).find(([, { role }]) => role === "control-plane")?.[0] ?? "";

/** The control plane, as a GitOps engine on it is concerned. */
function enginePlace(settings: Settings): EnginePlace {
  const name = planeOf(settings);
  const cluster = settings.clusters[name];
  const issuer = cluster?.kind === "existing" ? cluster.tokenIssuer.issuer : undefined;
  const plane = { name, onEks: cluster?.kind === "eks", ...(issuer === undefined ? {} : { issuer }) };
  return { domain: settings.domain, plane };
}

/** What every part of the plan may know about the estate. */
export function estateFacts(settings: Settings, addresses: Addresses): EstateFacts {
  const { registry } = settings;
  return {
    name: settings.name,
    domain: settings.domain,
    protect: settings.protect,
    vaultAddress: addresses.vault,
    ...(settings.vault.caPem === undefined ? {} : { vaultCaPem: settings.vault.caPem }),
    gitlab: {
      url: addresses.gitlab,
      parent: settings.gitlab.parent,
      edition: settings.gitlab.edition,
      ...(settings.gitlab.parentId === undefined ? {} : { parentId: settings.gitlab.parentId }),
    },
    registry:
      registry.kind === "ecr"
        ? ecrFacts(settings, registry, addresses.gitlab)
        : {
            kind: registry.kind,
            groupType: registry.groupType,
            keep: registry.keep,
            alsoFrom: registry.alsoFrom,
            url: addresses.registry,
          },
    gitops: gitOpsFacts(settings.gitops, enginePlace(settings)),
    credentials: credentialFacts(settings.credentials),
    products: settings.products,
    ...(settings.mirror === undefined ? {} : { mirror: settings.mirror }),
    priorityClasses: settings.priorityClasses,
    groupsPrefix: settings.identity.groupsPrefix,
  };
}

/** What the stack holds. */
export function scopeOf({ scope, platform }: Settings): Scope {
  if (scope !== "tenants") return { kind: scope };
  if (platform === undefined) throw new RangeError("a stack of tenants names no platform");
  return { kind: scope, platform };
}

/** The clusters, by name. */
export function clusterFacts(settings: Settings): ClusterFacts[] {
  return byName(
    Object.entries(settings.clusters).map(([name, cluster]) => ({
      name,
      role: cluster.role,
      kind: clusterKind(cluster),
      ...(cluster.kind === "eks" ? { addresses: cluster.network.cidr } : {}),
      ...(cluster.kind === "eks" && settings.aws !== undefined
        ? { eks: eksLogin(settings.aws, settings.name, name) }
        : {}),
      ...(cluster.kind === "existing" && cluster.databases !== undefined ? { databases: cluster.databases } : {}),
      ring: cluster.ring,
      guardrails: cluster.guardrails ?? settings.guardrails,
    })),
  );
}

/** The environments, by name: gated where something is promoted into them. */
export function environmentFacts(settings: Settings): EnvironmentFacts[] {
  return byName(
    Object.entries(settings.environments).map(([name, { clusters, promotesFrom }]) => ({
      name,
      clusters,
      gate: promotesFrom === undefined ? "open" : "gated",
      ...(promotesFrom === undefined ? {} : { promotesFrom }),
    })),
  );
}

/** The group that the identity provider has for a role. */
const groupOf = (tenant: Tenant, role: TenantRole): string =>
  tenant.access[role]?.group ?? defaultGroup(tenant.name, role);

function membershipOf(tenant: Tenant, settings: Settings): Readonly<Record<TenantRole, RoleMembership>> {
  const { membership } = settings.access;
  const of = (role: TenantRole): RoleMembership => {
    switch (membership) {
      case "listed":
        return { kind: membership, members: tenant.access[role]?.members ?? [] };
      case "saml":
        return { kind: membership, group: groupOf(tenant, role) };
      case "ldap":
        return { kind: membership, group: groupOf(tenant, role), provider: settings.gitlab.ldapProvider };
      case "external":
        return { kind: membership };
    }
  };
  return { owners: of("owners"), developers: of("developers"), operations: of("operations") };
}

/** Who a tenant is, with the defaults of its groups. */
export function tenantFacts(tenant: Tenant, settings: Settings): TenantFacts {
  const group = (role: TenantRole): string => groupOf(tenant, role);
  return {
    name: tenant.name,
    displayName: tenant.displayName,
    owner: tenant.owner.email,
    ...(tenant.costCenter === undefined ? {} : { costCenter: tenant.costCenter }),
    isolation: tenant.isolation,
    groups: { owners: group("owners"), developers: group("developers"), operations: group("operations") },
    membership: membershipOf(tenant, settings),
    state: tenant.lifecycle.state,
  };
}
