import { objectAddress } from "../model/kubernetes";
import { operationsProject } from "../model/names";
import type { Grant } from "./access";
import { homeObjects } from "./invariants";
import type { EstatePlan } from "./plan";
import type { TenantPlan } from "./tenant";

/** One field that two plans say differently. */
export interface FieldChange {
  /** `spec.hard.pods`; empty for the whole. */
  readonly path: string;
  /** Absent where the field is not. */
  readonly before?: unknown;
  readonly after?: unknown;
}

/** Something that is in both plans, and differs. */
export interface ChangedThing {
  readonly thing: string;
  readonly fields: readonly FieldChange[];
}

/** What a change of the files means for one tenant. */
export interface TenantDifference {
  readonly tenant: string;
  /** Where it is in its life, before and after; absent where it has no file. */
  readonly states: { readonly before?: TenantPlan["state"]; readonly after?: TenantPlan["state"] };
  /** `<cluster>/<namespace>/<Kind>/<name>`, `gitlab/...`, `registry/...`, `vault/...`: sorted. */
  readonly created: readonly string[];
  readonly changed: readonly ChangedThing[];
  readonly deleted: readonly string[];
  readonly access: { readonly gained: readonly Grant[]; readonly lost: readonly Grant[] };
}

/** What a change of the files means for the estate. */
export interface PlanDifference {
  /** Those that something changes for, by name. */
  readonly tenants: readonly TenantDifference[];
  /** How many tenants nothing changes for. */
  readonly untouched: number;
  /** The same of what all share: `<cluster>/...`, and other parts of the plan by their names. */
  readonly platform: Pick<TenantDifference, "created" | "changed" | "deleted">;
}

type Things = ReadonlyMap<string, unknown>;

/** Everything that a tenant has, by its address. What tokens and passwords are made for is there, and no value of them. */
function tenantThings(plan: TenantPlan): Things {
  const { repositories, registry, pipelines } = plan;
  return new Map<string, unknown>([
    ...homeObjects(plan).map(({ cluster, object }) => [`${cluster}/${objectAddress(object)}`, object] as const),
    ...plan.secretReaders.map((reader) => [`vault/${reader.cluster}/${reader.name}`, reader] as const),
    ...(pipelines === undefined ? [] : [["vault/pipelines", pipelines] as const]),
    ...(registry === undefined ? [] : [[`registry/${registry.name}`, registry] as const]),
    ...(repositories === undefined ? [] : repositoryThings(repositories)),
  ]);
}

function repositoryThings(repositories: NonNullable<TenantPlan["repositories"]>): (readonly [string, unknown])[] {
  const { tenant, displayName, roles, credentials, applications, operations, page } = repositories;
  return [
    [`gitlab/${tenant}`, { displayName, roles, credentials }],
    ...applications.map((own) => [`gitlab/${tenant}/${own.name}`, own] as const),
    ...operations.map((own) => [`gitlab/${tenant}/${operationsProject(own.environment)}`, own] as const),
    ...Object.entries(page).map(([path, text]) => [`gitlab/${tenant}/gitlab-profile/${path}`, text] as const),
  ];
}

/** What all tenants share. */
function platformThings({ clusters, pipelines, controlPlane, estate, aws, delivery, sandboxes }: EstatePlan): Things {
  return new Map<string, unknown>([
    ...sandboxes.flatMap(({ home }) =>
      [home.namespace, ...home.objects].map((object) => [`${home.cluster}/${objectAddress(object)}`, object] as const),
    ),
    ...clusters.flatMap(({ name, platform, ...rest }) => {
      const { namespaces, addons, objects, guardrails, facts, gitops, releases } = platform;
      return [
        [`cluster ${name}`, rest] as const,
        ...[...namespaces, ...addons, ...objects, ...guardrails, facts, ...(gitops ? [gitops.instance] : [])].map(
          (object) => [`${name}/${objectAddress(object)}`, object] as const,
        ),
        ...[...releases, ...(gitops ? [gitops.release] : [])].map(
          (release) => [`${name}/release/${release.name}`, release] as const,
        ),
      ];
    }),
    ...Object.entries({ pipelines, controlPlane, estate, aws, delivery }).filter(([, part]) => part !== undefined),
  ]);
}

const isNested = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

/** The fields in which two values differ, by their paths; lists are compared item by item. */
export function fieldChanges(before: unknown, after: unknown, path: readonly string[] = []): FieldChange[] {
  if (isNested(before) && isNested(after) && Array.isArray(before) === Array.isArray(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => fieldChanges(before[key], after[key], [...path, key]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [
    { path: path.join("."), ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) },
  ];
}

function compared(before: Things, after: Things): Pick<TenantDifference, "created" | "changed" | "deleted"> {
  const missing = (from: Things, other: Things): string[] => [...from.keys()].filter((key) => !other.has(key)).sort();
  const both = [...after.keys()].filter((key) => before.has(key)).sort();
  return {
    created: missing(after, before),
    deleted: missing(before, after),
    changed: both.flatMap((thing) => {
      const fields = fieldChanges(before.get(thing), after.get(thing));
      return fields.length === 0 ? [] : [{ thing, fields }];
    }),
  };
}

/** Who gets in that did not, and who does not that did. */
export function accessChanges(before: readonly Grant[], after: readonly Grant[]): TenantDifference["access"] {
  const without = (from: readonly Grant[], other: readonly Grant[]): Grant[] => {
    const known = new Set(other.map((grant) => JSON.stringify(grant)));
    return from.filter((grant) => !known.has(JSON.stringify(grant)));
  };
  return { gained: without(after, before), lost: without(before, after) };
}

/** What the files of `after` change of those of `before`, told by the plan alone: nothing live is asked. */
export function planDifference(before: EstatePlan, after: EstatePlan): PlanDifference {
  const named = (plan: EstatePlan): Map<string, TenantPlan> => new Map(plan.tenants.map((own) => [own.name, own]));
  const [olds, news] = [named(before), named(after)];
  const names = [...new Set([...olds.keys(), ...news.keys()])].sort();
  const all = names.map((tenant): TenantDifference => {
    const [old, own] = [olds.get(tenant), news.get(tenant)];
    return {
      tenant,
      states: {
        ...(old === undefined ? {} : { before: old.state }),
        ...(own === undefined ? {} : { after: own.state }),
      },
      ...compared(
        old === undefined ? new Map<string, unknown>() : tenantThings(old),
        own === undefined ? new Map<string, unknown>() : tenantThings(own),
      ),
      access: accessChanges(old?.access ?? [], own?.access ?? []),
    };
  });
  const touched = all.filter(
    ({ created, changed, deleted, states }) =>
      created.length + changed.length + deleted.length > 0 || states.before !== states.after,
  );
  return {
    tenants: touched,
    untouched: all.length - touched.length,
    platform: compared(platformThings(before), platformThings(after)),
  };
}
