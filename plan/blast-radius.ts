import type { PlanDifference, TenantDifference } from "./difference";
import type { EstatePlan } from "./plan";

/** What a change reaches on the clusters of one ring. */
export interface RingReach {
  readonly ring: number;
  /** Clusters on which something comes, changes or goes, by name. */
  readonly clusters: readonly string[];
  /** Tenants for which something does there, by name. */
  readonly tenants: readonly string[];
  /** How many things of tenants and of what all share come, change and go there. */
  readonly created: number;
  readonly changed: number;
  readonly deleted: number;
}

type Things = Pick<TenantDifference, "created" | "changed" | "deleted">;

/** Planes whose name begins an address as a cluster's does: `vault/dev/payments-dev`. */
const planes: ReadonlySet<string> = new Set(["gitlab", "registry", "vault"]);

/** The cluster that a thing is on: `dev/payments-dev/ResourceQuota/tenant`, or `cluster dev`. */
function clusterOf(thing: string): string | undefined {
  const [first = "", ...rest] = thing.split("/");
  if (rest.length === 0) return first.startsWith("cluster ") ? first.slice("cluster ".length) : undefined;
  return planes.has(first) ? undefined : first;
}

/** One thing on a cluster that comes, changes or goes. */
export interface ReachedThing {
  readonly ring: number;
  readonly cluster: string;
  /** Absent for what all share. */
  readonly tenant: string | undefined;
  readonly kind: "created" | "changed" | "deleted";
}

const sorted = (names: readonly (string | undefined)[]): string[] =>
  [...new Set(names.filter((name) => name !== undefined))].sort();

/** Puts together what is reached on the clusters of each ring, the first ring first. */
export function reachedByRing(found: readonly ReachedThing[]): RingReach[] {
  return [...new Set(found.map(({ ring }) => ring))]
    .sort((a, b) => a - b)
    .map((ring) => {
      const here = found.filter((each) => each.ring === ring);
      const count = (kind: ReachedThing["kind"]): number => here.filter((each) => each.kind === kind).length;
      return {
        ring,
        clusters: sorted(here.map(({ cluster }) => cluster)),
        tenants: sorted(here.map(({ tenant }) => tenant)),
        created: count("created"),
        changed: count("changed"),
        deleted: count("deleted"),
      };
    });
}

/** How far a change reaches, ring by ring; rings in which nothing changes are not among them. What no cluster has is left out. */
export function blastRadius(
  { tenants, platform }: Pick<PlanDifference, "tenants" | "platform">,
  ...plans: readonly Pick<EstatePlan, "clusters">[]
): RingReach[] {
  const rings = new Map(plans.flatMap(({ clusters }) => clusters.map(({ name, ring }) => [name, ring] as const)));
  const parts: readonly (Things & { readonly tenant?: string })[] = [...tenants, platform];
  const found = parts.flatMap(({ tenant, created, changed, deleted }) =>
    [
      ...created.map((thing) => ({ kind: "created" as const, thing })),
      ...changed.map(({ thing }) => ({ kind: "changed" as const, thing })),
      ...deleted.map((thing) => ({ kind: "deleted" as const, thing })),
    ].flatMap(({ kind, thing }) => {
      const cluster = clusterOf(thing);
      const ring = cluster === undefined ? undefined : rings.get(cluster);
      return cluster === undefined || ring === undefined ? [] : [{ ring, cluster, tenant, kind }];
    }),
  );
  return reachedByRing(found);
}
