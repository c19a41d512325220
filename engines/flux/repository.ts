import { externalSecret } from "../../model/external-secret";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { deliverySecret, operationsRepository } from "../../model/names";
import { gitCredentials, operationsSource, receiverName, receiverToken, reconciler } from "../../model/platform";
import { secretValues } from "./secret-values";
import type { Target } from "./target";

const metadata = ({ namespace, labels }: TenantHome, name: string) => ({ name, namespace, labels });

/** The tenant's repository. */
export function repositorySource(home: TenantHome): KubernetesObject {
  return {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: metadata(home, operationsSource),
    spec: {
      interval: "1m0s",
      url: operationsRepository(home.estate.gitlab, home.tenant.name, home.environment.name),
      ref: { branch: "main" },
      secretRef: { name: gitCredentials },
      timeout: "60s",
    },
  };
}

/**
 * What applies it, as the tenant's own reconciler. When it goes, what it brought stays: it goes with the home, which takes
 * everything along, or because another engine takes over. And a cluster that is lost does not hold the hub's back.
 */
export function repositoryDelivery(home: TenantHome, secrets: readonly string[], target: Target): KubernetesObject {
  return {
    apiVersion: "kustomize.toolkit.fluxcd.io/v1",
    kind: "Kustomization",
    metadata: target.metadata(operationsSource),
    spec: {
      interval: "10m0s",
      retryInterval: "2m0s",
      timeout: "5m0s",
      path: "./",
      prune: true,
      deletionPolicy: "Orphan",
      serviceAccountName: reconciler,
      sourceRef: { kind: "GitRepository", name: operationsSource },
      ...target.spec,
      ...secretValues(home, secrets).spec,
      // Whether an active home is suspended belongs to its people; Pulumi says so only for a tenant that is not active.
      ...(home.tenant.state === "active" ? {} : { suspend: true }),
    },
  };
}

/** The values that its manifests may name, and what is told of pushes to it. */
export function repositoryAids(home: TenantHome, secrets: readonly string[]): KubernetesObject[] {
  return [
    ...secretValues(home, secrets).objects,
    externalSecret(home, { name: receiverToken, from: deliverySecret, keys: { token: "receiverToken" } }),
    {
      apiVersion: "notification.toolkit.fluxcd.io/v1",
      kind: "Receiver",
      metadata: metadata(home, receiverName),
      spec: {
        type: "gitlab",
        events: ["Push Hook"],
        secretRef: { name: receiverToken },
        resources: [{ kind: "GitRepository", name: operationsSource }],
      },
    },
  ];
}
