import type { Guardrail } from "./guardrail";
import { notPlatform } from "./platform";
import { policy, text } from "./policy";

/** Kubernetes fills such a Secret with a token that never ends, for any ServiceAccount of the namespace. */
const tokenType = "kubernetes.io/service-account-token";

/** Nobody of a tenant has a token made for a ServiceAccount by way of a Secret. */
export const tokenSecrets: Guardrail = {
  name: "token-secrets",
  summary: "No Secret of a tenant is filled with a ServiceAccount's token",
  always: "a token stays good when the mode changes",
  objects: policy({
    name: "token-secrets",
    // The type of a Secret that is there cannot be changed.
    rules: [{ groups: [""], resources: ["secrets"], operations: ["CREATE"] }],
    when: { "not-the-platform": notPlatform },
    demands: [
      {
        expression: `object.?type.orValue("Opaque") != ${text(tokenType)}`,
        message: "a Secret may not ask for a ServiceAccount's token: use a projected volume",
      },
    ],
  }),
};
