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
  "cni",
  "disks",
] as const;

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
