import { label, platformLabels } from "../model/labels";
import type { Guardrail } from "./guardrail";
import { notPlatform } from "./platform";

const metadata = { name: "estate-token-secrets", labels: platformLabels };

/** Kubernetes fills such a Secret with a token that never ends, for any ServiceAccount of the namespace. */
const tokenType = "kubernetes.io/service-account-token";

/** Nobody of a tenant has a token made for a ServiceAccount by way of a Secret. */
export const tokenSecrets: Guardrail = {
  name: "token-secrets",
  summary: "No Secret of a tenant is filled with a ServiceAccount's token",
  objects: [
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicy",
      metadata,
      spec: {
        failurePolicy: "Fail",
        matchConstraints: {
          matchPolicy: "Equivalent",
          namespaceSelector: { matchExpressions: [{ key: label.tenant, operator: "Exists" }] },
          resourceRules: [
            {
              apiGroups: [""],
              apiVersions: ["v1"],
              operations: ["CREATE", "UPDATE"],
              resources: ["secrets"],
              scope: "Namespaced",
            },
          ],
        },
        matchConditions: [{ name: "not-the-platform", expression: notPlatform }],
        validations: [
          {
            expression: `object.?type.orValue("Opaque") != "${tokenType}"`,
            message: "a Secret may not ask for a ServiceAccount's token: use a projected volume",
            reason: "Forbidden",
          },
        ],
      },
    },
    {
      apiVersion: "admissionregistration.k8s.io/v1",
      kind: "ValidatingAdmissionPolicyBinding",
      metadata,
      spec: { policyName: metadata.name, validationActions: ["Deny"] },
    },
  ],
};
