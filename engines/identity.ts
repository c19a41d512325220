import type { KubernetesObject } from "../model/kubernetes";
import { platformLabels } from "../model/labels";
import { platformReconciler } from "../model/platform";

const rbac = "rbac.authorization.k8s.io";

/** The identity by which an engine applies what belongs to the platform, in the engine's namespace of a cluster. */
export function platformReconcilerObjects(namespace: string): KubernetesObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: platformReconciler, namespace, labels: platformLabels },
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: "estate-platform-reconciler", labels: platformLabels },
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
      subjects: [{ kind: "ServiceAccount", name: platformReconciler, namespace }],
    },
  ];
}
