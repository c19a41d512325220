import type { Manifest } from "@estate/clients";
import { serviceAccount, type Person } from "../guarded-cluster";
import {
  at,
  controller,
  creates,
  deletes,
  everywhere,
  home,
  kubeController,
  mallory,
  object,
  patches,
  platformReconciler,
  replaces,
  secretsController,
  virtual,
  type Attack,
  type Trial,
} from "../attack";
import { conforming } from "./pods";

const rbac = "rbac.authorization.k8s.io";
const namespace = (name: string, metadata: object = {}): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name, ...metadata },
});
const own = namespace(home);
const opened = { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } };
const freed = { metadata: { labels: { "estate.dev/tenant": null } } };
const withLabels = (now: Manifest): Manifest => ({
  ...now,
  metadata: { ...now.metadata, labels: { ...now.metadata.labels, more: "x" } },
});
const theirs = "labels, annotations and finalizers of a tenant's namespace are the platform's";
const removed = "tenants' namespaces are made and removed by the platform";
/** Somebody to whom the platform gave the making of namespaces, and nothing else. */
const maker: Person = { user: "maker", groups: ["system:authenticated"] };

const relabels = (what: string, body: unknown, at?: string): Attack => ({
  threat: 1,
  what,
  attempt: patches(own, body, mallory, at),
  reason: theirs,
  twin: patches(own, {}, mallory, at),
});

const namespaces: Trial = {
  guardrail: "namespaces",
  before: everywhere("maker", maker.user, [{ apiGroups: [""], resources: ["namespaces"], verbs: ["create"] }]),
  attacks: [
    relabels("a namespace without Pod Security", opened),
    relabels("the same by its status", opened, "status"),
    relabels("a namespace that is no home any more", freed),
    relabels("the same by its status", freed, "status"),
    relabels("hosts that were not allotted", { metadata: { annotations: { "estate.dev/hosts": "all.example.com" } } }),
    {
      threat: 1,
      what: "labels by the namespace's finalizers",
      attempt: replaces(own, withLabels, mallory, "finalize"),
      reason: theirs,
      twin: replaces(own, (now) => now, mallory, "finalize"),
    },
    {
      threat: 1,
      what: "the end of a namespace",
      attempt: deletes(own),
      reason: removed,
      twin: patches(own, {}),
    },
    {
      threat: 1,
      what: "a namespace that says it is a tenant's",
      attempt: creates(namespace("forged", { labels: { "estate.dev/tenant": "team-a" } }), maker),
      reason: removed,
      twin: creates(namespace("forged"), maker),
    },
  ],
  controls: [
    { what: "the platform removes a home", attempt: deletes(own, platformReconciler) },
    {
      what: "Kubernetes writes how a namespace ends",
      attempt: replaces(
        own,
        (now) => ({ ...now, status: { phase: "Active", conditions: [] } }),
        kubeController("namespace-controller"),
        "status",
      ),
    },
    {
      what: "Kubernetes ends a namespace",
      attempt: replaces(
        own,
        (now) => ({ ...now, spec: { finalizers: [] } }),
        kubeController("namespace-controller"),
        "finalize",
      ),
    },
  ],
};

const quota = at("v1", "ResourceQuota", "tenant");
const denial = at("networking.k8s.io/v1", "NetworkPolicy", "default-deny");
const platforms = "this object is the platform's";
const mine = object("v1", "ConfigMap", {}, { name: "mine" });
/** Whose role has `patch` and not `update`, as operations has it. */
const patcher = serviceAccount(home, "patcher");

const taken = (what: string, ref: Manifest, change: unknown): Attack[] => [
  { threat: 6, what: `${what} removed`, attempt: deletes(ref), reason: platforms, twin: deletes(mine) },
  {
    threat: 6,
    what: `${what} changed`,
    attempt: patches(ref, change),
    reason: platforms,
    twin: patches(mine, { data: { a: "b" } }),
  },
];

const managed: Trial = {
  guardrail: "managed",
  before: [
    mine,
    object(
      `${rbac}/v1`,
      "Role",
      { rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "patch"] }] },
      { name: "patcher" },
    ),
    object(
      `${rbac}/v1`,
      "RoleBinding",
      {
        roleRef: { apiGroup: rbac, kind: "Role", name: "patcher" },
        subjects: [{ kind: "ServiceAccount", name: "patcher", namespace: home }],
      },
      { name: "patcher" },
    ),
  ],
  attacks: [
    ...taken("the quota", quota, { spec: { hard: { pods: "1000" } } }),
    ...taken("the LimitRange", at("v1", "LimitRange", "tenant"), { spec: { limits: [] } }),
    ...taken("the network rule", denial, { spec: { podSelector: { matchLabels: { a: "b" } } } }),
    ...taken("the reconciler's binding", at(`${rbac}/v1`, "RoleBinding", "reconciler"), { subjects: [] }),
    ...taken("the reader's account", at("v1", "ServiceAccount", "secret-reader"), {
      automountServiceAccountToken: true,
    }),
    ...taken("the source", at("source.toolkit.fluxcd.io/v1", "GitRepository", "operations"), {
      spec: { url: "https://x" },
    }),
    {
      threat: 6,
      what: "a network rule changed by who may only patch",
      attempt: patches(denial, { spec: { podSelector: { matchLabels: { a: "b" } } } }, patcher),
      reason: platforms,
      twin: patches(mine, { data: { a: "b" } }, patcher),
    },
  ],
  controls: [
    {
      what: "the platform changes what is its own",
      attempt: patches(quota, { spec: { hard: { pods: "60" } } }, platformReconciler),
    },
    {
      what: "Kubernetes empties a namespace that ends",
      attempt: deletes(denial, kubeController("namespace-controller")),
    },
    {
      what: "Kubernetes removes what has lost its owner",
      attempt: deletes(denial, kubeController("generic-garbage-collector")),
    },
    {
      what: "Flux puts its finalizer on a source",
      attempt: patches(
        at("source.toolkit.fluxcd.io/v1", "GitRepository", "operations"),
        { metadata: { finalizers: ["finalizers.fluxcd.io"] } },
        controller("source"),
      ),
    },
  ],
};

