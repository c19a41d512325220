import type { Manifest } from "@estate/clients";
import { serviceAccount } from "../guarded-cluster";
import {
  creates,
  kubeController,
  neighbour,
  object,
  replaces,
  patches,
  virtual,
  type Attack,
  type Trial,
} from "../attack";
import { life, withLives, type Life } from "./life";

const attack = (what: string, made: Manifest, reason: string, twin: Manifest): Attack => ({
  threat: 10,
  what,
  attempt: creates(made),
  reason,
  twin: creates(twin),
});

const service = (spec: object, metadata: object = {}): Manifest =>
  object("v1", "Service", { spec: { selector: { app: "web" }, ports: [{ port: 80 }], ...spec } }, metadata);
const slice = (metadata: object = {}): Manifest =>
  object(
    "discovery.k8s.io/v1",
    "EndpointSlice",
    { addressType: "IPv4", endpoints: [{ addresses: ["10.1.2.3"] }], ports: [] },
    metadata,
  );
const endpoints = (subsets: object[]): Manifest => object("v1", "Endpoints", { subsets });
const byHand = "no endpoints by hand";

const held: Trial = {
  guardrail: "services",
  attacks: [
    attack("a Service that takes addresses", service({ externalIPs: ["203.0.113.7"] }), "no externalIPs", service({})),
    attack(
      "a Service that is another's name",
      service({ type: "ExternalName", externalName: "vault.vault.svc" }),
      "no ExternalName",
      service({}),
    ),
    attack("a port on every node", service({ type: "NodePort" }), "allots no node ports", service({})),
    attack("a load balancer", service({ type: "LoadBalancer" }), "allots no load balancers", service({})),
    {
      threat: 10,
      what: "a slice with addresses of others",
      plain: true,
      attempt: creates(slice()),
      reason: byHand,
      twin: creates(slice(), kubeController("endpointslice-controller")),
    },
    {
      threat: 10,
      what: "endpoints with addresses of others",
      plain: true,
      attempt: creates(endpoints([{ addresses: [{ ip: "10.1.2.3" }] }])),
      reason: byHand,
      twin: creates(endpoints([]), kubeController("endpoint-controller")),
    },
  ],
  controls: [
    { what: "an allotted port", attempt: creates(service({ type: "NodePort" }, { namespace: neighbour })) },
    {
      what: "an allotted load balancer",
      attempt: creates(service({ type: "LoadBalancer" }, { namespace: neighbour })),
    },
    {
      what: "a virtual cluster's slices",
      attempt: creates(slice({ namespace: virtual }), serviceAccount(virtual, `vc-${virtual}`)),
    },
  ],
};

/** Addresses put by hand into what a controller keeps. */
function filled(good: Manifest, addresses: Readonly<Record<string, unknown>>, keeper: string): Life {
  const stands = { ...good, metadata: { ...good.metadata, name: `${good.kind.toLowerCase()}-stands` } };
  return {
    before: [stands],
    attacks: [
      {
        threat: 10,
        what: `${good.kind} with addresses of others, by a change`,
        plain: true,
        attempt: patches(stands, addresses),
        reason: byHand,
        twin: replaces(stands, (now) => ({ ...now, ...addresses }), kubeController(keeper)),
      },
    ],
    controls: [],
  };
}

/** How others reach what runs. */
export const services = withLives(
  held,
  life(
    { threat: 10, what: "a Service that takes addresses", reason: "no externalIPs" },
    "service",
    service({ externalIPs: ["203.0.113.7"] }),
    service({ externalIPs: [] }),
  ),
  filled({ ...slice(), endpoints: [] }, { endpoints: [{ addresses: ["10.1.2.3"] }] }, "endpointslice-controller"),
  filled(endpoints([]), { subsets: [{ addresses: [{ ip: "10.1.2.3" }] }] }, "endpoint-controller"),
);
