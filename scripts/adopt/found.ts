import { isRecord, type GitLabClient, type JsonObject, type KubernetesClient, type Manifest } from "@estate/clients";
import { Complaint } from "@estate/sandbox";
import type { Settings } from "../../config/schema";
import { label } from "../../model/labels";
import { applicationNamePattern, namespaceName } from "../../model/names";
import { quantityMilli } from "../../model/quantity";
import { text } from "../inventory/found";

/** A tenant's and an environment's name from that of a namespace: environments have no hyphen. */
export function nameOfNamespace(
  namespace: string,
  environments: readonly string[],
): { readonly tenant: string; readonly environment: string } {
  const environment = environments.find((name) => namespace.endsWith(`-${name}`));
  const tenant = environment === undefined ? "" : namespace.slice(0, -environment.length - 1);
  if (environment === undefined || tenant === "")
    throw new Complaint(
      `namespace ${namespace} cannot be adopted as it is`,
      `a tenant's namespaces are called <tenant>-<environment>, with an environment of ${environments.join(", ")}`,
      "move what runs in it to a namespace of such a name first: no namespace can be renamed",
    );
  return { tenant, environment };
}

/** A namespace as a cluster has it, with what says how large it may grow and who gets in. */
export interface FoundNamespace {
  readonly cluster: string;
  readonly environment: string;
  readonly namespace: Manifest;
  /** The hard limits of its quotas together. */
  readonly quota: Readonly<Record<string, string>>;
  /** Groups by the roles that bindings give them: `payments-team: edit`. */
  readonly groups: readonly string[];
}

const records = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isRecord) : []);

/** Reads one namespace; undefined where the cluster has none of that name. */
export async function readNamespace(
  client: KubernetesClient,
  cluster: string,
  tenant: string,
  environment: string,
): Promise<FoundNamespace | undefined> {
  const name = namespaceName(tenant, environment);
  const namespace = await client.find({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  if (namespace === undefined) return undefined;
  const owner = namespace.metadata.labels?.[label.tenant];
  if (owner !== undefined && owner !== tenant)
    throw new Complaint(
      `namespace ${name} on ${cluster} is tenant ${owner}'s`,
      `its label ${label.tenant} says so`,
      "adopt another",
    );
  const quotas = await client.list("v1", "ResourceQuota", { namespace: name });
  const bindings = await client.list("rbac.authorization.k8s.io/v1", "RoleBinding", { namespace: name });
  return {
    cluster,
    environment,
    namespace,
    quota: Object.assign(
      {},
      ...quotas.items.map(({ spec }) => (isRecord(spec) && isRecord(spec["hard"]) ? spec["hard"] : {})),
    ) as Readonly<Record<string, string>>,
    groups: bindings.items
      .filter(({ metadata }) => metadata.labels?.[label.managed] === undefined)
      .flatMap(({ subjects, roleRef }) =>
        records(subjects)
          .filter(({ kind }) => kind === "Group")
          .map((subject) => `${text(subject["name"])}: ${isRecord(roleRef) ? text(roleRef["name"]) : ""}`),
      ),
  };
}

/** The first of the profiles, from the smallest on, in which every quota that was found has room; else the largest. */
export function fittingProfile(
  profiles: Settings["profiles"],
  quotas: readonly Readonly<Record<string, string>>[],
): { readonly profile: string; readonly fits: boolean } {
  const holds = (outer: Readonly<Record<string, string>>, inner: Readonly<Record<string, string>>): boolean =>
    Object.entries(inner).every(([key, value]) => {
      const own = outer[key];
      return own === undefined || (quantityMilli(own) ?? 0n) >= (quantityMilli(value) ?? 0n);
    });
  const names = Object.keys(profiles);
  const quotaOf = (name: string): Readonly<Record<string, string>> => profiles[name]?.quota ?? {};
  const sorted = [...names].sort((a, b) =>
    holds(quotaOf(b), quotaOf(a)) ? -1 : holds(quotaOf(a), quotaOf(b)) ? 1 : 0,
  );
  const fitting = sorted.find((name) => quotas.every((quota) => holds(quotaOf(name), quota)));
  return { profile: fitting ?? sorted.at(-1) ?? "standard", fits: fitting !== undefined };
}

/** A tenant's group as GitLab has it. */
export interface FoundGroup {
  readonly displayName: string;
  /** Projects that can be applications, by name. */
  readonly applications: readonly string[];
  /** Projects whose names Estate has no application for. */
  readonly others: readonly string[];
}

/** Reads a group, which must be where Estate would make it: a group moves by a transfer, and not by an import. */
export async function readGroup(gitlab: GitLabClient, path: string, wanted: string): Promise<FoundGroup> {
  const at = `groups/${encodeURIComponent(path)}`;
  const group = await gitlab.read(`${at}?with_projects=false`);
  if (group === undefined)
    throw new Complaint(
      `no group ${path} in GitLab`,
      `${gitlab.url} has none, or this token may not see it`,
      "correct --gitlab, or leave it out",
    );
  const found = text(group["full_path"]);
  if (found !== wanted)
    throw new Complaint(
      `group ${found} cannot be adopted where it is`,
      `the tenant's group is ${wanted}`,
      `transfer it there in GitLab (Settings > General > Advanced), then give --gitlab ${wanted}`,
    );
  const projects = (await gitlab.list(`${at}/projects`)).map((row) => text(row["path"]));
  const ours = projects.filter((name) => !name.startsWith("ops-") && name !== "gitlab-profile");
  return {
    displayName: text(group["name"]),
    applications: ours.filter((name) => applicationNamePattern.test(name)).sort(),
    others: ours.filter((name) => !applicationNamePattern.test(name)).sort(),
  };
}