/** A pod on a node, with a token of the default account. */
export const running = conforming({ automountServiceAccountToken: true }, { name: "runs-on-n1" });
const zeroed = { status: { used: { pods: "0" } } };
/** Who runs it. */
export const kubelet: Person = { user: "system:node:n1", groups: ["system:nodes", "system:authenticated"] };
const syncer = serviceAccount(virtual, `vc-${virtual}`);
const synced: Manifest = { ...running, metadata: { ...running.metadata, namespace: virtual } };
const ready = { status: { conditions: [{ type: "example.com/ready", status: "True" }] } };
const believed = "a status is written by the controllers of the cluster";

const status: Trial = {
  guardrail: "status",
  before: [
    // Without its node a pod is taken for lost, and removed while others are tried.
    { apiVersion: "v1", kind: "Node", metadata: { name: "n1" } },
    ...[running, synced].map((made) => ({ ...made, spec: { ...(made["spec"] as object), nodeName: "n1" } })),
  ],
  attacks: [
    {
      threat: 7,
      what: "a quota that forgets what is used",
      attempt: patches(quota, zeroed, mallory, "status"),
      reason: believed,
      twin: replaces(quota, (now) => ({ ...now, ...zeroed }), kubeController("resourcequota-controller"), "status"),
    },
    {
      threat: 7,
      what: "a pod with an address of another's",
      attempt: patches(running, { status: { podIP: "10.1.2.3", podIPs: [{ ip: "10.1.2.3" }] } }, mallory, "status"),
      reason: believed,
      twin: patches(running, ready, mallory, "status"),
    },
    {
      threat: 7,
      what: "the same from inside a virtual cluster",
      attempt: patches(synced, { status: { podIP: "10.1.2.3", podIPs: [{ ip: "10.1.2.3" }] } }, syncer, "status"),
      reason: believed,
      twin: patches(synced, ready, syncer, "status"),
    },
    {
      threat: 7,
      what: "a source that says where its content is",
      attempt: patches(
        at("source.toolkit.fluxcd.io/v1", "GitRepository", "operations"),
        { status: { observedGeneration: 9 } },
        mallory,
        "status",
      ),
      reason: believed,
      twin: patches(
        at("source.toolkit.fluxcd.io/v1", "GitRepository", "operations"),
        { status: { observedGeneration: 9 } },
        controller("source"),
        "status",
      ),
    },
  ],
  controls: [
    {
      what: "a kubelet says where its pod is",
      attempt: patches(running, { status: { podIP: "10.1.2.3", podIPs: [{ ip: "10.1.2.3" }] } }, kubelet, "status"),
    },
  ],
};

const marked = (metadata: object): Manifest => object("v1", "ConfigMap", {}, metadata);
const marks = "labels and annotations of estate.dev are the platform's";
const labels: Trial = {
  guardrail: "labels",
  attacks: [
    {
      threat: 6,
      what: "the platform's mark, forged",
      attempt: creates(marked({ labels: { "estate.dev/managed": "true" } })),
      reason: marks,
      twin: creates(marked({ labels: { app: "web" } })),
    },
    {
      threat: 6,
      what: "the platform's mark, put on later",
      attempt: patches(mine, { metadata: { labels: { "estate.dev/tenant": "team-ab" } } }),
      reason: marks,
      twin: patches(mine, { metadata: { labels: { app: "web" } } }),
    },
    {
      threat: 6,
      what: "an annotation of the platform's",
      attempt: creates(marked({ annotations: { "estate.dev/hosts": "x" } })),
      reason: marks,
      twin: creates(marked({ annotations: { "example.com/hosts": "x" } })),
    },
    {
      threat: 6,
      what: "the platform's mark by way of a status",
      attempt: patches(running, { metadata: { labels: { "estate.dev/managed": "true" } } }, mallory, "status"),
      reason: marks,
      twin: patches(running, { metadata: { labels: { app: "web" } } }, mallory, "status"),
    },
  ],
  controls: [
    {
      what: "External Secrets marks what comes of the platform's secrets",
      attempt: creates(object("v1", "Secret", {}, { labels: { "estate.dev/managed": "true" } }), secretsController),
    },
    {
      what: "the platform marks what is its own",
      attempt: creates(marked({ labels: { "estate.dev/managed": "true" } }), platformReconciler),
    },
  ],
};

/** What a home consists of. */
export const walls: readonly Trial[] = [namespaces, managed, status, labels];
