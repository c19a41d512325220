import type { Manifest } from "@estate/clients";
import { stubDefinition } from "../guarded-cluster";
import { life, withLives } from "./life";
import { creates, neighbour, object, platformReconciler, type Attack, type Trial } from "../attack";

const own = "web.platform.example.com";
const backend = { service: { name: "web", port: { number: 80 } } };
const rule = (host?: string): object => ({
  ...(host === undefined ? {} : { host }),
  http: { paths: [{ path: "/", pathType: "Prefix", backend }] },
});

const ingress = (spec: object, metadata: object = {}): Manifest =>
  object("networking.k8s.io/v1", "Ingress", { spec: { rules: [rule(own)], ...spec } }, metadata);
const route = (spec: object, metadata: object = {}): Manifest =>
  object("gateway.networking.k8s.io/v1", "HTTPRoute", { spec: { hostnames: [own], rules: [], ...spec } }, metadata);
const annotated = (key: string): object => ({ annotations: { [key]: "x" } });

const claimed = "only hosts that the tenant's file allots";
const dns = "names in DNS come of ingresses and routes";
const notes = "only annotations that are known to be harmless";
const attack = (what: string, made: Manifest, reason: string, twin: Manifest): Attack => ({
  threat: 11,
  what,
  attempt: creates(made),
  reason,
  twin: creates(twin),
});

const foreign = ["other.platform.example.com", "*.platform.example.com", "platform.example.com", `x.${own}`];

const otherRoutes = ["GRPCRoute", "TLSRoute"].map((kind) => ({ ...route({}), kind }));
const anyHost = ingress({ rules: [rule("other.platform.example.com")] });
const named = (key: string): Manifest => object("v1", "Service", { spec: { ports: [{ port: 80 }] } }, annotated(key));

/** The entrance leads by host names. */
const held: Trial = {
  guardrail: "hosts",
  definitions: [
    stubDefinition("gateway.networking.k8s.io", "v1", "HTTPRoute", "httproutes"),
    stubDefinition("gateway.networking.k8s.io", "v1", "GRPCRoute", "grpcroutes"),
    stubDefinition("gateway.networking.k8s.io", "v1", "TLSRoute", "tlsroutes"),
    stubDefinition("gateway.networking.k8s.io", "v1", "Gateway", "gateways"),
  ],
  attacks: [
    ...foreign.flatMap((host) => [
      attack(`an ingress for ${host}`, ingress({ rules: [rule(own), rule(host)] }), claimed, ingress({})),
      attack(`a route for ${host}`, route({ hostnames: [own, host] }), claimed, route({})),
    ]),
    ...otherRoutes.map((good) =>
      attack(`a ${good.kind} for another's host`, { ...good, spec: { hostnames: foreign } }, claimed, good),
    ),
    attack("an ingress for every host", ingress({ rules: [rule()] }), claimed, ingress({})),
    attack("a route for every host", route({ hostnames: [] }), claimed, route({})),
    attack("a route that says no host", route({ hostnames: undefined }), claimed, route({})),
    attack(
      "an ingress of a neighbour who was allotted none",
      ingress({}, { namespace: neighbour }),
      claimed,
      ingress({}),
    ),
    attack(
      "a certificate for another's host",
      ingress({ tls: [{ hosts: ["other.platform.example.com"], secretName: "x" }] }),
      claimed,
      ingress({ tls: [{ hosts: [own], secretName: "x" }] }),
    ),
    attack("a certificate for every host", ingress({ tls: [{ secretName: "x" }] }), claimed, ingress({})),
    attack(
      "an answer to every host",
      ingress({ defaultBackend: backend }),
      "a default backend answers to every host",
      ingress({}),
    ),
    ...["configuration-snippet", "server-alias", "auth-secret"].map((name) =>
      attack(
        `an ingress with ${name}`,
        ingress({}, annotated(`nginx.ingress.kubernetes.io/${name}`)),
        notes,
        ingress({}, annotated("nginx.ingress.kubernetes.io/rewrite-target")),
      ),
    ),
    attack(
      "a route with a name of its own in DNS",
      route({}, annotated("external-dns.alpha.kubernetes.io/hostname")),
      notes,
      route({}),
    ),
    attack(
      "a route to a neighbour's Service",
      route({ rules: [{ backendRefs: [{ name: "web", port: 80, namespace: neighbour }] }] }),
      "a route leads to Services of its own namespace",
      route({ rules: [{ backendRefs: [{ name: "web", port: 80 }] }] }),
    ),
    attack(
      "a Service with a name of its own in DNS",
      named("external-dns.alpha.kubernetes.io/hostname"),
      dns,
      named("example.com/hostname"),
    ),
    attack(
      "an entrance of its own",
      object("gateway.networking.k8s.io/v1", "Gateway", { spec: {} }),
      "tenants make no objects of this kind",
      route({}),
    ),
  ],
  controls: [
    {
      what: "the platform's own ingress",
      attempt: creates(ingress({ rules: [rule("any.example.com")] }), platformReconciler),
    },
  ],
};

/** The same by a change, and by the platform. */
export const hosts = withLives(
  held,
  life({ threat: 11, what: "an ingress for another's host", reason: claimed }, "ingress", anyHost, ingress({}), {
    older: false,
  }),
  life(
    { threat: 11, what: "a route for another's host", reason: claimed },
    "route",
    route({ hostnames: foreign }),
    route({}),
    {
      older: false,
    },
  ),
  life(
    { threat: 11, what: "a Service with a name of its own in DNS", reason: dns },
    "name",
    named("external-dns.alpha.kubernetes.io/hostname"),
    named("example.com/hostname"),
    { older: false },
  ),
);
