import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { fluxNamespace, platformReconciler } from "../../model/platform";

const rbac = "rbac.authorization.k8s.io";

/** The identity by which Flux applies what belongs to the platform. */
export function platformReconcilerObjects(): KubernetesObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: platformReconciler, namespace: fluxNamespace, labels: platformLabels },
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "estate-platform-reconciler", labels: platformLabels },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: platformReconciler, namespace: fluxNamespace }],
    },
  ];
}

/**
 * Helm's records of the vCluster releases. The plan of a cluster knows no tenant, so the right goes to every identity of
 * the platform's namespace: the controllers, which have more, and the releases' own. Tenants have none there.
 */
export function releaseRecords(): KubernetesObject[] {
  const metadata = { name: "vcluster-releases", namespace: fluxNamespace, labels: platformLabels };
  return [
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata,
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "list", "create", "update", "delete"] }],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name: metadata.name },
      subjects: [{ apiGroup: rbac, kind: "Group", name: `system:serviceaccounts:${fluxNamespace}` }],
    },
  ];
}
