import type { CentralPlan, ClusterLogin, VirtualClusterRelease } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { mirroredChart } from "../../model/mirror";
import { releaseName } from "../../model/names";
import { charts, versions } from "../../model/versions";
import { releaseIdentity, releaseValues } from "../release";
import { chartRepository, chartSource } from "./helm";
import { insideRights, trustObject, trustValues } from "./inside";
import { clusterSecret, engineSubjects, loginConfig } from "./login";
import { argocdNamespace, placeName } from "./names";
import { argoproj } from "./project";

const rbac = "rbac.authorization.k8s.io";
const look = ["get", "list", "watch"];

/** The kinds of the workloads that a chart makes, by plural. */
const workloadKinds: Readonly<Record<string, string>> = { deployments: "Deployment", statefulsets: "StatefulSet" };

const chartOf = ({ estate }: TenantHome) => mirroredChart(charts.vcluster, estate.mirror);

/** A Role and who has it: Argo CD. */
function role(home: TenantHome, name: string, namespace: string, rules: KubernetesObject["rules"]): KubernetesObject[] {
  const metadata = { name, namespace, labels: home.labels };
  return [
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules: rules ?? [] },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: engineSubjects(home),
    },
  ];
}

/**
 * In the home's cluster: who installs the virtual cluster, that Argo CD may act as that one and see what it made, and whose
 * tokens the virtual cluster takes. It holds for a tenant on its way out, too: what its people may do inside is in the values.
 */
export function vclusterObjects(home: TenantHome, release: VirtualClusterRelease): KubernetesObject[] {
  const name = releaseName(home.namespace);
  return [
    ...releaseIdentity(home, release),
    ...role(home, name, argocdNamespace, [
      { apiGroups: [""], resources: ["serviceaccounts"], resourceNames: [name], verbs: ["impersonate"] },
    ]),
    ...role(home, "vcluster-argocd", home.namespace, [
      { apiGroups: [""], resources: ["services", "serviceaccounts", "pods", "persistentvolumeclaims"], verbs: look },
      { apiGroups: ["apps"], resources: [...release.workloads, "replicasets"], verbs: look },
      // By name: who lists Secrets here reads the keys to everything inside.
      { apiGroups: [""], resources: ["secrets"], resourceNames: [...release.objects.secrets], verbs: ["get"] },
    ]),
    trustObject(home),
  ];
}

/** The home as the chart's own place: of a project of its own, so that no tenant's repository comes to it as who installs. */
function chartLogin(home: TenantHome): ClusterLogin {
  const project = releaseName(home.namespace);
  return {
    cluster: home.cluster.name,
    ...clusterSecret(home, placeName(project, home.cluster.name), {
      project,
      namespaces: home.namespace,
      clusterResources: "false",
    }),
    query: `release=${home.namespace}`,
    config: loginConfig(home),
  };
}

/** What may be brought as who installs the virtual clusters of an environment: this chart, to this namespace, these kinds. */
export function vclusterProject(
  home: TenantHome,
  release: VirtualClusterRelease,
  clusters: readonly string[],
): KubernetesObject {
  const { namespace } = home;
  const name = releaseName(namespace);
  return {
    apiVersion: argoproj,
    kind: "AppProject",
    metadata: { name, namespace: argocdNamespace, labels: home.labels },
    spec: {
      description: `Virtual clusters of ${home.tenant.name} in ${home.environment.name}`,
      sourceRepos: [chartRepository(chartOf(home))],
      destinations: clusters.map((cluster) => ({ name: placeName(name, cluster), namespace })),
      permitOnlyProjectScopedClusters: true,
      clusterResourceWhitelist: [],
      namespaceResourceWhitelist: [
        ...["Secret", "Service", "ServiceAccount"].map((kind) => ({ group: "", kind })),
        ...release.workloads.map((plural) => ({ group: "apps", kind: workloadKinds[plural] ?? plural })),
      ],
      destinationServiceAccounts: [{ server: "*", namespace, defaultServiceAccount: `${argocdNamespace}:${name}` }],
      roles: [],
    },
  };
}

/** The chart of one home. */
function application(home: TenantHome, release: VirtualClusterRelease): KubernetesObject {
  const { namespace } = home;
  const project = releaseName(namespace);
  const name = placeName(project, home.cluster.name);
  const values = releaseValues(release, { values: trustValues, seed: insideRights(home) });
  return {
    apiVersion: argoproj,
    kind: "Application",
    metadata: { name, namespace: argocdNamespace, labels: home.labels },
    spec: {
      project,
      source: chartSource(chartOf(home), versions.vcluster.installed, namespace, values),
      destination: { name, namespace },
      revisionHistoryLimit: 5,
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ["CreateNamespace=false", "ServerSideApply=true", "FailOnSharedResource=true"],
        retry: { limit: -1, backoff: { duration: "30s", factor: 2, maxDuration: "5m" } },
      },
    },
  };
}

/** What Argo CD has of one home's virtual cluster on the control plane, but for the project. */
export function vclusterDelivery(
  home: TenantHome,
  release: VirtualClusterRelease,
): Pick<CentralPlan, "logins" | "deliveries"> {
  return { logins: [chartLogin(home)], deliveries: [application(home, release)] };
}
