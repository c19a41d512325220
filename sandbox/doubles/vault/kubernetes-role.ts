import { namespace, noEdgeSlashes } from "./api";
import { role } from "./role";
import { tokenFields } from "./token-fields";

/** Which service accounts may log in, and what they get. */
export const kubernetesRole = role({
  inputs: {
    namespace,
    ...tokenFields,
    backend: { type: "string", default: "kubernetes", forceNew: true, validate: noEdgeSlashes },
    roleName: { type: "string", required: true, forceNew: true },
    boundServiceAccountNames: { type: { set: "string" }, required: true },
    boundServiceAccountNamespaces: { type: { set: "string" } },
    boundServiceAccountNamespaceSelector: { type: "string" },
    audience: { type: "string" },
    aliasNameSource: { type: "string", computed: true },
  },
});
