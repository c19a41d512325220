import type { Manifest } from "@estate/clients";

import { fluxComponents } from "../../model/controllers";

// Flux's own rights, as flux-operator applies them (its config/data/flux/<version>/rbac.yaml; a test compares). Only
// kustomize- and helm-controller are cluster-admin, by `cluster-reconciler`: that is how they may impersonate. Its quota for
// critical pods is left out: there are no pods.

const rbac = "rbac.authorization.k8s.io";
const groups = ["source", "kustomize", "helm", "notification", "image"].map((name) => `${name}.toolkit.fluxcd.io`);
const extensions = "source.extensions.fluxcd.io";
const read = ["get", "list", "watch"];
const write = ["create", "update", "patch", "delete"];

const rule = (apiGroups: string[], resources: string[], verbs: string[]): object => ({ apiGroups, resources, verbs });

/** The controllers' ServiceAccounts: their identities. */
export function serviceAccounts(namespace: string, components: readonly string[]): Manifest[] {
  return components.map((name) => ({ apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } }));
}

/** What those accounts may do. `tokens`: whether they may ask for tokens of other accounts, for workload identity. */
export function roles(namespace: string, tokens: boolean): Manifest[] {
  return [
    role("crd-controller", namespace, [
      ...[...groups, extensions].map((group) => rule([group], ["*"], ["*"])),
      rule([""], ["namespaces", "secrets", "configmaps", "serviceaccounts"], read),
      rule([""], ["events"], ["create", "patch"]),
      rule([""], ["configmaps"], [...read, ...write]),
      rule([""], ["configmaps/status"], ["get", "update", "patch"]),
      rule(["coordination.k8s.io"], ["leases"], [...read, ...write]),
      ...(tokens ? [rule([""], ["serviceaccounts/token"], ["create"])] : []),
      { nonResourceURLs: ["/livez/ping"], verbs: ["head"] },
    ]),
    aggregated("flux-edit", namespace, ["admin", "edit"], ["create", "delete", "deletecollection", "patch", "update"]),
    aggregated("flux-view", namespace, ["admin", "edit", "view"], read),
    binding("cluster-reconciler", "cluster-admin", namespace, ["kustomize-controller", "helm-controller"]),
    binding("crd-controller", `crd-controller-${namespace}`, namespace, [
      "kustomize-controller",
      "helm-controller",
      "source-controller",
      ...fluxComponents.filter((name) => !/^(kustomize|helm|source)-/.test(name)),
      "source-watcher",
    ]),
  ];
}

function role(name: string, namespace: string, rules: object[], labels?: Record<string, string>): Manifest {
  const metadata = { name: `${name}-${namespace}`, ...(labels === undefined ? {} : { labels }) };
  return { apiVersion: `${rbac}/v1`, kind: "ClusterRole", metadata, rules };
}

function aggregated(name: string, namespace: string, into: readonly string[], verbs: string[]): Manifest {
  const [source = "", kustomize = "", helm = "", notification = "", image = ""] = groups;
  const labels = Object.fromEntries(into.map((target) => [`${rbac}/aggregate-to-${target}`, "true"]));
  return role(
    name,
    namespace,
    [rule([notification, source, extensions, helm, image, kustomize], ["*"], verbs)],
    labels,
  );
}

function binding(name: string, roleName: string, namespace: string, accounts: readonly string[]): Manifest {
  return {
    apiVersion: `${rbac}/v1`,
    kind: "ClusterRoleBinding",
    metadata: { name: `${name}-${namespace}` },
    roleRef: { apiGroup: rbac, kind: "ClusterRole", name: roleName },
    subjects: accounts.map((account) => ({ kind: "ServiceAccount", name: account, namespace })),
  };
}
