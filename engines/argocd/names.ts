/** Namespace of Argo CD on the control plane, and of the platform's own objects on every cluster. */
export const argocdNamespace = "argocd";

/** The project of what the platform brings to clusters from Git; no tenant's name begins so. */
export const platformProject = "platform-tenants";

/** The project of a cluster's addons; no tenant's name begins so. */
export function addonProject(cluster: string): string {
  return `platform-addons-${cluster}`;
}

/** Where Argo CD reaches the cluster that it runs on. With a query it is none of Argo CD's own words for that. */
export const ownAddress = "https://kubernetes.default.svc";

/** The ServiceAccounts that speak to other clusters, as the chart calls them: the controller, and the server for people. */
export const argocdAccounts = ["argocd-application-controller", "argocd-server"] as const;

/** The ServiceAccount of Image Updater. */
export const imageUpdaterAccount = "argocd-image-updater";

/** What begins the names of the ServiceAccounts that tell of a home's deliveries. */
export const notifierPrefix = "notifications-";

/**
 * A home on one cluster, as Argo CD knows it: a cluster of its own, and the Application that goes there. The dot, which no part
 * can hold, keeps home `a-b` on cluster `c-d` apart from home `a-b-c` on cluster `d`.
 */
export function placeName(home: string, cluster: string): string {
  return `${home}.${cluster}`;
}

/** Ends the name of a product's Application, which begins with the place's. */
export const productSuffix = (application: string): string => `.product-${application}`;

/**
 * The ConfigMap with the programs by which Argo CD logs in, and where it is mounted: to workload clusters, and with the pod's
 * own token as it is into virtual clusters and to the cluster that it runs on.
 */
export const loginProgram = {
  configMap: "cluster-login",
  folder: "/estate",
  file: "cluster-login",
  plain: "token-login",
} as const;

/** Where the tokens are with which it logs in, one file for each cluster. */
export const tokenFolder = "/var/run/secrets/estate.dev/clusters";

/**
 * The virtual clusters of a cluster, where clusters are named: the file of the token that they are shown, and, after the
 * estate's name, its audience. The dot keeps it apart from every cluster's own.
 */
export function virtualToken(cluster: string): string {
  return `${cluster}.virtual`;
}
