/** How a cluster that was brought along is reached, as read from its kubeconfig context. */
export interface ClusterAccess {
  readonly context: string;
  /** URL of the API server. */
  readonly server: string;
  /** Its certificate authority in PEM; absent when the system's own authorities vouch for it. */
  readonly caPem?: string;
  /** A kubeconfig in JSON with this one context, readable from any folder. Holds credentials, so it is no part of the plan. */
  readonly kubeconfig: string;
}

/** Access by the clusters' names in the settings. */
export type ClusterAccesses = Readonly<Record<string, ClusterAccess>>;
