import { shortHash } from "../hash";

/** Names in an AWS account: all begin with the estate's. IAM's know no region, so one estate of a name fits in an account. */

/** What roles are for; no hyphen, so that no two clusters' roles meet: cluster `dev` with `nodes`, cluster `dev-nodes`. */
export const rolePurposes = [
  "cluster",
  "nodes",
  "deployer",
  "flowlogs",
  "dns",
  "certificates",
  "secrets",
  "unseal",
  "backup",
  "logs",
  "images",
  "cni",
  "disks",
  "gitlab",
  "harbor",
  "gitops",
  "gitopssync",
  "gitopsserver",
] as const;

/** What a role is for. */
export type RolePurpose = (typeof rolePurposes)[number];

/** Longest name of a cluster that Estate makes: `<estate>-<cluster>-certificates` stays within IAM's 64 letters. */
export const eksNameLength = 34;

/** The cluster's name in EKS. */
export const eksName = (estate: string, cluster: string): string => `${estate}-${cluster}`;

/** A role of a cluster. */
export function roleName(estate: string, cluster: string, purpose: RolePurpose): string {
  return `${eksName(estate, cluster)}-${purpose}`;
}

/** Where EKS writes the logs of a control plane. It chooses the name itself. */
export const controlPlaneLogs = (eks: string): string => `/aws/eks/${eks}/cluster`;

/** Where the flow logs of a cluster's network go. */
export const flowLogs = (eks: string): string => `/estate/${eks}/flow`;

/** The alias of the key by which a cluster's Secrets are encrypted. */
export const keyAlias = (eks: string): string => `alias/${eks}`;

/** The services whose data can be managed by AWS. */
export type DataOwner = "gitlab" | "harbor";

/**
 * The database and the cache of a service. By the estate and not by the cluster: a cache's name has at most 40 letters, and an
 * estate has one control plane.
 */
export const dataName = (estate: string, owner: DataOwner): string => `${estate}-${owner}`;

/** The alias of the key by which databases and caches are encrypted. The slash keeps it from any cluster's own. */
export const dataKeyAlias = (eks: string): string => `${keyAlias(eks)}/data`;

/** The beginning of a service's buckets. Names of buckets are the whole world's, so the account is in them. */
export const bucketName = (estate: string, account: string, owner: DataOwner): string =>
  `${estate}-${account}-${owner}`;

/**
 * What applications need, by a hash of the need's whole name: tenant, environment and application do not fit in the names of
 * databases and buckets. The word keeps it from the names of services, and the dot from the roles of clusters.
 */
export const needDatabaseName = (estate: string, whole: string): string => `${estate}-need-${shortHash(whole)}`;

/** The bucket of a need. */
export const needBucketName = (estate: string, account: string, whole: string): string =>
  `${estate}-${account}-need-${shortHash(whole)}`;

/** As whom the pods of an application open what it needs. */
export const needRoleName = (estate: string, whole: string): string => `${estate}-need.${shortHash(whole)}`;
