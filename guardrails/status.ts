import type { Guardrail } from "./guardrail";
import { mayEverywhere } from "./platform";
import { policy } from "./policy";

/** What a pod's status says about where it runs and how; its conditions are also others' to write (readiness gates). */
const observed = [
  "phase",
  "podIP",
  "podIPs",
  "hostIP",
  "hostIPs",
  "containerStatuses",
  "initContainerStatuses",
  "ephemeralContainerStatuses",
  "nominatedNodeName",
  "qosClass",
];

/**
 * Others believe a status: the quota counts by its own, a Service leads to the addresses that pods say they have. The syncer
 * of a virtual cluster writes conditions of its pods, and nothing else.
 */
export const status: Guardrail = {
  name: "status",
  summary: "A status is written by the controllers of the cluster, and by nobody of a tenant",
  always: "a quota and a Service believe what a status says, and no report shows who wrote it",
  objects: policy({
    name: "status",
    rules: [{ groups: ["*"], resources: ["*/status"], operations: ["UPDATE"] }],
    when: {
      "not-a-controller": `!${mayEverywhere("update", "status")} && !${mayEverywhere("patch", "status")}`,
    },
    demands: [
      {
        expression: `request.resource.resource == "pods" && ${observed
          .map((field) => `object.?status.?${field} == oldObject.?status.?${field}`)
          .join(" && ")}`,
        message: "a status is written by the controllers of the cluster",
      },
    ],
  }),
};
