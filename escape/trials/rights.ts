import type { Manifest } from "@estate/clients";
import { serviceAccount, stubDefinition, type Attempt, type Person } from "../guarded-cluster";
import {
  at,
  controller,
  creates,
  createsAt,
  everywhere,
  home,
  kubeController,
  mallory,
  neighbour,
  object,
  patches,
  platformReconciler,
  secretsController,
  type Attack,
  type Trial,
} from "../attack";
import { life, withLives } from "./life";
import { kubelet, running } from "./walls";

const rbac = "rbac.authorization.k8s.io";
const reader = at("v1", "ServiceAccount", "secret-reader");
const token = {
  apiVersion: "authentication.k8s.io/v1",
  kind: "TokenRequest",
  spec: { audiences: ["vault"], expirationSeconds: 600 },
};
const asks = (as: Person) => createsAt(reader, "token", token, as);

const tokens: Trial = {
  guardrail: "token-requests",
  attacks: [mallory, serviceAccount(home, "reconciler"), serviceAccount(home, "secret-reader")].map((as) => ({
    threat: 12,
    what: `the reader's token for ${as.user}`,
    attempt: asks(as),
    reason: "a ServiceAccount's token is not asked for",
    twin: asks(secretsController),
  })),
  controls: [
    {
      what: "a kubelet asks for its pod",
      attempt: async (client) => {
        const { metadata } = await client.get(running);
        const boundObjectRef = { apiVersion: "v1", kind: "Pod", name: metadata.name, uid: metadata.uid };
        const body = { ...token, spec: { audiences: [], boundObjectRef } };
        return createsAt(at("v1", "ServiceAccount", "default"), "token", body, kubelet);
      },
    },
  ],
};

const binding = (role: string, subject: object, kind = "ClusterRole"): Manifest =>
  object(`${rbac}/v1`, "RoleBinding", { roleRef: { apiGroup: rbac, kind, name: role }, subjects: [subject] });
const group = (name: string): object => ({ apiGroup: rbac, kind: "Group", name });
const program = (where: string): object => ({ kind: "ServiceAccount", name: "web", namespace: where });
const binds = (what: string, made: Manifest, reason: string): Attack => ({
  threat: 5,
  what,
  attempt: creates(made),
  reason,
  twin: creates(binding("tenant-view", program(home))),
});
/** What the garbage collector writes of an object that is deleted in the foreground. */
const ends = (object: Manifest): Attempt =>
  patches(object, { metadata: { finalizers: ["foregroundDeletion"] } }, kubeController("generic-garbage-collector"));
const toPeople = "people have their roles by the tenant's file";

const bindings: Trial = {
  guardrail: "role-bindings",
  attacks: [
    binds("cluster-admin", binding("cluster-admin", program(home)), "a RoleBinding names one of"),
    binds("plain admin", binding("admin", program(home)), "a RoleBinding names one of"),
    binds("a Role of its own", binding("patcher", program(home), "Role"), "a RoleBinding names one of"),
    binds("everybody", binding("tenant-view", group("system:authenticated")), toPeople),
    binds("a neighbour's group", binding("tenant-view", group("team-ab-developers")), toPeople),
    binds("a neighbour's program", binding("tenant-view", program(neighbour)), toPeople),
    binds("a person", binding("tenant-view", { apiGroup: rbac, kind: "User", name: "mallory" }), toPeople),
  ],
  controls: [
    {
      what: "the platform binds a group",
      attempt: creates(binding("tenant-view", group("team-a-owners")), platformReconciler),
    },
    {
      // Else a binding of people's, deleted in the foreground, never goes, and nobody is offboarded.
      what: "the garbage collector takes a finalizer off a binding of people",
      attempt: ends(at(`${rbac}/v1`, "RoleBinding", "owners")),
    },
  ],
};

const rule = (spec: object): Manifest =>
  object("networking.k8s.io/v1", "NetworkPolicy", {
    spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"], ...spec },
  });
