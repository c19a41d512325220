/** A kind that Argo CD may bring into a home. */
export interface DeliveredKind {
  readonly group: string;
  readonly kind: string;
  readonly resource: string;
}

const kinds = (group: string, names: Readonly<Record<string, string>>): DeliveredKind[] =>
  Object.entries(names).map(([kind, resource]) => ({ group, kind, resource }));

/**
 * What a tenant's repository may hold: what its reconciler may write, without Secrets (values come from Vault, and so Argo CD
 * needs to read none) and without the objects of other engines. A test holds it to the reconciler's role.
 */
export const deliveredKinds: readonly DeliveredKind[] = [
  ...kinds("", {
    ConfigMap: "configmaps",
    PersistentVolumeClaim: "persistentvolumeclaims",
    Pod: "pods",
    Service: "services",
    ServiceAccount: "serviceaccounts",
  }),
  ...kinds("apps", { DaemonSet: "daemonsets", Deployment: "deployments", StatefulSet: "statefulsets" }),
  ...kinds("autoscaling", { HorizontalPodAutoscaler: "horizontalpodautoscalers" }),
  ...kinds("batch", { CronJob: "cronjobs", Job: "jobs" }),
  ...kinds("external-secrets.io", { ExternalSecret: "externalsecrets" }),
  ...kinds("gateway.networking.k8s.io", { GRPCRoute: "grpcroutes", HTTPRoute: "httproutes" }),
  ...kinds("networking.k8s.io", { Ingress: "ingresses" }),
  ...kinds("policy", { PodDisruptionBudget: "poddisruptionbudgets" }),
];

/** What the platform holds a home with, and what would reach out of it: refused by name as well. */
export const refusedKinds: readonly Pick<DeliveredKind, "group" | "kind">[] = [
  { group: "", kind: "LimitRange" },
  { group: "", kind: "ResourceQuota" },
  { group: "", kind: "Secret" },
  { group: "argoproj.io", kind: "*" },
  { group: "external-secrets.io", kind: "SecretStore" },
  { group: "networking.k8s.io", kind: "NetworkPolicy" },
  { group: "rbac.authorization.k8s.io", kind: "*" },
];

/** What grows out of it, and is shown with it. */
const shown: readonly { readonly group: string; readonly resources: readonly string[] }[] = [
  { group: "", resources: ["endpoints", "events", "pods/log", "replicationcontrollers"] },
  { group: "apps", resources: ["controllerrevisions", "replicasets"] },
  { group: "discovery.k8s.io", resources: ["endpointslices"] },
  { group: "events.k8s.io", resources: ["events"] },
];

/** What Argo CD reads in a home: what it brings, and what grows out of that. */
export const readGroups: readonly { readonly group: string; readonly resources: readonly string[] }[] = [
  ...[...new Set(deliveredKinds.map(({ group }) => group))].map((group) => ({
    group,
    resources: deliveredKinds.filter((one) => one.group === group).map(({ resource }) => resource),
  })),
  ...shown,
];
