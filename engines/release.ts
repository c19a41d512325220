import { mergeValues, type Values } from "../model/values";
import type { VirtualClusterRelease } from "../model/gitops";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { releaseName } from "../model/names";

const rbac = "rbac.authorization.k8s.io";
const own = ["get", "patch", "update", "delete"];

/**
 * What installing the chart takes and no more: no roles, no quota, no network rule, and of Secrets only the chart's own.
 * Creating cannot be held to a name.
 */
function releaseRules({ objects, workloads }: VirtualClusterRelease): Json[] {
  return [
    { apiGroups: [""], resources: ["secrets", "serviceaccounts", "services"], verbs: ["create"] },
    ...Object.entries(objects).map(([resource, resourceNames]) => ({
      apiGroups: [""],
      resources: [resource],
      resourceNames: [...resourceNames],
      verbs: own,
    })),
    // The chart looks whether vCluster's own platform is installed in the namespace.
    { apiGroups: [""], resources: ["services"], resourceNames: ["loft"], verbs: ["get"] },
    // Without a name: the guardrail operate-only asks for `update` as such, and takes who lacks it for operations. There
    // is no other StatefulSet: those of the tenant live inside, and only their pods come out.
    {
      apiGroups: ["apps"],
      resources: [...workloads],
      verbs: ["create", ...own],
    },
    // The wait for the StatefulSet lists its pods.
    { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
  ];
}

/**
 * Who installs a home's virtual cluster, whichever engine asks for it: an identity of its own, out of the tenant's reach in
 * the platform's namespace, with rights in this one home.
 */
export function releaseIdentity(home: TenantHome, release: VirtualClusterRelease): KubernetesObject[] {
  const { namespace, labels, estate } = home;
  const engine = estate.gitops.namespace;
  const inHome = { name: "vcluster-release", namespace, labels };
  const name = releaseName(namespace);
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name, namespace: engine, labels },
      automountServiceAccountToken: false,
    },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata: inHome, rules: releaseRules(release) },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: inHome,
      roleRef: { apiGroup: rbac, kind: "Role", name: inHome.name },
      subjects: [{ kind: "ServiceAccount", name, namespace: engine }],
    },
  ];
}

/** The chart's values: the feature's with the engine's own over them, and what the virtual cluster holds from its start. */
export function releaseValues(
  { values, seed }: VirtualClusterRelease,
  { values: own, seed: more = [] }: { readonly values?: Values; readonly seed?: readonly KubernetesObject[] } = {},
): Values {
  // One text, as the chart takes it. JSON is YAML, and quotes what a reader of YAML 1.1 would misread.
  const manifests = [...seed, ...more].map((object) => JSON.stringify(object, undefined, 2)).join("\n---\n");
  return mergeValues(values, own, { experimental: { deploy: { vcluster: { manifests } } } });
}
