import type { Manifest } from "@estate/clients";
import { serviceAccount } from "../guarded-cluster";
import {
  creates,
  createsAt,
  home,
  kubeController,
  object,
  patches,
  platformReconciler,
  virtual,
  type Attack,
  type Trial,
} from "../attack";
import { pod as podOf } from "./images";
import { defaultTolerations, olderThanPool, poolAttacks, poolControls } from "./node-pools";

const own = "harbor.example.com/acme-team-a/web:1";
const pod = (change: object = {}, metadata: object = {}): Manifest => podOf(own, change, metadata);
const attack = (threat: number, what: string, made: Manifest, reason: string, twin: Manifest): Attack => ({
  threat,
  what,
  attempt: creates(made),
  reason,
  twin: creates(twin),
});

const scheduler = { user: "system:kube-scheduler", groups: ["system:authenticated"] };
const waiting = pod({}, { name: "waiting" });
const bound = {
  apiVersion: "v1",
  kind: "Binding",
  metadata: { name: "waiting" },
  target: { kind: "Node", name: "n1" },
};
const legacy = object("v1", "Binding", { target: { kind: "Node", name: "n1" } }, { name: "waiting" });

const tolerates = (...tolerations: object[]): Manifest => pod({ tolerations });
const tainted = "nodes with a taint are not for tenants";
const unready = { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute", tolerationSeconds: 60 };

const platformAccount = "this ServiceAccount is the platform's";
const controlPlane = podOf(
  "ghcr.io/loft-sh/vcluster-oss:0.36.1",
  { serviceAccountName: `vc-${virtual}` },
  { namespace: virtual },
);

/** Where a pod runs, before whom, and as whom. */
export const pods: Trial = {
  guardrail: "pods",
  before: [
    waiting,
    olderThanPool,
    object("v1", "ServiceAccount", {}, { name: "web" }),
    object("v1", "ServiceAccount", {}, { name: `vc-${virtual}`, namespace: virtual }),
    ...["batch", "urgent"].map((name) => ({
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name },
      value: 10,
    })),
  ],
  attacks: [
    attack(3, "a pod on a node", pod({ nodeName: "n1" }), "the scheduler chooses the node: no nodeName", pod()),
    attack(3, "a pod that bears everything", tolerates({ operator: "Exists" }), tainted, tolerates(unready)),
    attack(
      3,
      "a pod on the control plane's nodes",
      tolerates({ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }),
      tainted,
      tolerates(unready),
    ),
    {
      threat: 3,
      what: "a toleration put onto a pod that runs",
      attempt: patches(waiting, {
        spec: { tolerations: [...defaultTolerations(), { key: "gpu", operator: "Exists" }] },
      }),
      reason: tainted,
      twin: patches(waiting, {
        spec: {
          tolerations: [...defaultTolerations(), { key: "node.kubernetes.io/disk-pressure", operator: "Exists" }],
        },
      }),
    },
    {
      threat: 3,
      what: "a binding to a node",
      attempt: createsAt(waiting, "binding", bound),
      reason: "the scheduler chooses the node: no binding",
      twin: createsAt(waiting, "binding", bound, scheduler),
    },
    ...poolAttacks,
    {
      threat: 3,
      what: "a binding by its own kind",
      attempt: creates(legacy),
      reason: "the scheduler chooses the node: no binding",
      twin: creates(legacy, scheduler),
    },
    attack(
      14,
      "a pod as important as the node's own",
      pod({ priorityClassName: "system-node-critical" }),
      "a pod names a PriorityClass of estate:priorityClasses",
      pod({ priorityClassName: "batch" }),
    ),
    attack(
      14,
      "a pod that pushes others aside",
      pod({ priorityClassName: "urgent" }),
      "a pod names a PriorityClass of estate:priorityClasses",
      pod(),
    ),
    ...["reconciler", "secret-reader"].map((serviceAccountName) =>
      attack(
        12,
        `a pod that runs as ${serviceAccountName}`,
        pod({ serviceAccountName }),
        platformAccount,
        pod({ serviceAccountName: "web" }),
      ),
    ),
    {
      threat: 12,
      what: "a pod that runs as a virtual cluster's control plane",
      attempt: creates(controlPlane, serviceAccount(virtual, `vc-${virtual}`)),
      reason: "only a virtual cluster's control plane runs as its ServiceAccount",
      twin: creates(controlPlane, kubeController("statefulset-controller")),
    },
  ],
  controls: [
    ...poolControls,
    {
      what: "a DaemonSet's controller writes what its pods bear",
      attempt: creates(
        tolerates(
          ...["disk-pressure", "memory-pressure", "not-ready", "pid-pressure", "unreachable", "unschedulable"].map(
            (key) => ({ key: `node.kubernetes.io/${key}`, operator: "Exists" }),
          ),
        ),
        kubeController("daemon-set-controller"),
      ),
    },
    { what: "the platform's own pod on a node", attempt: { verb: "create", object: pod({ nodeName: "n1" }) } },
    { what: "the platform binds a pod", attempt: createsAt(waiting, "binding", bound, platformReconciler) },
  ],
};

/** A pod that conforms to everything. */
export const conforming = (change: object, metadata: object): Manifest => pod(change, { namespace: home, ...metadata });
