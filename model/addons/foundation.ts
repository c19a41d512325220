import type { Addon } from "../addon";

const everywhere = ["control-plane", "workload"] as const;

/** Kinds of object and certificates: what the other addons are written in. */
export const foundation: readonly Addon[] = [
  {
    name: "gateway-crds",
    summary: "Kinds of the Gateway API and of Envoy Gateway; no other chart may bring them",
    source: { chart: "gateway-crds-helm", repository: "oci://docker.io/envoyproxy" },
    version: "v1.9.1",
    namespace: "gateway",
    podSecurity: "restricted",
    layer: "definitions",
    roles: everywhere,
    // The experimental channel has TCPRoute and TLSRoute, by which Git over SSH and TLS that is passed on get in.
    values: { crds: { gatewayAPI: { enabled: true, channel: "experimental" }, envoyGateway: { enabled: true } } },
    definitions: ["gateway.networking.k8s.io", "gateway.networking.x-k8s.io", "gateway.envoyproxy.io"],
    images: [],
    rehearsed: { component: "envoy-gateway", folder: "charts/gateway-crds-helm", version: "1.9.1" },
  },
  {
    name: "prometheus-operator-crds",
    summary: "Kinds of the Prometheus operator: ServiceMonitor, PrometheusRule and the like",
    source: { chart: "prometheus-operator-crds", repository: "oci://ghcr.io/prometheus-community/charts" },
    version: "31.0.1",
    namespace: "monitoring",
    podSecurity: "privileged",
    layer: "definitions",
    roles: everywhere,
    values: {},
    definitions: ["monitoring.coreos.com"],
    images: [],
    rehearsed: { not: "the chart is in no Go module" },
  },
  {
    name: "cert-manager",
    summary: "Certificates from ACME or from an authority of one's own",
    source: { chart: "cert-manager", repository: "oci://quay.io/jetstack/charts" },
    version: "v1.21.2",
    namespace: "cert-manager",
    podSecurity: "restricted",
    layer: "certificates",
    roles: everywhere,
    values: {
      // The chart's own default brings no kinds; once brought they outlive the release, and with them all certificates.
      crds: { enabled: true, keep: true },
      config: {
        apiVersion: "controller.config.cert-manager.io/v1alpha1",
        kind: "ControllerConfiguration",
        enableGatewayAPI: true,
      },
    },
    definitions: ["cert-manager.io", "acme.cert-manager.io"],
    images: [{ at: ["imageRegistry"] }],
    rehearsed: { component: "cert-manager", folder: "deploy/charts/cert-manager", version: "1.21.2" },
  },
  {
    name: "trust-manager",
    summary: "Brings the certificates of one's own authorities into every namespace that asks for them",
    source: { chart: "trust-manager", repository: "oci://quay.io/jetstack/charts" },
    version: "v0.25.0",
    namespace: "cert-manager",
    podSecurity: "restricted",
    layer: "certificates",
    needs: ["cert-manager"],
    roles: everywhere,
    // Its own certificate by cert-manager: the chart's other way makes a new one at every rendering.
    values: { crds: { enabled: true, keep: true }, app: { trust: { namespace: "cert-manager" } } },
    definitions: ["trust.cert-manager.io"],
    images: [{ at: ["imageRegistry"] }],
    rehearsed: { component: "trust-manager", folder: "deploy/charts/trust-manager", version: "0.25.0" },
  },
];
