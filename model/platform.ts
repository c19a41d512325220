/** Namespaces and identities of the platform itself, the same on every cluster. */
export const fluxNamespace = "flux-system";
export const externalSecretsNamespace = "external-secrets";

/** The identity by which the platform's own releases are reconciled. Tenants' never use it. */
export const platformReconciler = "platform-reconciler";

/** Names inside a tenant's namespace. */
export const reconciler = "reconciler";
/** The ServiceAccount whose tokens open the tenant's folder in Vault; it holds no right in Kubernetes. */
export const secretReader = "secret-reader";
/** The audience that Vault demands of a ServiceAccount token. */
export const vaultAudience = "vault";

/** The ClusterRoles that tenants' RoleBindings name: Estate's own, never cluster-admin and never plain admin. */
export const tenantRole = {
  change: "tenant-change",
  view: "tenant-view",
  operate: "tenant-operate",
  reconcile: "tenant-reconcile",
} as const;

/** The ClusterRole of a GitOps engine that runs elsewhere, in the homes that bind it. */
export const engineRole = "tenant-gitops";

/** The ConfigMap of the platform's namespace with a cluster's values, and its key. */
export const clusterValuesName = "cluster-values";
export const clusterValuesKey = "values.yaml";

/** The receiver by which Flux is told of a push. */
export const receiverName = "operations";

/** The source and the delivery of what the tenant writes itself, and the automation that writes there, too. */
export const operationsSource = "operations";
/** The Secret with which a home's delivery reads the tenant's repository. */
export const gitCredentials = "git-credentials";
/** The Secret with which GitLab proves that a push was its own. */
export const receiverToken = "receiver-token";
/** The Secret with which a home pulls its tenant's images. */
export const imagePull = "image-pull";

/** The name of the GitOps engine on every cluster; flux-operator takes no other. */
export const gitOpsInstance = "flux";

/**
 * How Pulumi deletes objects that a controller of Flux holds by a finalizer. In the foreground, which is the provider's
 * default, the API server's own finalizer comes and goes at the same time; Flux's removal of its own then names a finalizer
 * that is gone, is refused, and is tried again only minutes later.
 */
export const deletedInBackground = { "pulumi.com/deletionPropagationPolicy": "background" } as const;
