import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { fluxNamespace } from "../../model/platform";
import { apiserverEgress } from "../network";

/** On every pod that the virtual cluster brings to the host; who wrote the pod inside cannot take it off. */
const marker = "vcluster.loft.sh/managed-by";

const port = (number: number, protocol: "TCP" | "UDP" = "TCP"): Json => ({ port: number, protocol });

/**
 * What a virtual cluster cannot do without, on top of the home's default deny: pods reach its API and its name service,
 * its control plane reaches them and the host's API, Flux reaches its API. All else is opened by the home's flags, as
 * everywhere: the internet, other pods of the namespace, other namespaces.
 */
export function vclusterNetwork(home: TenantHome): KubernetesObject[] {
  const workloads: Json = { matchLabels: { [marker]: home.namespace } };
  const names: Json = { matchLabels: { [marker]: home.namespace, "k8s-app": "vcluster-kube-dns" } };
  // Labels that people inside write arrive unchanged, so these two alone would not tell the control plane from a pod.
  const controlPlane: Json = {
    matchLabels: { app: "vcluster", release: home.namespace },
    matchExpressions: [{ key: marker, operator: "DoesNotExist" }],
  };
  const flux: Json = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": fluxNamespace } } };
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
      ingress: [{ ports: [port(8443)], from: [{ podSelector: workloads }, flux] }],
      // To its pods on any port: webhooks and aggregated APIs choose theirs.
      egress: [apiserverEgress, { to: [{ podSelector: workloads }] }],
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
  ];
}
