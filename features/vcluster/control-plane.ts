import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";

const rbac = "rbac.authorization.k8s.io";
const all = ["create", "delete", "patch", "update", "get", "list", "watch"];

/**
 * What the virtual cluster's control plane may do in the home's namespace: the rules of the chart's own Role under our
 * values, word for word. test/e2e/vcluster-values.test.ts holds them against the chart's template.
 */
export const controlPlaneRules: readonly { readonly [key: string]: Json }[] = [
  {
    apiGroups: [""],
    resources: [
      "configmaps",
      "secrets",
      "services",
      "pods",
      "pods/attach",
      "pods/portforward",
      "pods/exec",
      "persistentvolumeclaims",
    ],
    verbs: all,
  },
  { apiGroups: [""], resources: ["pods/status", "pods/ephemeralcontainers"], verbs: ["patch", "update"] },
  { apiGroups: [""], resources: ["pods/resize"], verbs: ["patch", "update"] },
  {
    apiGroups: ["apps"],
    resources: ["statefulsets", "replicasets", "deployments"],
    verbs: ["get", "list", "watch", "patch", "update"],
  },
  { apiGroups: [""], resources: ["endpoints", "pods/log"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["events"], verbs: ["create", "get", "list", "watch"] },
  { apiGroups: ["events.k8s.io"], resources: ["events"], verbs: ["create", "get", "list", "watch"] },
  { apiGroups: [""], resources: ["endpoints"], verbs: ["create", "delete", "patch", "update"] },
  {
    apiGroups: ["discovery.k8s.io"],
    resources: ["endpointslices"],
    verbs: ["create", "list", "get", "delete", "patch", "update", "watch"],
  },
];

/** The Role of the control plane, made by the platform and not by the chart, so that a chart cannot widen it. */
export function controlPlaneAccess(home: TenantHome): KubernetesObject[] {
  // The chart's own name, by which people who know vCluster look for it.
  const metadata = { name: `vc-${home.namespace}`, namespace: home.namespace, labels: home.labels };
  return [
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules: controlPlaneRules },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: metadata.name },
      subjects: [{ kind: "ServiceAccount", name: metadata.name, namespace: home.namespace }],
    },
  ];
}
