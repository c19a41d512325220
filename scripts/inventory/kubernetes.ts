import { isRecord, KubernetesStatusError, type KubernetesClient } from "@estate/clients";
import { setTimeout as sleep } from "node:timers/promises";
import { label } from "../../model/labels";
import { shared, text, type Found } from "./found";

interface ListedResource {
  readonly path: string;
  readonly kind: string;
  readonly group: string;
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** Every kind that the cluster can list, by its preferred version. */
async function listedResources(client: KubernetesClient): Promise<ListedResource[]> {
  const groups = await client.call("GET", "/apis");
  const preferred = records(isRecord(groups) ? groups.groups : []).map((group) =>
    text(isRecord(group.preferredVersion) ? group.preferredVersion.groupVersion : ""),
  );
  const roots = [
    { root: "/api/v1", group: "" },
    ...preferred.map((version) => ({ root: `/apis/${version}`, group: version.split("/")[0] ?? "" })),
  ];
  const found = await Promise.all(
    roots.map(async ({ root, group }) => {
      const list = await client.call("GET", root);
      return records(isRecord(list) ? list.resources : [])
        .filter(
          (resource) =>
            Array.isArray(resource.verbs) && resource.verbs.includes("list") && !text(resource.name).includes("/"),
        )
        .map((resource) => ({ path: `${root}/${text(resource.name)}`, kind: text(resource.kind), group }));
    }),
  );
  // Events are noise: nobody makes them on purpose.
  return found.flat().filter(({ kind }) => kind !== "Event");
}

function planeOf(group: string): Found["plane"] {
  return group.endsWith(".toolkit.fluxcd.io") || group === "argoproj.io" ? "gitops" : "kubernetes";
}

/**
 * Lists objects, but those that a controller made of another. For a moment after a CRD came, its storage answers 429,
 * which asks to come again.
 */
async function itemsOf(
  client: KubernetesClient,
  path: string,
  labelSelector: string,
): Promise<Readonly<Record<string, unknown>>[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      const list = await client.call("GET", path, { query: { labelSelector } });
      const items = records(isRecord(list) ? list.items : []);
      return items.filter(({ metadata }) => !isRecord(metadata) || records(metadata.ownerReferences).length === 0);
    } catch (error) {
      if (!(error instanceof KubernetesStatusError) || error.status !== 429 || tries === 20) throw error;
      await sleep(500);
    }
  }
}

/** A tenant's objects, and the platform's own; what a chart brings carries neither label. */
const selectors = [label.tenant, `${label.managed},!${label.tenant}`];

/** Everything on a cluster that carries a tenant's label or the platform's, whatever its kind, and has no other owner. */
export async function clusterInventory(cluster: string, client: KubernetesClient): Promise<Found[]> {
  const resources = await listedResources(client);
  const found = await Promise.all(
    resources.flatMap(({ path, kind, group }) =>
      selectors.map(async (labelSelector) => {
        const items = await itemsOf(client, path, labelSelector);
        return items.map((item): Found => {
          const metadata = isRecord(item.metadata) ? item.metadata : {};
          const labels = isRecord(metadata.labels) ? metadata.labels : {};
          const inside = text(metadata.namespace);
          return {
            tenant: text(labels[label.tenant] ?? shared),
            plane: planeOf(group),
            where: cluster,
            what: `${kind} ${inside === "" ? "" : `${inside}/`}${text(metadata.name)}`,
          };
        });
      }),
    ),
  );
  return found.flat();
}
