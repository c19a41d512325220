import type { VirtualClusterRelease } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { chartReference, chartSource } from "../../model/chart-source";
import { mirroredChart } from "../../model/mirror";
import { deletedInBackground, fluxNamespace } from "../../model/platform";
import { charts, versions } from "../../model/versions";

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
 * The release and who installs it: an identity of its own, out of the tenant's reach in the platform's namespace, with
 * rights in this one home. Helm's records lie in the platform's namespace, too (the right to them is the platform's
 * `vcluster-releases`, ./identity.ts): whoever writes a record in the home would steer the next upgrade, and Secrets
 * that are made inside the virtual cluster come out into the home with the labels by which Helm finds its records.
 */
export function vclusterRelease(home: TenantHome, release: VirtualClusterRelease): KubernetesObject[] {
  const { namespace, labels } = home;
  const metadata = { name: `vcluster-${namespace}`, namespace: fluxNamespace, labels };
  const held = { ...metadata, annotations: deletedInBackground };
  const inHome = { name: "vcluster-release", namespace, labels };
  const source = mirroredChart(charts.vcluster, home.estate.mirror);
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata: inHome, rules: releaseRules(release) },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata: inHome,
      roleRef: { apiGroup: rbac, kind: "Role", name: inHome.name },
      subjects: [{ kind: "ServiceAccount", name: metadata.name, namespace: fluxNamespace }],
    },
    chartSource(source, versions.vcluster.installed, held),
    {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: held,
      spec: {
        interval: "30m0s",
        releaseName: namespace,
        targetNamespace: namespace,
        storageNamespace: fluxNamespace,
        serviceAccountName: metadata.name,
        ...chartReference(source, versions.vcluster.installed, metadata.name),
        install: { strategy: { name: "RetryOnFailure", retryInterval: "3m0s" } },
        values: release.values,
      },
    },
  ];
}
