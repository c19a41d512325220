import { shortHash } from "./hash";

/**
 * Every name that Estate makes, in one place. Environments have no hyphen, so `<tenant>-<environment>` can be read from
 * the right and two tenants never meet; every system's folder ends its tenant's name with a slash.
 */

/** `estate:name`. */
export const estateNamePattern = /^[a-z][a-z0-9]{0,15}$/;
/** A tenant's name: a DNS label that begins with a letter, no two hyphens in a row. */
export const tenantNamePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
/**
 * Longest tenant name: with an environment of ten letters, `<tenant>-<environment>` stays within a Helm release name
 * (53), and `vc-<tenant>-<environment>` within a DNS label (63).
 */
export const tenantNameLength = 30;
/** An environment's name: no hyphen. */
export const environmentNamePattern = /^[a-z][a-z0-9]{0,9}$/;
/** The folder of a tenant's pipelines in Vault stands beside its environments', so no environment has this name. */
export const pipelineEnvironment = "ci";
/** A cluster's name: a DNS label. */
export const clusterNamePattern = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/** Namespaces, groups and folders that belong to the platform or to Kubernetes. */
export const reservedNames: ReadonlySet<string> = new Set([
  "admin", "api", "argocd", "cert-manager", "cnpg-system", "control-plane", "default", "estate", "external-dns", "external-secrets",
  "flux", "flux-system", "gatekeeper-system", "gitlab", "harbor", "help", "ingress", "istio-system", "kyverno",
  "monitoring", "ops", "platform", "public", "registry", "root", "sys", "system", "vault", "velero",
]); // prettier-ignore

/** Beginnings of names that belong to Kubernetes, the platform, or products in it. */
export const reservedPrefixes: readonly string[] = ["kube-", "openshift-", "platform-", "vcluster-"];

/** What GitLab's own addresses have after a group's path: no group below another, and no project, is called so. */
export const gitlabWords: ReadonlySet<string> = new Set([
  "badges", "blame", "blob", "builds", "commits", "create", "edit", "files", "new", "preview", "raw", "refs", "tree",
  "update", "wikis",
]); // prettier-ignore

/** What GitLab takes as the name of a group, which people see: `displayName`. */
export const displayNamePattern = /^[\p{L}\p{N}\u{A9}-\u{1F9FF}_][\p{L}\p{N}\p{Pd}\u{A9}-\u{1F9FF}_(). ]*$/u;

/** Words that YAML 1.1 tools (kubectl, Flux, Helm) read as something else than text. */
export const yamlWords: ReadonlySet<string> = new Set(["y", "n", "yes", "no", "on", "off", "true", "false", "null"]);

/** Whether a name that would be made is kept for the platform. */
export function isReserved(name: string): boolean {
  return reservedNames.has(name) || reservedPrefixes.some((prefix) => name.startsWith(prefix));
}

/** The namespace of a tenant in an environment. */
export function namespaceName(tenant: string, environment: string): string {
  return `${tenant}-${environment}`;
}

/**
 * The namespace beside a home in which the platform keeps the home's databases. No tenant's name has two hyphens in a row, so it
 * is nobody's home: at most 47 characters.
 */
export function dataNamespace(home: string): string {
  return `${home}--data`;
}

/**
 * A name with its ending, of so many characters at most. What is too long is cut and told apart by a hash, after two hyphens that
 * no name of a person's choice has.
 */
export function fitting(name: string, ending: string, length: number): string {
  if (name.length + ending.length <= length) return `${name}${ending}`;
  const hash = `--${shortHash(name)}${ending}`;
  return `${name.slice(0, length - hash.length).replace(/-+$/, "")}${hash}`;
}

/** Longest name of a database: CloudNativePG takes no longer one. */
export const databaseNameLength = 50;

/**
 * A database of CloudNativePG, by the Secret that the application gets. It ends with a word that none of the operator's own
 * endings is (`-ca`, `-server`, `-primary`, ...), so what it makes for one database is never what another is called.
 */
export function databaseName(secret: string): string {
  return fitting(secret, "-db", databaseNameLength);
}

/** The tenant's folder for one environment below the estate's mount in Vault. */
export function secretFolder(tenant: string, environment: string): string {
  return `${tenant}/${environment}`;
}

/** The group of a role, when the tenant file names none. */
export function defaultGroup(tenant: string, role: string): string {
  return `${tenant}-${role}`;
}

/**
 * The Vault policy that lets one home on one cluster read its own folder. Dots, which none of the parts can hold, keep
 * cluster `a` with home `b-c` apart from cluster `a-b` with home `c`. Vault lower-cases policy names; ours are already.
 */
export function secretPolicyName(estate: string, cluster: string, home: string): string {
  return `${estate}.${cluster}.${home}.read`;
}

/** The Vault policy by which a tenant's pipelines read their folder; its last part keeps it apart from those of homes. */
export function pipelinePolicyName(estate: string, tenant: string): string {
  return `${estate}.${pipelineEnvironment}.${tenant}.pipelines`;
}

