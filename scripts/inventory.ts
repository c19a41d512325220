import { isRecord, type KubernetesClient, type VaultClient } from "@estate/clients";
import { label } from "../model/labels";
import { pipelineMountName } from "../model/names";

/** One object of a tenant as a back end has it. */
export interface Found {
  readonly tenant: string;
  readonly plane: "kubernetes" | "gitops" | "vault";
  /** Cluster, or auth mount. */
  readonly where: string;
  /** Kind and name. */
  readonly what: string;
}

interface ListedResource {
  readonly path: string;
  readonly kind: string;
  readonly group: string;
}

function records(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

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
  return group.endsWith(".toolkit.fluxcd.io") ? "gitops" : "kubernetes";
}

/** Everything on a cluster that carries a tenant's label, whatever its kind. */
export async function clusterInventory(cluster: string, client: KubernetesClient): Promise<Found[]> {
  const resources = await listedResources(client);
  const found = await Promise.all(
    resources.map(async ({ path, kind, group }) => {
      const list = await client.call("GET", path, { query: { labelSelector: label.tenant } });
      return records(isRecord(list) ? list.items : []).map((item): Found => {
        const metadata = isRecord(item.metadata) ? item.metadata : {};
        const labels = isRecord(metadata.labels) ? metadata.labels : {};
        const inside = text(metadata.namespace);
        return {
          tenant: text(labels[label.tenant]),
          plane: planeOf(group),
          where: cluster,
          what: `${kind} ${inside === "" ? "" : `${inside}/`}${text(metadata.name)}`,
        };
      });
    }),
  );
  return found.flat();
}

/** A tenant's name from the name of its home, `<tenant>-<environment>`: environments have no hyphen. */
function tenantOfHome(home: string): string {
  return home.slice(0, home.lastIndexOf("-"));
}

/** Policies and roles of tenants in Vault, by the names that Estate gives them. */
export async function vaultInventory(estate: string, vault: VaultClient): Promise<Found[]> {
  const policies = (await vault.list("sys/policies/acl")).flatMap((policy): Found[] => {
    const [owner, where, subject, right] = policy.split(".");
    if (owner !== estate || where === undefined || subject === undefined) return [];
    const tenant = right === "pipelines" ? subject : right === "read" ? tenantOfHome(subject) : undefined;
    return tenant === undefined ? [] : [{ tenant, plane: "vault", where, what: `Policy ${policy}` }];
  });
  const mounts = Object.keys((await vault.read("sys/auth"))?.data ?? {})
    .map((mount) => mount.replace(/\/$/, ""))
    .filter((mount) => mount.startsWith(`${estate}-`));
  const roles = await Promise.all(
    mounts.map(async (mount) => {
      const where = mount.slice(estate.length + 1);
      // Roles of pipelines are the tenants'; those of clusters are the homes'.
      const tenantOf = mount === pipelineMountName(estate) ? (role: string) => role : tenantOfHome;
      const names = await vault.list(`auth/${mount}/role`);
      return names.map((role): Found => ({ tenant: tenantOf(role), plane: "vault", where, what: `Role ${role}` }));
    }),
  );
  return [...policies, ...roles.flat()];
}

/** A table: one line per tenant, a column per plane with what is there by kind. */
export function inventoryTable(found: readonly Found[]): string {
  const planes = ["kubernetes", "gitops", "vault"] as const;
  const tenants = [...new Set(found.map(({ tenant }) => tenant))].sort();
  const cell = (tenant: string, plane: Found["plane"]): string => {
    const counts = new Map<string, number>();
    for (const item of found) {
      if (item.tenant !== tenant || item.plane !== plane) continue;
      const kind = item.what.split(" ")[0] ?? "";
      counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
    return [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([kind, count]) => `${String(count)} ${kind}`)
      .join(", ");
  };
  return tenants
    .map((tenant) =>
      [tenant, ...planes.map((plane) => `  ${plane.padEnd(10)} ${cell(tenant, plane) || "nothing"}`)].join("\n"),
    )
    .join("\n");
}
