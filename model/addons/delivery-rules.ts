import { fluxComponents } from "../controllers";
import type { Json, KubernetesObject } from "../kubernetes";
import { platformLabels } from "../labels";
import { externalSecretsNamespace, fluxNamespace } from "../platform";

/** Names of metrics that the rules read, by what tells them. A test holds them against those programs' sources. */
export const deliveryMetrics = {
  "flux-operator": ["flux_instance_info", "flux_resource_info"],
  "external-secrets": ["externalsecret_status_condition"],
} as const;

const monitoring = "monitoring.coreos.com/v1";
const namespace = "monitoring";
const metadata = (name: string) => ({ name, namespace, labels: platformLabels });

/** Whose metrics are read. Flux's own network policies let everybody read them. */
const monitors: readonly KubernetesObject[] = [
  {
    apiVersion: monitoring,
    kind: "PodMonitor",
    metadata: metadata("flux-controllers"),
    spec: {
      namespaceSelector: { matchNames: [fluxNamespace] },
      selector: { matchLabels: { "app.kubernetes.io/part-of": "flux" } },
      podMetricsEndpoints: [{ port: "http-prom" }],
    },
  },
  {
    apiVersion: monitoring,
    kind: "ServiceMonitor",
    metadata: metadata("flux-operator"),
    spec: {
      namespaceSelector: { matchNames: [fluxNamespace] },
      selector: { matchLabels: { "app.kubernetes.io/name": "flux-operator" } },
      endpoints: [{ targetPort: 8080, path: "/metrics" }],
    },
  },
  {
    apiVersion: monitoring,
    kind: "PodMonitor",
    metadata: metadata("external-secrets"),
    spec: {
      namespaceSelector: { matchNames: [externalSecretsNamespace] },
      selector: { matchLabels: { "app.kubernetes.io/name": "external-secrets" } },
      podMetricsEndpoints: [{ port: "metrics" }],
    },
  },
];

interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it is so before anybody is told: `10m`. */
  readonly for: string;
  readonly severity: "critical" | "warning" | "info";
  readonly summary: string;
}

const rule = ({ alert, expr, for: lasting, severity, summary }: Alert): Json => ({
  alert,
  expr,
  for: lasting,
  labels: { severity, estate: "${estate.name}", cluster: "${estate.cluster}" },
  annotations: { summary },
});

/** The tenant and the environment of a home, from its namespace's name: environments have no hyphen (model/names.ts). */
function byTenant(expr: string, label: string): string {
  const from = (target: string, part: 1 | 2, inner: string): string =>
    `label_replace(${inner}, "${target}", "$${String(part)}", "${label}", "(.+)-([a-z0-9]+)")`;
  return from("environment", 2, from("tenant", 1, expr));
}

/** Flux and External Secrets say the namespace of what they tell of in a label that does not clash with their own pod's. */
const told = "exported_namespace";

/** Whether delivery works at all. */
const ofThePlatform: readonly Alert[] = [
  {
    alert: "FluxNotReady",
    expr: `flux_instance_info{ready!="True"} == 1 or absent(flux_instance_info)`,
    for: "10m",
    severity: "critical",
    summary: "Flux is not as its FluxInstance says, or nobody tells",
  },
  ...fluxComponents.map((component): Alert => ({
    alert: "FluxControllerDown",
    expr: `absent(up{namespace="${fluxNamespace}", pod=~"${component}-.+"} == 1)`,
    for: "5m",
    severity: "critical",
    summary: `${component} does not run: nothing is delivered that needs it`,
  })),
  {
    alert: "FluxQueueGrows",
    expr: `max by (name, pod) (workqueue_depth{namespace="${fluxNamespace}"}) > 100`,
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.pod }} has more than 100 objects of {{ $labels.name }} waiting",
  },
  {
    alert: "PlatformDeliveryFailed",
    expr: `flux_resource_info{ready="False", suspended="False", ${told}="${fluxNamespace}"} == 1`,
    for: "15m",
    severity: "critical",
    summary: "{{ $labels.kind }} {{ $labels.name }} of the platform: {{ $labels.reason }}",
  },
];

/** Whether one tenant's works. Each alert carries the labels tenant and environment, by which it is routed. */
const ofTenants: readonly Alert[] = [
  {
    alert: "TenantDeliveryFailed",
    expr: byTenant(`flux_resource_info{ready="False", suspended="False", ${told}!="${fluxNamespace}"} == 1`, told),
    for: "15m",
    severity: "warning",
    summary: "{{ $labels.kind }} {{ $labels.name }} in {{ $labels.exported_namespace }}: {{ $labels.reason }}",
  },
  {
    alert: "TenantDeliverySuspended",
    expr: byTenant(`flux_resource_info{suspended="True", ${told}!="${fluxNamespace}"} == 1`, told),
    for: "24h",
    severity: "info",
    summary: "{{ $labels.kind }} {{ $labels.name }} in {{ $labels.exported_namespace }} is suspended for a day",
  },
  {
    alert: "TenantSecretNotSynced",
    expr: byTenant(`externalsecret_status_condition{condition="Ready", status="False"} == 1`, told),
    for: "15m",
    severity: "warning",
    summary: "Secret {{ $labels.name }} in {{ $labels.exported_namespace }} does not come from Vault",
  },
  {
    alert: "TenantQuotaNearlyUsed",
    // Of what a quota forbids (hard is 0) nothing can be used up.
    expr: byTenant(
      `kube_resourcequota{resourcequota="tenant", type="used"} / ignoring(type) (kube_resourcequota{resourcequota="tenant", type="hard"} > 0) > 0.9`,
      "namespace",
    ),
    for: "15m",
    severity: "info",
    summary: "{{ $labels.namespace }} has used {{ $value | humanizePercentage }} of its {{ $labels.resource }}",
  },
];

const rules = (name: string, alerts: readonly Alert[]): KubernetesObject => ({
  apiVersion: monitoring,
  kind: "PrometheusRule",
  metadata: metadata(name),
  spec: { groups: [{ name, rules: alerts.map(rule) }] },
});

/**
 * What tells whether delivery works, on a cluster with Prometheus: metrics of Flux, of its operator and of External
 * Secrets, and alerts for the platform and for each tenant (F48). One rule serves all tenants, so none is added with one.
 */
export const deliveryRules: readonly KubernetesObject[] = [
  ...monitors,
  rules("estate-platform", ofThePlatform),
  rules("estate-tenants", ofTenants),
];