/** The secret that holds what delivery to a home needs, in its folder. */
export const deliverySecret = "delivery";

/** The secret that holds what pipelines need, in their folder: a login to the registry, and what opens promotions. */
export const pipelineSecret = "credentials";

/** The key in that secret with which a promotion into an environment is opened. */
export function promotionKey(environment: string): string {
  return `promote_${environment}`;
}

/** The Vault auth mount that trusts one cluster's ServiceAccount tokens. Flat: a mount `a` would block `a/b`. */
export function authMountName(estate: string, cluster: string): string {
  return `${estate}-${cluster}`;
}

/** HTTPS address of the repository that holds what a tenant runs in an environment. */
export function operationsRepository(
  gitlab: { url: string; parent: string },
  tenant: string,
  environment: string,
): string {
  return `${gitlab.url}/${projectPath(gitlab.parent, tenant, operationsProject(environment))}.git`;
}

/** A tenant's project in Harbor. */
export function registryProject(estate: string, tenant: string): string {
  return `${estate}-${tenant}`;
}

/** The products that keep images. */
export type RegistryKind = "harbor" | "ecr";

/** What of a registry an image's address is made of. */
interface RegistryAddress {
  readonly kind: RegistryKind;
  readonly url: string;
}

/**
 * Where a tenant's images are below the registry's host: a project of Harbor, a folder of ECR, which has no projects. Without
 * a tenant it is the beginning that those of all tenants have.
 */
export function imageFolder(kind: RegistryKind, estate: string, tenant: string): string {
  return kind === "ecr" ? `${estate}/${tenant}` : registryProject(estate, tenant);
}

/** An image's address without its tag, as the pipelines push it: host, folder, application. */
export function imageRepository(
  { name, registry }: { readonly name: string; readonly registry: RegistryAddress },
  tenant: string,
  application: string,
): string {
  return `${registryHost(registry.url)}/${imageFolder(registry.kind, name, tenant)}/${application}`;
}

/** The registry's address as it begins an image's name. */
export function registryHost(url: string): string {
  return url.replace(/^https?:\/\//, "");
}

/** A part of an image's path, between slashes. */
const imagePart = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";

/** What an image's name may begin with: a host as runtimes tell it from a folder of Docker Hub, and whole parts of the path. */
export const imagePrefixPattern = new RegExp(
  `^(?=[^/]*[.:]|localhost/)[a-z0-9]+(?:[.-]+[a-z0-9]+)*(?::[0-9]+)?/(?:${imagePart}/)*$`,
);

/** An application's name; `ops-` begins the repositories of environments, and some names are GitLab's or Estate's own. */
export const applicationNamePattern = new RegExp(
  `^(?!ops-|(${["roles", "gitlab-profile", ...gitlabWords].join("|")})$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`,
);

/** The full path of a tenant's project. */
export function projectPath(parent: string, tenant: string, project: string): string {
  return `${parent}/${tenant}/${project}`;
}

/** The project that holds what a tenant runs in an environment. */
export function operationsProject(environment: string): string {
  return `ops-${environment}`;
}

/** The tenant's folder for its pipelines below the estate's mount in Vault. */
export function pipelineFolder(tenant: string): string {
  return secretFolder(tenant, pipelineEnvironment);
}

/** The Vault auth mount that trusts the identity tokens of pipelines. */
export function pipelineMountName(estate: string): string {
  return `${estate}-ci`;
}

/** The host on which a cluster's Flux is told of pushes. */
export function receiverHost(cluster: string, domain: string): string {
  return `flux.${cluster}.${domain}`;
}

/** Whether a host below the domain is kept for the platform: what each cluster answers to stands below its name. */
export function isPlatformHost(host: string, domain: string, clusters: readonly string[]): boolean {
  return clusters.some((cluster) => host === `${cluster}.${domain}` || host.endsWith(`.${cluster}.${domain}`));
}

/** A host name: no wildcard, no trailing dot, no upper case. */
export const hostPattern = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;

/** The group of the platform's own projects below the parent; no tenant can have this name. */
export const platformGroup = "platform";
/** The project that holds what pipelines do. */
export const pipelinesProject = "pipelines";
/** The project that holds what tenants have on each cluster, with delivery `git`. */
export const clusterManagementProject = "cluster-management";

/** Address of that project's repository. */
export function clusterManagementUrl(gitlab: { readonly url: string; readonly parent: string }): string {
  return `${gitlab.url}/${projectPath(gitlab.parent, platformGroup, clusterManagementProject)}.git`;
}

/**
 * The NodePool of a home, which is cluster-wide. The beginning keeps it apart from the pools that are there already:
 * `general-purpose` could be a home.
 */
export function poolName(home: string): string {
  return `tenant-${home}`;
}

/** The GitOps engine's objects that bring a home's vCluster, in the platform's namespace. */
export function releaseName(home: string): string {
  return `vcluster-${home}`;
}
