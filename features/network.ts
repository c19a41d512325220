import { z } from "zod";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { defineFeature } from "./feature";

const flag = (what: string) => z.boolean().default(false).describe(what);

/** The ten flags of the described fleet (F33), all off: what is not allowed is denied. */
const flags = z
  .strictObject({
    allowNamespaceTraffic: flag("Pods of the namespace reach each other"),
    allowIngressClusterTraffic: flag("Pods of every namespace reach in"),
    allowEgressClusterTraffic: flag("Pods reach out to every namespace"),
    allowIngressPrivateTraffic: flag("Private addresses (RFC 1918, ULA) reach in"),
    allowEgressPrivateTraffic: flag("Pods reach out to private addresses (RFC 1918, ULA)"),
    allowMonitoring: flag("The namespace `monitoring` reaches in"),
    allowApiserver: flag("Pods reach the Kubernetes API (443 and 6443 on private addresses)"),
    allowInternet: flag("Pods reach public addresses"),
    allowIngressTraffic: flag("Everything reaches in"),
    allowEgressTraffic: flag("Pods reach everything but the node's metadata service"),
  })
  .prefault({});

type Flags = z.infer<typeof flags>;

const privateBlocks = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"] as const;
/** Link-local ranges hold the cloud's metadata service, which hands out the node's own credentials. */
const linkLocal = { v4: ["169.254.0.0/16"], v6: ["fe80::/10", "fd00:ec2::254/128"] } as const;

const everyNamespace: Json = { namespaceSelector: {} };
const namespaceNamed = (name: string): Json => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});
const privatePeers: readonly Json[] = privateBlocks.map((cidr) =>
  // The metadata service's IPv6 address lies inside the private range.
  cidr === "fc00::/7" ? { ipBlock: { cidr, except: ["fd00:ec2::254/128"] } } : { ipBlock: { cidr } },
);
const publicPeers: readonly Json[] = [
  { ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"] } },
  { ipBlock: { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] } },
];
const anywhereButMetadata: readonly Json[] = [
  { ipBlock: { cidr: "0.0.0.0/0", except: [...linkLocal.v4] } },
  { ipBlock: { cidr: "::/0", except: [...linkLocal.v6] } },
];
const apiPorts: Json = [
  { port: 443, protocol: "TCP" },
  { port: 6443, protocol: "TCP" },
];
const dnsPorts: Json = [
  { port: 53, protocol: "UDP" },
  { port: 53, protocol: "TCP" },
];

/** The Kubernetes API, as far as an address can tell it from other private ones. */
export const apiserverEgress: Json = { ports: apiPorts, to: privatePeers };

/** The cluster's own name service. */
export const dnsEgress: Json = {
  ports: dnsPorts,
  to: [{ ...(namespaceNamed("kube-system") as object), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
};

/** What is served by HTTPS outside of private networks. */
export const internetApis: Json = { ports: [{ port: 443, protocol: "TCP" }], to: publicPeers };

interface Rules {
  readonly ingress?: readonly Json[];
  readonly egress?: readonly Json[];
}

/** What each flag opens. Policies add up, so each flag is a policy of its own that can be read by itself. */
const opens: Readonly<Record<keyof Flags, Rules>> = {
  allowNamespaceTraffic: { ingress: [{ from: [{ podSelector: {} }] }], egress: [{ to: [{ podSelector: {} }] }] },
  allowIngressClusterTraffic: { ingress: [{ from: [everyNamespace] }] },
  allowEgressClusterTraffic: { egress: [{ to: [everyNamespace] }] },
  allowIngressPrivateTraffic: { ingress: [{ from: privatePeers }] },
  allowEgressPrivateTraffic: { egress: [{ to: privatePeers }] },
  allowMonitoring: { ingress: [{ from: [namespaceNamed("monitoring")] }] },
  allowApiserver: { egress: [apiserverEgress] },
  allowInternet: { egress: [{ to: publicPeers }] },
  allowIngressTraffic: { ingress: [{}] },
  allowEgressTraffic: { egress: [{ to: anywhereButMetadata }] },
};

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function policy(home: TenantHome, name: string, rules: Rules, types: readonly string[]): KubernetesObject {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name, namespace: home.namespace, labels: home.labels },
    spec: { podSelector: {}, policyTypes: types, ...rules },
  };
}

/** Network rules of a home: deny everything but name resolution, and open what the profile's flags open. */
export const network = defineFeature({
  key: "network",
  summary: "Network rules: default deny, and ten flags that open what a profile allows",
  profile: flags,
  inSandboxes: true,
  objects: (home, _spec, profile) => [
    policy(home, "default-deny", {}, ["Ingress", "Egress"]),
    policy(home, "allow-dns", { egress: [dnsEgress] }, ["Egress"]),
    ...(Object.keys(opens) as (keyof Flags)[])
      .filter((name) => profile[name])
      .map((name) => {
        const rules = opens[name];
        const types = [
          ...(rules.ingress === undefined ? [] : ["Ingress"]),
          ...(rules.egress === undefined ? [] : ["Egress"]),
        ];
        return policy(home, kebab(name), rules, types);
      }),
  ],
});
