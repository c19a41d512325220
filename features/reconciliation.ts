import { z } from "zod";
import { deliverySecret } from "../model/names";
import { reconciler, tenantRole } from "../model/platform";
import { defineFeature } from "./feature";

const schema = z
  .strictObject({
    secretValues: z
      .array(z.string().regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, { error: "not a secret's name" }))
      .default([])
      .refine((names) => new Set(names).size === names.length, {
        error: "a secret is named twice",
        params: { code: "T017", remedy: "name each once" },
      })
      .refine((names) => !names.includes(deliverySecret), {
        error: `"${deliverySecret}" is the platform's own: what brings the repository here`,
        params: { code: "T018", remedy: "name a secret of the tenant's own" },
      })
      .describe(
        "Secrets of the environment's folder in Vault whose values manifests may name, in Base64: ${database_password} is the " +
          "property password of the secret database. So secrets come into a virtual cluster",
      ),
  })
  .prefault({});

/** The GitOps engine brings what is in the tenant's repository into its home, as the tenant's own reconciler and never as itself. */
export const reconciliation = defineFeature({
  key: "reconciliation",
  summary: "Delivery from Git: the tenant's repository, applied by the GitOps engine as the tenant's own reconciler",
  schema,
  abilities: ({ secretValues }) =>
    secretValues.map((_, index) => ({ path: ["secretValues", index], ability: "secret-values" })),
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
  requests: (_home, { secretValues }) => [{ capability: "delivery", want: "repository", secretValues }],
});
