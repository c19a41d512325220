import { reconciler } from "../../model/platform";
import { text } from "../policy";
import type { EngineRule } from "./rule";

/** The type of the Secrets in which Helm keeps what it installed. */
const helmStorage = "helm.sh/release.v1";

/**
 * What delivers a tenant's applications keeps Helm's records, and writes no other Secret: those come from Vault, so none needs to
 * lie in Git.
 */
export const helmSecretsOnly: EngineRule = {
  name: "helm-secrets-only",
  summary: "A home's reconciler writes Secrets of Helm's storage only",
  kind: { group: "", version: "v1", kind: "Secret", resource: "secrets" },
  operations: ["CREATE", "UPDATE", "DELETE"],
  when: {
    reconciler: `request.userInfo.username == "system:serviceaccount:" + request.namespace + ":${reconciler}"`,
  },
  demands: [
    {
      expression: `(request.operation == "DELETE" ? oldObject : object).?type.orValue("Opaque") == ${text(helmStorage)}`,
      message: `the reconciler writes Secrets of type ${helmStorage} only: others come from Vault, by an ExternalSecret`,
    },
  ],
};
