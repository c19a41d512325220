import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { fluxNamespace } from "../../model/platform";

const rbac = "rbac.authorization.k8s.io";

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