const closes = "a NetworkPolicy may only close";
const network: Trial = {
  guardrail: "network-rules",
  attacks: [
    {
      threat: 9,
      what: "a way out",
      attempt: creates(rule({ egress: [{}] })),
      reason: closes,
      twin: creates(rule({})),
    },
    {
      threat: 9,
      what: "a way in",
      attempt: creates(rule({ ingress: [{ from: [{ namespaceSelector: {} }] }] })),
      reason: closes,
      twin: creates(rule({})),
    },
  ],
  controls: [
    { what: "the platform opens", attempt: creates(rule({ egress: [{}] }), platformReconciler) },
    {
      what: "the garbage collector takes a finalizer off a rule that opens",
      attempt: ends(at("networking.k8s.io/v1", "NetworkPolicy", "allow-dns")),
    },
  ],
};

const agent: Person = { user: "network-agent", groups: ["system:authenticated"] };
const foreign = (apiVersion: string, kind: string): Manifest =>
  object(apiVersion, kind, { spec: { resources: [object("v1", "ConfigMap", {})] } });
const unknown = "tenants make no objects of this kind";
const standing = foreign("cilium.io/v2", "CiliumNetworkPolicy");
const kinds: Trial = {
  guardrail: "kinds",
  definitions: [
    stubDefinition("argoproj.io", "v1alpha1", "ApplicationSet", "applicationsets"),
    stubDefinition("cilium.io", "v2", "CiliumNetworkPolicy", "ciliumnetworkpolicies"),
    stubDefinition("kyverno.io", "v1", "Policy", "policies"),
  ],
  before: [
    ...everywhere("network-agent", agent.user, [
      { apiGroups: ["cilium.io"], resources: ["ciliumnetworkpolicies"], verbs: ["create"] },
    ]),
    { ...standing, metadata: { ...standing.metadata, name: "stands" } },
  ],
  attacks: [
    { threat: 28, what: "an ApplicationSet", attempt: creates(foreign("argoproj.io/v1alpha1", "ApplicationSet")) },
    {
      threat: 9,
      what: "a network rule of another kind",
      attempt: creates(foreign("cilium.io/v2", "CiliumNetworkPolicy")),
    },
    { threat: 34, what: "a policy that acts by itself", attempt: creates(foreign("kyverno.io/v1", "Policy")) },
    { threat: 21, what: "a ResourceSet", attempt: creates(foreign("fluxcd.controlplane.io/v1", "ResourceSet")) },
    {
      threat: 21,
      what: "a ResourceSet by Flux as itself",
      attempt: creates(foreign("fluxcd.controlplane.io/v1", "ResourceSet"), controller("kustomize")),
    },
    {
      threat: 35,
      what: "a generator that asks others",
      attempt: creates(object("generators.external-secrets.io/v1alpha1", "Fake", { spec: { data: { a: "b" } } })),
    },
    {
      threat: 9,
      what: "a network rule of another kind that stands",
      attempt: patches({ ...standing, metadata: { ...standing.metadata, name: "stands" } }, { spec: { more: [] } }),
    },
  ].map((one) => ({ ...one, reason: unknown, twin: creates(object("v1", "ConfigMap", {})) })),
  controls: [
    {
      what: "an operator that has the right everywhere",
      attempt: creates(foreign("cilium.io/v2", "CiliumNetworkPolicy"), agent),
    },
    { what: "the platform", attempt: creates(foreign("fluxcd.controlplane.io/v1", "ResourceSet"), platformReconciler) },
  ],
};

/** Who may do what in a home, and what of. */
export const rights: readonly Trial[] = [
  tokens,
  withLives(
    bindings,
    life(
      { threat: 5, what: "everybody bound", reason: toPeople },
      "binding",
      binding("tenant-view", group("system:authenticated")),
      binding("tenant-view", program(home)),
      { older: false },
    ),
  ),
  withLives(
    network,
    life({ threat: 9, what: "a way out", reason: closes }, "rule", rule({ egress: [{}] }), rule({}), { older: false }),
  ),
  kinds,
];
