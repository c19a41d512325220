import type { Guardrail } from "./guardrail";
import { mayEverywhere } from "./platform";
import { policy } from "./policy";

/**
 * Tokens come into pods by the kubelet. Asked for directly they are somebody's else: the reader's opens the tenant's folder in
 * Vault, and whoever may impersonate could ask as that account itself.
 */
export const tokenRequests: Guardrail = {
  name: "token-requests",
  summary: "Nobody of a tenant asks for a ServiceAccount's token",
  always: "a token stays good when the mode changes",
  objects: policy({
    name: "token-requests",
    rules: [{ groups: [""], resources: ["serviceaccounts/token"], operations: ["CREATE"] }],
    when: {
      "not-a-controller": `!${mayEverywhere("create", "token")}`,
      "not-a-kubelet": '!("system:nodes" in request.userInfo.groups)',
    },
    demands: [{ expression: "false", message: "a ServiceAccount's token is not asked for: use a projected volume" }],
  }),
};
