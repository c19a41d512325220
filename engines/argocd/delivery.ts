import { secretFromVault, storeObjects } from "../../model/external-secret";
import type { ClusterLogin, DeliveryKind, GitDeliveryPlan } from "../../model/gitops";
import type { ClusterFacts, EstateFacts } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { clusterManagementProject, clusterManagementUrl } from "../../model/names";
import { platformReconciler } from "../../model/platform";
import { tenantsFolder } from "../../model/rendering";
import type { EngineScope } from "../engine";
import { repositoryTemplate } from "./credential";
import { clusterSecret, loginConfig } from "./login";
import { argocdNamespace, placeName, platformProject } from "./names";
import { argoproj } from "./project";

/** Folder in Vault, below a name that no tenant can have, with the login to the cluster-management project. */
const folder = "platform/delivery";
const reader = `secrets-${platformProject}`;

const metadata = (name: string) => ({ name, namespace: argocdNamespace, labels: platformLabels });

/** How Argo CD reads the cluster-management project: for the platform's project alone, and exactly that address. */
function credential(estate: EstateFacts, plane: string): KubernetesObject[] {
  const place = { namespace: argocdNamespace, labels: platformLabels };
  return [
    ...storeObjects(estate, plane, { ...place, role: platformProject, account: reader, store: reader }),
    secretFromVault(
      place,
      `repository-${platformProject}`,
      {
        template: repositoryTemplate(platformLabels, clusterManagementUrl(estate.gitlab), platformProject),
        source: {
          data: ["username", "password"].map((key) => ({
            secretKey: key,
            remoteRef: { key: `${folder}/${clusterManagementProject}`, property: key },
          })),
        },
      },
      reader,
    ),
  ];
}

/** A cluster as the place of tenants' namespaces and what is in them. */
function login(estate: EstateFacts, cluster: ClusterFacts): ClusterLogin {
  const name = placeName(platformProject, cluster.name);
  return {
    cluster: cluster.name,
    ...clusterSecret({ estate, cluster, labels: platformLabels }, name, {
      project: platformProject,
      clusterResources: "true",
    }),
    query: `project=${platformProject}`,
    config: loginConfig({ cluster }),
  };
}

/** What the platform's project brings: what tenants have on clusters, and of what is cluster-wide their namespaces and nodes. */
function project(estate: EstateFacts, clusters: readonly ClusterFacts[]): KubernetesObject {
  return {
    apiVersion: argoproj,
    kind: "AppProject",
    metadata: metadata(platformProject),
    spec: {
      description: "What tenants have on clusters, from the cluster-management project",
      sourceRepos: [clusterManagementUrl(estate.gitlab)],
      destinations: clusters.map(({ name }) => ({ name: placeName(platformProject, name), namespace: "*" })),
      permitOnlyProjectScopedClusters: true,
      clusterResourceWhitelist: [
        { group: "", kind: "Namespace" },
        { group: "karpenter.sh", kind: "NodePool" },
      ],
      namespaceResourceWhitelist: [{ group: "*", kind: "*" }],
      // Values travel through Vault: what is in Git holds none.
      namespaceResourceBlacklist: [{ group: "", kind: "Secret" }],
      destinationServiceAccounts: [
        {
          server: "*",
          namespace: argocdNamespace,
          defaultServiceAccount: `${argocdNamespace}:${platformReconciler}`,
        },
      ],
      roles: [],
    },
  };
}

/** What one cluster holds, from its folder. */
function application(estate: EstateFacts, cluster: string, kind: DeliveryKind): KubernetesObject {
  const name = placeName(platformProject, cluster);
  // In the step between, what Git no longer holds is somebody else's.
  const own = kind === "git";
  const automated: Json = { prune: own, selfHeal: true };
  return {
    apiVersion: argoproj,
    kind: "Application",
    metadata: metadata(name),
    spec: {
      project: platformProject,
      source: {
        repoURL: clusterManagementUrl(estate.gitlab),
        targetRevision: "main",
        path: tenantsFolder(cluster),
      },
      destination: { name, namespace: argocdNamespace },
      revisionHistoryLimit: 5,
      syncPolicy: {
        automated,
        syncOptions: ["CreateNamespace=false", "ServerSideApply=true", "PruneLast=true"],
        retry: { limit: -1, backoff: { duration: "30s", factor: 2, maxDuration: "5m" } },
      },
    },
  };
}

/** Argo CD brings all clusters their tenants, as the platform's own identity there. It runs on the control plane alone. */
export function argocdDelivery(
  { estate, cluster, clusters }: EngineScope,
  kind: DeliveryKind,
): GitDeliveryPlan | undefined {
  if (cluster.role !== "control-plane") return undefined;
  const targets = clusters.filter(({ role }) => role === "workload");
  return {
    credential: {
      kind: "vault",
      path: `${folder}/${clusterManagementProject}`,
      reader: {
        capability: "secrets",
        name: platformProject,
        cluster: cluster.name,
        serviceAccount: { namespace: argocdNamespace, name: reader },
        folders: [folder],
      },
    },
    objects: [...credential(estate, cluster.name), project(estate, targets)],
    logins: targets.map((target) => login(estate, target)),
    deliveries: targets.map(({ name }) => application(estate, name, kind)),
  };
}
