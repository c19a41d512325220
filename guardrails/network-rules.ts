import type { Guardrail } from "./guardrail";
import { notPlatform } from "./platform";
import { policy } from "./policy";

/** Network policies add up: one that opens beats all that deny. */
export const networkRules: Guardrail = {
  name: "network-rules",
  summary: "Network policies of a tenant close, and open nothing",
  objects: policy({
    name: "network-rules",
    rules: [{ groups: ["networking.k8s.io"], resources: ["networkpolicies"] }],
    when: { "not-the-platform": notPlatform },
    demands: [
      {
        expression: "size(object.spec.?ingress.orValue([])) == 0 && size(object.spec.?egress.orValue([])) == 0",
        message: "what a home's network opens is said by its profile: a NetworkPolicy may only close",
      },
    ],
  }),
};
