import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { platformReconciler } from "../../model/platform";
import { platformReconcilerObjects } from "../identity";
import type { EngineScope } from "../engine";
import { engineSubjects } from "./login";
import { argocdNamespace } from "./names";

const rbac = "rbac.authorization.k8s.io";
const look = ["get", "list", "watch"];

/** Groups of which the platform brings tenants objects, whatever their kinds. */
const groups = [
  "apps",
  "batch",
  "external-secrets.io",
  "gateway.networking.k8s.io",
  "karpenter.sh",
  "networking.k8s.io",
  "policy",
  "postgresql.cnpg.io",
  "rbac.authorization.k8s.io",
];

/** Of the first group by name: without Secrets, which Argo CD has no need to see. */
const core = ["configmaps", "limitranges", "namespaces", "resourcequotas", "serviceaccounts"];

/** What Argo CD sees of a cluster: of addons everything, since everything may be in one; else what tenants have there. */
function sight({ cluster, addonClusters }: EngineScope): Json[] {
  if (addonClusters.includes(cluster.name)) return [{ apiGroups: ["*"], resources: ["*"], verbs: look }];
  return [
    { apiGroups: [""], resources: core, verbs: look },
    ...groups.map((group) => ({ apiGroups: [group], resources: ["*"], verbs: look })),
  ];
}

/**
 * What lets Argo CD bring a cluster its tenants and addons: an identity with the rights that Flux's has there, and Argo CD's own
 * right to act as that one and to see what it brings. None of it where it brings neither.
 */
export function platformRights(scope: EngineScope): KubernetesObject[] {
  const brings = scope.delivery !== "direct" && scope.cluster.role === "workload";
  if (!brings && !scope.addonClusters.includes(scope.cluster.name)) return [];
  const name = "estate-argocd";
  const subjects = engineSubjects(scope);
  const cluster = { name, labels: platformLabels };
  const inNamespace = { ...cluster, namespace: argocdNamespace };
  return [
    ...platformReconcilerObjects(argocdNamespace),
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRole",
      metadata: cluster,
      rules: sight(scope),
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "ClusterRoleBinding",
      metadata: cluster,
      roleRef: { apiGroup: rbac, kind: "ClusterRole", name },
      subjects,
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "Role",
      metadata: inNamespace,
      rules: [
        {
          apiGroups: [""],
          resources: ["serviceaccounts"],
          resourceNames: [platformReconciler],
          verbs: ["impersonate"],
        },
      ],
    },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: inNamespace,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects,
    },
  ];
}
