import type { EstateFacts } from "../model/home";
import { reconciler, secretReader } from "../model/platform";
import type { Guardrail } from "./guardrail";
import { isPoolToleration, poolDemands, poolVariables } from "./node-pools";
import { isOneOf, kubeController, notPlatform } from "./platform";
import { policy, texts } from "./policy";

/** What every pod may bear: the API server and the DaemonSet controller themselves write these. */
const bearable = [
  "disk-pressure",
  "memory-pressure",
  "network-unavailable",
  "not-ready",
  "pid-pressure",
  "unreachable",
  "unschedulable",
].map((condition) => `node.kubernetes.io/${condition}`);

const updating = 'request.operation == "UPDATE"';

/** Which node a pod runs on is the scheduler's to say within its namespace's pool, and whom it runs as is not the platform's own identities. */
export function pods({ priorityClasses }: EstateFacts): Guardrail {
  return {
    name: "pods",
    summary: "Pods choose no node, bear no taint, push nobody aside, and run as none of the platform's ServiceAccounts",
    objects: [
      ...policy({
        name: "pods",
        rules: [{ groups: [""], resources: ["pods"] }],
        when: { "not-the-platform": notPlatform },
        variables: poolVariables,
        demands: [
          {
            expression: `${updating} || object.spec.?nodeName.orValue("") == ""`,
            message: "the scheduler chooses the node: no nodeName",
          },
          {
            expression: `object.spec.?tolerations.orValue([]).all(t, t.?key.orValue("") in ${texts(bearable)} || ${isPoolToleration("t")} || (${updating} && t in oldObject.spec.?tolerations.orValue([])))`,
            message:
              "nodes with a taint are not for tenants: only conditions of nodes are tolerated, and the pool that is the namespace's own",
          },
          ...poolDemands,
          {
            expression: `${updating} || object.spec.?priorityClassName.orValue("") in ${texts(["", ...priorityClasses])}`,
            message: "a pod names a PriorityClass of estate:priorityClasses, or none",
          },
          {
            expression: `${updating} || !(object.spec.?serviceAccountName.orValue("") in ${texts([reconciler, secretReader])})`,
            message: "this ServiceAccount is the platform's: no pod runs as it",
          },
          {
            // Its StatefulSet is the release's; from inside come pods with another account.
            expression: `${updating} || object.spec.?serviceAccountName.orValue("") != "vc-" + request.namespace || ${isOneOf(kubeController("statefulset-controller"))}`,
            message: "only a virtual cluster's control plane runs as its ServiceAccount",
          },
        ],
      }),
      ...policy({
        name: "pod-bindings",
        rules: [{ groups: [""], resources: ["bindings", "pods/binding"], operations: ["CREATE"] }],
        when: { "not-the-platform": notPlatform },
        demands: [
          { expression: isOneOf(["system:kube-scheduler"]), message: "the scheduler chooses the node: no binding" },
        ],
      }),
    ],
  };
}
