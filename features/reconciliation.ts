import { deliveryTarget } from "../model/delivery";
import { externalSecret } from "../model/external-secret";
import { deliverySecret, operationsRepository } from "../model/names";
import { receiverName, reconciler, tenantRole } from "../model/platform";
import { defineFeature } from "./feature";
import { gitCredentials } from "./secrets";

/** The source and the delivery of what the tenant writes itself, and the automation that writes there, too. */
export const operationsSource = "operations";

/** The Secret with which GitLab proves that a push was its own. */
const receiverToken = "receiver-token";

/** Flux brings what is in the tenant's repository into its home, as the tenant's own reconciler and never as itself. */
export const reconciliation = defineFeature({
  key: "reconciliation",
  summary: "Delivery from Git: the tenant's repository, applied by Flux as the tenant's own reconciler",
  objects: (home) => {
    const metadata = (name: string) => ({ name, namespace: home.namespace, labels: home.labels });
    const active = home.tenant.state === "active";
    return [
      { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata(reconciler), automountServiceAccountToken: false },
      // Without the binding the reconciler can do nothing: the second lock of a tenant that is not active.
      ...(active
        ? [
            {
              apiVersion: "rbac.authorization.k8s.io/v1",
              kind: "RoleBinding",
              metadata: metadata(reconciler),
              roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: tenantRole.reconcile },
              subjects: [{ kind: "ServiceAccount", name: reconciler, namespace: home.namespace }],
            },
          ]
        : []),
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
          // Whether an active home is suspended belongs to its people; Pulumi says so only for a tenant that is not active.
          ...(active ? {} : { suspend: true }),
        },
      },
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
  },
});
