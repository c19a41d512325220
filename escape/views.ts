import type { KubernetesClient } from "@estate/clients";
import type { KubernetesObject } from "../model/kubernetes";
import type { EstatePlan } from "../plan/plan";
import { serviceAccount, type Person } from "./guarded-cluster";
import { identitiesOf, stranger, type Identity } from "./identities";
import { inParallel } from "./parallel";
import { rightsOf, table, type Served } from "./rights";

/** Somebody in a namespace: what they may do there is looked at. */
export interface View {
  /** `team-a-dev owners`. */
  readonly name: string;
  readonly person: Person;
  readonly namespace: string;
}

/** The tenants whose homes are looked at: one of each isolation. */
const tenants = [
  { name: "team-a", isolation: "namespace" },
  { name: "virtual", isolation: "vcluster" },
] as const;
const environments = ["dev", "prod"] as const;

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

const subjectsOf = (binding: KubernetesObject): readonly Subject[] =>
  (binding as unknown as { readonly subjects?: readonly Subject[] }).subjects ?? [];

function personOf({ kind, name, namespace }: Subject): Identity {
  if (kind === "ServiceAccount")
    return { name: `${namespace ?? ""}/${name}`, ...serviceAccount(namespace ?? "", name) };
  return { name, user: `member-of-${name}`, groups: [name, "system:authenticated"] };
}

/** The RBAC objects of those homes and of their cluster's platform. */
export function rbacObjects(plan: EstatePlan): KubernetesObject[] {
  const platform = plan.clusters.find(({ name }) => name === "dev")?.platform.objects ?? [];
  const homes = plan.tenants
    .filter(({ name }) => tenants.some((tenant) => tenant.name === name))
    .flatMap((tenant) => tenant.homes.flatMap(({ objects }) => objects));
  return [...platform, ...homes].filter(({ apiVersion }) => apiVersion.startsWith("rbac.authorization.k8s.io/"));
}

/** Whether two persons are the same account, or members of the same group. */
const sameRights = (one: Person, other: Person): boolean =>
  one.user === other.user || (!other.user.startsWith("system:") && one.groups[0] === other.groups[0]);

/** Everybody whom those objects give something, and those of a home who have nothing. */
export function viewsOf(plan: EstatePlan): View[] {
  const own = tenants.flatMap(({ name, isolation }) =>
    environments.flatMap((environment) => {
      const namespace = `${name}-${environment}`;
      return identitiesOf(name, namespace, isolation).map((person) => ({
        name: `${namespace} ${person.name}`,
        person,
        namespace,
      }));
    }),
  );
  const others = rbacObjects(plan)
    .filter(({ kind }) => kind.endsWith("Binding"))
    .flatMap((binding) => {
      const namespace = binding.metadata.namespace ?? "default";
      return subjectsOf(binding).map((subject) => {
        const person = personOf(subject);
        return { name: `${namespace} ${person.name}`, person, namespace };
      });
    })
    .filter(
      ({ person, namespace }) => !own.some((view) => view.namespace === namespace && sameRights(view.person, person)),
    );
  return [...new Map([...own, ...others].map((view) => [view.name, view])).values()];
}

/** What each may do, as text that a person can read: by the rights, all who have them. */
export type RightsRecord = Readonly<Record<string, readonly string[]>>;

/** Looks at all of them. Those who have everything are said to have everything. */
export async function recordOf(
  client: KubernetesClient,
  views: readonly View[],
  served: readonly Served[],
): Promise<RightsRecord> {
  const everybodys = await rightsOf(client, stranger, "default", served);
  const tables = await inParallel(views, async ({ name, person, namespace }) => {
    const rights = await rightsOf(client, person, namespace, served);
    const all = served.every(({ group, resource }) =>
      rights.has(`delete ${resource}.${group === "" ? "core" : group}`),
    );
    return [name, all ? ["everything"] : table(rights, everybodys)] as const;
  });
  return Object.fromEntries(tables);
}

/** What differs between two records, as lines: `team-a-dev owners: pods.core: get list`. */
export function differences(is: RightsRecord, awaited: RightsRecord): string[] {
  const names = [...new Set([...Object.keys(is), ...Object.keys(awaited)])].sort();
  return names.flatMap((name) => {
    const [now, then] = [is[name] ?? [], awaited[name] ?? []];
    return [
      ...now.filter((line) => !then.includes(line)).map((line) => `${name} has ${line}`),
      ...then.filter((line) => !now.includes(line)).map((line) => `${name} has not ${line}`),
    ];
  });
}
