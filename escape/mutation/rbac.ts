import { isManifest, type Manifest } from "@estate/clients";
import type { GuardedCluster } from "../guarded-cluster";
import type { Served } from "../rights";
import { differences, recordOf, type RightsRecord, type View } from "../views";
import type { Mutant, Outcome } from "./mutant";

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly verbs: readonly string[];
}

interface RbacMutant extends Mutant {
  readonly object: Manifest;
  /** The rules that are left; the whole object is taken away when absent. */
  readonly rules?: readonly Rule[];
}

/** Every rule of every role, and every binding. */
export function rbacMutants(objects: readonly unknown[]): RbacMutant[] {
  return objects.filter(isManifest).flatMap((object): RbacMutant[] => {
    const of = [object.kind, object.metadata.namespace, object.metadata.name]
      .filter((part) => part !== undefined)
      .join(" ");
    if (object.kind.endsWith("Binding")) return [{ of, without: "the binding itself", object }];
    const rules = object["rules"] as readonly Rule[];
    return rules.map((rule, index) => ({
      of,
      without: `${rule.verbs.join(", ")} of ${(rule.resources ?? []).join(", ")}`,
      object,
      rules: rules.filter((_, at) => at !== index),
    }));
  });
}

/** How long a change of a role may take until the authorizer knows it. */
const boundMs = 3_000;

/** The first difference from the record, once there is one. */
async function firstDifference(
  cluster: GuardedCluster,
  views: readonly View[],
  served: readonly Served[],
  record: RightsRecord,
): Promise<string | undefined> {
  for (const end = performance.now() + boundMs; performance.now() < end;) {
    const [first] = differences(await recordOf(cluster.client, views, served), record);
    if (first !== undefined) return first;
  }
  return undefined;
}

/** Waits until the rights are whole again. */
async function whole(cluster: GuardedCluster, views: readonly View[], served: readonly Served[], record: RightsRecord) {
  for (const end = performance.now() + boundMs; performance.now() < end;)
    if (differences(await recordOf(cluster.client, views, served), record).length === 0) return;
  throw new Error("the rights are not as they were when what was taken out had been put back");
}

/** Takes out one rule or binding after the other, looks at what everybody may then do, and puts it back. */
export async function mutateRights(
  cluster: GuardedCluster,
  objects: readonly unknown[],
  views: readonly View[],
  served: readonly Served[],
  record: RightsRecord,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const { of, without, object, rules } of rbacMutants(objects)) {
    if (rules === undefined) await cluster.client.delete(object);
    else await cluster.client.replace({ ...(await cluster.client.get(object)), rules });
    const noticed = await firstDifference(cluster, views, served, record);
    outcomes.push({ of, without, ...(noticed === undefined ? {} : { noticed }) });
    if (rules === undefined) await cluster.client.create(object);
    else await cluster.client.replace({ ...(await cluster.client.get(object)), rules: object["rules"] });
    await whole(cluster, views, served, record);
  }
  return outcomes;
}
