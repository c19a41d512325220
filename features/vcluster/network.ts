import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { apiserverEgress, internetApis } from "../network";
import type { Store } from "./store";

/** On every pod that the virtual cluster brings to the host; who wrote the pod inside cannot take it off. */
const marker = "vcluster.loft.sh/managed-by";

/** Labels of each kind of pod in the namespace of a virtual cluster. What people write inside comes on top of the marker. */
export const vclusterPods = (
  namespace: string,
): Readonly<Record<"workloads" | "names" | "controlPlane" | "store", Readonly<Record<string, string>>>> => ({
  workloads: { [marker]: namespace },
  names: { [marker]: namespace, "k8s-app": "vcluster-kube-dns" },
  controlPlane: { app: "vcluster", release: namespace },
  store: { app: "vcluster-etcd", release: namespace },
});

const port = (number: number, protocol: "TCP" | "UDP" = "TCP"): Json => ({ port: number, protocol });

/** The home's control plane, or its store where that is a pod: labels that people inside write arrive unchanged, so these two alone would not tell. */
const ours = (labels: Readonly<Record<string, string>>): Json => ({
  matchLabels: labels,
  matchExpressions: [{ key: marker, operator: "DoesNotExist" }],
});

/** What the control plane's way to its store takes: rules for the one, and a policy for the other if it is a pod. */
function storeRules(home: TenantHome, store: Store): { readonly egress: Json[]; readonly own?: Record<string, Json> } {
  if (store.kind === "embedded") return { egress: [] };
  if (store.kind === "database")
    return { egress: [{ ports: [port(store.port)], to: [{ ipBlock: { cidr: store.network } }] }] };
  const { controlPlane, store: member } = vclusterPods(home.namespace);
  const etcd = ours(member);
  const members: Json = { ports: [port(2379), port(2380)], to: [{ podSelector: etcd }] };
  return {
    egress: [{ ports: [port(2379)], to: [{ podSelector: etcd }] }],
    own: {
      podSelector: etcd,
      ingress: [
        { ports: [port(2379)], from: [{ podSelector: ours(controlPlane) }] },
        { ports: [port(2379), port(2380)], from: [{ podSelector: etcd }] },
      ],
      egress: [members],
    },
  };
}

/**
 * What a virtual cluster cannot do without, on top of the home's default deny: pods reach its API and its name service,
 * its control plane reaches them, the host's API and the issuer that it trusts, and the GitOps engine's way in reaches its API.
 * All else is opened by the home's flags, as everywhere: the internet, other pods of the namespace, other namespaces.
 */
export function vclusterNetwork(home: TenantHome, store: Store): KubernetesObject[] {
  const pods = vclusterPods(home.namespace);
  const workloads: Json = { matchLabels: pods.workloads };
  const names: Json = { matchLabels: pods.names };
  const controlPlane = ours(pods.controlPlane);
  const kept = storeRules(home, store);
  const { from, issuer } = home.estate.gitops.virtual;
  const engine: Json = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": from } } };
  const dnsPorts: Json = [port(1053, "UDP"), port(1053)];
  const policy = (name: string, spec: { readonly [key: string]: Json }): KubernetesObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: `vcluster-${name}`, namespace: home.namespace, labels: home.labels },
    spec: { policyTypes: ["Ingress", "Egress"], ...spec },
  });
  return [
    policy("control-plane", {
      podSelector: controlPlane,
      ingress: [{ ports: [port(8443)], from: [{ podSelector: workloads }, engine] }],
      // To its pods on any port: webhooks and aggregated APIs choose theirs.
      egress: [
        apiserverEgress,
        { to: [{ podSelector: workloads }] },
        ...kept.egress,
        ...(issuer?.onInternet === true ? [internetApis] : []),
      ],
    }),
    policy("workloads", {
      podSelector: workloads,
      ingress: [{ from: [{ podSelector: controlPlane }] }],
      egress: [
        { ports: [port(8443)], to: [{ podSelector: controlPlane }] },
        { ports: dnsPorts, to: [{ podSelector: names }] },
      ],
    }),
    policy("names", {
      policyTypes: ["Ingress"],
      podSelector: names,
      ingress: [{ ports: dnsPorts, from: [{ podSelector: workloads }] }],
    }),
    ...(kept.own === undefined ? [] : [policy("store", kept.own)]),
  ];
}
