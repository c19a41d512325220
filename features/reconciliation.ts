import { reconciler, tenantRole } from "../model/platform";
import { defineFeature } from "./feature";

/** The GitOps engine brings what is in the tenant's repository into its home, as the tenant's own reconciler and never as itself. */
export const reconciliation = defineFeature({
  key: "reconciliation",
  summary: "Delivery from Git: the tenant's repository, applied by the GitOps engine as the tenant's own reconciler",
  objects: (home) => {
    const metadata = { name: reconciler, namespace: home.namespace, labels: home.labels };
    return [
      { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
      // Without the binding the reconciler can do nothing: the second lock of a tenant that is not active.
      ...(home.tenant.state === "active"
        ? [
            {
              apiVersion: "rbac.authorization.k8s.io/v1",
              kind: "RoleBinding",
              metadata,
              roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: tenantRole.reconcile },
              subjects: [{ kind: "ServiceAccount", name: reconciler, namespace: home.namespace }],
            },
          ]
        : []),
    ];
  },
  requests: () => [{ capability: "delivery", want: "repository" }],
});
