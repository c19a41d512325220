import type { DeliveryKind, GitDeliveryPlan } from "../../model/gitops";
import { platformLabels } from "../../model/labels";
import { clusterManagementProject, clusterManagementUrl } from "../../model/names";
import { deletedInBackground, fluxNamespace, platformReconciler } from "../../model/platform";
import { tenantsFolder } from "../../model/rendering";
import type { EngineScope } from "../engine";
import { leaving } from "./leaving";

/** The Secret with which a cluster's Flux reads the cluster-management project. */
export const clusterManagementSecret = "cluster-management";

/** Each cluster's Flux takes its tenants from the cluster-management project, as the platform. */
export function fluxDelivery({ estate, cluster }: EngineScope, kind: DeliveryKind): GitDeliveryPlan {
  const metadata = {
    name: clusterManagementProject,
    namespace: fluxNamespace,
    labels: platformLabels,
    annotations: deletedInBackground,
  };
  return {
    // The one credential that cannot come by way of Vault: what it reads is what brings the stores that read Vault.
    credential: {
      kind: "secret",
      object: {
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name: clusterManagementSecret, namespace: fluxNamespace, labels: platformLabels },
        type: "Opaque",
      },
    },
    objects: [
      {
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "GitRepository",
        metadata,
        spec: {
          interval: "1m0s",
          timeout: "60s",
          url: clusterManagementUrl(estate.gitlab),
          ref: { branch: "main" },
          secretRef: { name: clusterManagementSecret },
        },
      },
    ],
    logins: [],
    deliveries: leaving(estate, [
      {
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
    ]),
  };
}
