import type { ClusterFacts, EstateFacts } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";
import { platformLabels } from "../model/labels";
import { clusterManagementProject, platformGroup, projectPath } from "../model/names";
import { deletedInBackground, fluxNamespace, platformReconciler } from "../model/platform";
import { tenantsFolder } from "../model/rendering";

/**
 * How Kubernetes objects of tenants reach their clusters. `handover` is the step between the two others: both sides hold
 * every object, neither deletes one, so that the next step takes none away.
 */
export type DeliveryKind = "direct" | "git" | "handover";

/** The Secret with which a cluster's Flux reads the cluster-management project. */
export const clusterManagementSecret = "cluster-management";

/** How a cluster's Flux brings what the cluster-management project holds for it. */
export interface GitDeliveryPlan {
  readonly source: KubernetesObject;
  readonly reconciliation: KubernetesObject;
}

/** Plans the platform's own source and reconciliation on one cluster. */
export function planGitDelivery(estate: EstateFacts, cluster: ClusterFacts, kind: DeliveryKind): GitDeliveryPlan {
  const metadata = {
    name: clusterManagementProject,
    namespace: fluxNamespace,
    labels: platformLabels,
    annotations: deletedInBackground,
  };
  const path = projectPath(estate.gitlab.parent, platformGroup, clusterManagementProject);
  return {
    source: {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata,
      spec: {
        interval: "1m0s",
        timeout: "60s",
        url: `${estate.gitlab.url}/${path}.git`,
        ref: { branch: "main" },
        secretRef: { name: clusterManagementSecret },
      },
    },
    reconciliation: {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { ...metadata, name: "tenants" },
      spec: {
        interval: "5m0s",
        retryInterval: "30s",
        timeout: "5m0s",
        path: `./${tenantsFolder(cluster.name)}`,
        // In the step between, what Git no longer holds is somebody else's.
        prune: kind === "git",
        serviceAccountName: platformReconciler,
        sourceRef: { kind: "GitRepository", name: clusterManagementProject },
      },
    },
  };
}
