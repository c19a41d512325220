import { onEks, type Addon } from "../addon";
import type { KubernetesObject } from "../kubernetes";
import { platformLabels } from "../labels";

const everywhere = ["control-plane", "workload"] as const;

/** The class of the platform's own gateways, by the name that services of the control plane refer to. */
export const gatewayClass = "platform";

const classOfGateways: KubernetesObject = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "GatewayClass",
  metadata: { name: gatewayClass, labels: platformLabels },
  spec: { controllerName: "gateway.envoyproxy.io/gatewayclass-controller" },
};

/** How the world gets in: gateways, load balancers, names. */
export const entrance: readonly Addon[] = [
  {
    name: "envoy-gateway",
    summary: `Gateways for HTTP, TLS and TCP, of class \`${gatewayClass}\``,
    source: { chart: "gateway-helm", repository: "oci://docker.io/envoyproxy" },
    version: "v1.9.1",
    namespace: "gateway",
    podSecurity: "restricted",
    layer: "entrance",
    needs: ["gateway-crds"],
    roles: everywhere,
    values: { crds: { enabled: false } },
    images: [{ at: ["global", "imageRegistry"] }],
    objects: [classOfGateways],
    rehearsed: {
      component: "envoy-gateway",
      folder: "charts/gateway-helm",
      version: "1.9.1",
      unused: { "docker.io/envoyproxy/ratelimit": "global.imageRegistry takes precedence over its host" },
    },
  },
  {
    name: "aws-load-balancer-controller",
    summary: "Load balancers of AWS for clusters with node groups; EKS Auto Mode has it built in",
    source: { chart: "aws-load-balancer-controller", repository: "https://aws.github.io/eks-charts" },
    version: "3.5.0",
    namespace: "loadbalancers",
    podSecurity: "restricted",
    layer: "entrance",
    needs: ["cert-manager"],
    roles: everywhere,
    kinds: ["eks-groups"],
    // Its webhook's certificate by cert-manager: the chart's own is made anew by every upgrade.
    values: { clusterName: "${estate.name}-${estate.cluster}", enableCertManager: true },
    definitions: ["elbv2.k8s.aws", "gateway.k8s.aws", "aga.k8s.aws"],
    images: [{ at: ["image", "repository"], image: "public.ecr.aws/eks/aws-load-balancer-controller" }],
    rehearsed: { not: "the chart is in no Go module" },
  },
  {
    name: "external-dns",
    summary: "DNS records of gateways and load balancers",
    source: { chart: "external-dns", repository: "https://kubernetes-sigs.github.io/external-dns/" },
    version: "1.21.1",
    namespace: "external-dns",
    podSecurity: "restricted",
    layer: "entrance",
    needs: ["gateway-crds"],
    roles: everywhere,
    values: {
      sources: ["service", "gateway-httproute", "gateway-tlsroute", "gateway-grpcroute"],
      // What it did not make it leaves alone; by its owner's name two clusters of one zone do not meet.
      policy: "sync",
      registry: "txt",
      txtOwnerId: "${estate.name}-${estate.cluster}",
      domainFilters: ["${estate.domain}"],
    },
    valuesOn: onEks({ provider: { name: "aws" } }),
    definitions: ["externaldns.k8s.io"],
    images: [{ at: ["image", "repository"], image: "registry.k8s.io/external-dns/external-dns" }],
    rehearsed: { not: "its Go module needs a newer Go than the toolchain has" },
  },
];
