import { externalSecret } from "../../model/external-secret";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { deliverySecret, operationsRepository } from "../../model/names";
import { gitCredentials, operationsSource, receiverName, receiverToken, reconciler } from "../../model/platform";
import { secretValues } from "./secret-values";
import { deliveryTarget } from "./target";

/** The tenant's repository, applied as the tenant's own reconciler, and what is told of pushes to it. */
export function repositoryObjects(home: TenantHome, secrets: readonly string[]): KubernetesObject[] {
  const values = secretValues(home, secrets);
  const metadata = (name: string) => ({ name, namespace: home.namespace, labels: home.labels });
  return [
    {
      apiVersion: "source.toolkit.fluxcd.io/v1",
      kind: "GitRepository",
      metadata: metadata(operationsSource),
      spec: {
        interval: "1m0s",
        url: operationsRepository(home.estate.gitlab, home.tenant.name, home.environment.name),
        ref: { branch: "main" },
        secretRef: { name: gitCredentials },
        timeout: "60s",
      },
    },
    {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: metadata(operationsSource),
      spec: {
        interval: "10m0s",
        retryInterval: "2m0s",
        timeout: "5m0s",
        path: "./",
        prune: true,
        serviceAccountName: reconciler,
        sourceRef: { kind: "GitRepository", name: operationsSource },
        ...deliveryTarget(home),
        ...values.spec,
        // Whether an active home is suspended belongs to its people; Pulumi says so only for a tenant that is not active.
        ...(home.tenant.state === "active" ? {} : { suspend: true }),
      },
    },
    ...values.objects,
    externalSecret(home, { name: receiverToken, from: deliverySecret, keys: { token: "receiverToken" } }),
    {
      apiVersion: "notification.toolkit.fluxcd.io/v1",
      kind: "Receiver",
      metadata: metadata(receiverName),
      spec: {
        type: "gitlab",
        events: ["Push Hook"],
        secretRef: { name: receiverToken },
        resources: [{ kind: "GitRepository", name: operationsSource }],
      },
    },
  ];
}
