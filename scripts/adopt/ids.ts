import {
  type GitLabClient,
  type HarborClient,
  isRecord,
  type JsonObject,
  type KubernetesClient,
  NoMatchError,
} from "@estate/clients";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { homeObjects } from "../../plan/invariants";
import type { EstatePlan } from "../../plan/plan";
import type { TenantPlan } from "../../plan/tenant";
import { text } from "../inventory/found";
import { type ImportedResource, logicalName } from "./import-list";

/** The systems that are asked what is there; read, and never written. One that is absent is not asked. */
export interface Systems {
  readonly clusters: ReadonlyMap<string, KubernetesClient>;
  readonly gitlab?: GitLabClient;
  readonly registry?: HarborClient;
}

/** Finds the id of a resource in its system; undefined when there is no such thing there, or it cannot be imported. */
type Finder = (resource: ImportedResource) => Promise<string | undefined>;

function kubernetesFinder(tenant: TenantPlan, clusters: Systems["clusters"]): Finder {
  const planned = new Map(
    homeObjects(tenant).map(({ cluster, object }) => [`${cluster}/${objectAddress(object)}`, { cluster, object }]),
  );
  return async (resource) => {
    const found = planned.get(logicalName(resource));
    const client = found === undefined ? undefined : clusters.get(found.cluster);
    if (found === undefined || client === undefined) return undefined;
    const { namespace, name } = found.object.metadata;
    if (!(await isThere(client, found.object))) return undefined;
    return namespace === undefined ? name : `${namespace}/${name}`;
  };
}

/** Whether a cluster has an object; one that does not serve its kind has none. */
async function isThere(client: KubernetesClient, object: KubernetesObject): Promise<boolean> {
  const { apiVersion, kind, metadata } = object;
  const { namespace, name } = metadata;
  try {
    const ref = { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } };
    return (await client.find(ref)) !== undefined;
  } catch (error) {
    if (error instanceof NoMatchError) return false;
    throw error;
  }
}

/**
 * By the names that `components/gitlab` gives: `gitlab/<path below the parent>`. Tokens and hooks tell their secret once, so
 * they are made anew and never imported.
 */
function gitlabFinder(parent: string, gitlab: GitLabClient): Finder {
  const at = (kind: "groups" | "projects", path: string, rest = ""): Promise<JsonObject | undefined> =>
    gitlab.read(`${kind}/${encodeURIComponent(`${parent}/${path}`)}${rest}`);
  const number = (row: JsonObject | undefined): string | undefined =>
    row === undefined || (row["marked_for_deletion_on"] ?? null) !== null ? undefined : String(row["id"]);
  return async (resource) => {
    const path = logicalName(resource).replace(/^gitlab\//, "");
    switch (resource.type) {
      case "gitlab:index/group:Group":
        return number(await at("groups", path, "?with_projects=false"));
      case "gitlab:index/project:Project":
        return number(await at("projects", path));
      case "gitlab:index/groupShareGroup:GroupShareGroup": {
        const [tenant = "", role = ""] = path.split("-share-");
        const host = await at("groups", tenant, "?with_projects=false");
        const guest = number(await at("groups", `${tenant}/roles/${role}`, "?with_projects=false"));
        const shares: unknown = host?.["shared_with_groups"];
        const shared = (Array.isArray(shares) ? shares.filter(isRecord) : []).some(
          (row) => String(row["group_id"]) === guest,
        );
        return shared && guest !== undefined ? `${String(host?.["id"])}:${guest}` : undefined;
      }
      case "gitlab:index/branchProtection:BranchProtection": {
        const project = path.replace(/-main$/, "");
        const id = number(await at("projects", project));
        return id !== undefined && (await at("projects", project, "/protected_branches/main")) !== undefined
          ? `${id}:main`
          : undefined;
      }
      case "gitlab:index/repositoryFile:RepositoryFile": {
        const [tenant = "", project = "", ...file] = path.split("/");
        const id = number(await at("projects", `${tenant}/${project}`));
        const name = file.join("/");
        const rest = `/repository/files/${encodeURIComponent(name)}?ref=main`;
        return id !== undefined && (await at("projects", `${tenant}/${project}`, rest)) !== undefined
          ? `${id}:main:${name}`
          : undefined;
      }
      default:
        return undefined;
    }
  };
}

/** By the names that `components/registry` gives. Robots tell their secret once, so they are made anew. */
function registryFinder({ registry }: TenantPlan, harbor: HarborClient): Finder {
  return async (resource) => {
    if (registry === undefined) return undefined;
    const rows = await harbor.list(`projects?name=${encodeURIComponent(registry.name)}`);
    const project = rows.find(({ name }) => name === registry.name);
    if (project === undefined) return undefined;
    const id = String(project["project_id"]);
    switch (resource.type) {
      case "harbor:index/project:Project":
        return `/projects/${id}`;
      case "harbor:index/retentionPolicy:RetentionPolicy": {
        const metadata = project["metadata"];
        const retention = isRecord(metadata) ? text(metadata["retention_id"]) : "";
        return retention === "" ? undefined : `/retentions/${retention}`;
      }
      case "harbor:index/projectMemberGroup:ProjectMemberGroup": {
        const role = logicalName(resource).slice(`registry/${registry.name}-`.length);
        const wanted = registry.groups.find((entry) => entry.role === role)?.group;
        const members = await harbor.list(`projects/${id}/members`);
        const member = members.find((row) => row["entity_type"] === "g" && row["entity_name"] === wanted);
        return member === undefined ? undefined : `/projects/${id}/members/${String(member["id"])}`;
      }
      case "harbor:index/immutableTagRule:ImmutableTagRule": {
        const [rule] = await harbor.list(`projects/${id}/immutabletagrules`);
        return rule === undefined ? undefined : `/projects/${id}/immutabletagrules/${String(rule["id"])}`;
      }
      default:
        return undefined;
    }
  };
}

/** The ids of those resources that are there. What Vault has is written over by what is the same, so it is not asked. */
export async function findIds(
  resources: readonly ImportedResource[],
  tenant: TenantPlan,
  { estate }: EstatePlan,
  { clusters, gitlab, registry }: Systems,
): Promise<ReadonlyMap<ImportedResource, string>> {
  const nothing: Finder = () => Promise.resolve(undefined);
  const finders: Readonly<Record<string, Finder>> = {
    kubernetes: kubernetesFinder(tenant, clusters),
    gitlab: gitlab === undefined ? nothing : gitlabFinder(estate.gitlab.parent, gitlab),
    harbor: registry === undefined ? nothing : registryFinder(tenant, registry),
  };
  const ids = new Map<ImportedResource, string>();
  // One after the other: systems that others work with are not asked a hundred things at once.
  for (const resource of resources) {
    const id = await (finders[resource.type.split(":")[0] ?? ""] ?? nothing)(resource);
    if (id !== undefined) ids.set(resource, id);
  }
  return ids;
}
