import type { RoleMembership } from "../model/capability";
import type { RegistryKind } from "../model/names";
import { imageLevel, peopleGroups, repositoryLevel } from "../model/people";
import type { EstatePlan } from "./plan";
import type { TenantPlan } from "./tenant";

/** Who may do what where, as a line of a table. */
export interface AccessRow {
  /** `platform` for those who belong to none: a tenant cannot be called so. */
  readonly tenant: string;
  /** The identity provider's name of a group, people by their names, or a workload. */
  readonly who: string;
  /** The role's or level's name in the system. */
  readonly may: string;
  readonly plane: "kubernetes" | "gitlab" | "registry" | "vault" | "needs";
  /** `dev/payments-dev`, a group's or project's path, a folder. */
  readonly where: string;
}

/** Who is in a role's group in GitLab. */
function membersOf(role: string, membership: RoleMembership): string {
  switch (membership.kind) {
    case "listed":
      return membership.members.length === 0
        ? "nobody"
        : membership.members.map(({ username }) => `user ${username}`).join(", ");
    case "saml":
    case "ldap":
      return membership.group;
    case "external":
      return `members of roles/${role}`;
  }
}

/** In Harbor people by their groups; in ECR, where people are whom the account's own IAM lets in, pipelines alone. */
function imageRows(tenant: string, registry: TenantPlan["registry"], kind: RegistryKind): AccessRow[] {
  if (registry === undefined) return [];
  const row = (who: string, may: string): AccessRow => ({ tenant, who, may, plane: "registry", where: registry.name });
  if (kind === "harbor")
    return registry.groups.flatMap(({ group, role }) => {
      const level = imageLevel(registry.people, role);
      return level === undefined ? [] : [row(group, level)];
    });
  return registry.credentials ? registry.images.map(({ project }) => row(`pipelines of ${project}`, "push")) : [];
}

/** What applications need, while it may be used: a database is its pods', who are told its login; a bucket is its ServiceAccount's. */
function needRows(tenant: string, { needs }: TenantPlan): AccessRow[] {
  return needs.flatMap(({ cluster, namespace, application, credentials, needs: all }) =>
    credentials
      ? all.map(({ kind, secret }): AccessRow => {
          const home = `${cluster}/${namespace}`;
          const who = kind === "bucket" ? `ServiceAccount ${home}/${application}` : `pods of ${application} in ${home}`;
          return { tenant, who, may: "use", plane: "needs", where: `${kind} ${home}/${secret}` };
        })
      : [],
  );
}

function tenantRows(plan: TenantPlan, { estate }: EstatePlan): AccessRow[] {
  const { name: tenant, repositories, registry, pipelines } = plan;
  const folder = (path: string): string => `${estate.name}/${path}`;
  return [
    ...plan.access.map(({ group, role, namespace, cluster, vcluster }): AccessRow => {
      const inside = vcluster === undefined ? "" : `, inside vcluster ${vcluster}`;
      return { tenant, who: group, may: role, plane: "kubernetes", where: `${cluster}/${namespace}${inside}` };
    }),
    ...(repositories === undefined
      ? []
      : peopleGroups.flatMap((role): AccessRow[] => {
          const may = repositoryLevel(repositories.people, role);
          const who = membersOf(role, repositories.roles[role]);
          const where = `${estate.gitlab.parent}/${tenant}`;
          return may === undefined ? [] : [{ tenant, who, may, plane: "gitlab", where }];
        })),
    ...imageRows(tenant, registry, estate.registry.kind),
    ...plan.secretReaders.flatMap(({ cluster, serviceAccount: { namespace, name }, folders }) =>
      folders.map((path): AccessRow => {
        const who = `ServiceAccount ${cluster}/${namespace}/${name}`;
        return { tenant, who, may: "read", plane: "vault", where: folder(path) };
      }),
    ),
    ...needRows(tenant, plan),
    ...(pipelines?.folders ?? []).flatMap((path) =>
      (pipelines?.projects ?? []).map((project): AccessRow => {
        return { tenant, who: `pipelines of ${project}`, may: "read", plane: "vault", where: folder(path) };
      }),
    ),
  ];
}

/** What stands in a row for those who belong to no tenant. */
const platform = "platform";

/** The platform's own people, and those with a sandbox. */
function platformRows({ access }: EstatePlan): AccessRow[] {
  return access.map((grant): AccessRow => {
    const { role: may, cluster } = grant;
    const [who, where] =
      "user" in grant ? [`user ${grant.user}`, `${cluster}/${grant.namespace}`] : [grant.group, `all of ${cluster}`];
    return { tenant: platform, who, may, plane: "kubernetes", where };
  });
}

/** Who can do what where, of everybody in all planes: what the files say, not what a system has. */
export function accessRows(plan: EstatePlan): AccessRow[] {
  return [...platformRows(plan), ...plan.tenants.flatMap((tenant) => tenantRows(tenant, plan))];
}

/** The rows that one has and the other has not. */
export function accessRowChanges(
  before: readonly AccessRow[],
  after: readonly AccessRow[],
): { readonly gained: readonly AccessRow[]; readonly lost: readonly AccessRow[] } {
  const without = (from: readonly AccessRow[], other: readonly AccessRow[]): AccessRow[] => {
    const known = new Set(other.map((row) => JSON.stringify(row)));
    return from.filter((row) => !known.has(JSON.stringify(row)));
  };
  return { gained: without(after, before), lost: without(before, after) };
}
