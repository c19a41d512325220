import { onEks, type Addon } from "../addon";
import { label } from "../labels";
import { deliveryRules } from "./delivery-rules";

const everywhere = ["control-plane", "workload"] as const;

/** What runs beside tenants on every cluster: measures, logs, backups, databases. */
export const services: readonly Addon[] = [
  {
    name: "metrics-server",
    summary: "Use of CPU and memory for autoscalers and `kubectl top`; on EKS a managed add-on does it",
    source: { chart: "metrics-server", repository: "https://kubernetes-sigs.github.io/metrics-server/" },
    version: "3.13.1",
    namespace: "metrics",
    podSecurity: "restricted",
    layer: "services",
    roles: everywhere,
    kinds: ["existing"],
    values: {},
    images: [
      { at: ["image", "repository"], image: "registry.k8s.io/metrics-server/metrics-server" },
      { at: ["addonResizer", "image", "repository"], image: "registry.k8s.io/autoscaling/addon-resizer" },
    ],
    rehearsed: { component: "metrics-server", folder: "charts/metrics-server", version: "3.13.1" },
  },
  {
    name: "kube-prometheus-stack",
    summary: "Prometheus with the rules and exporters of Kubernetes; Grafana and Alertmanager are off until asked for",
    source: { chart: "kube-prometheus-stack", repository: "oci://ghcr.io/prometheus-community/charts" },
    version: "88.5.3",
    namespace: "monitoring",
    // The exporter of nodes reads the node's own /proc and /sys.
    podSecurity: "privileged",
    layer: "services",
    needs: ["cert-manager", "prometheus-operator-crds"],
    roles: everywhere,
    values: {
      crds: { enabled: false },
      grafana: { enabled: false },
      alertmanager: { enabled: false },
      prometheus: {
        prometheusSpec: {
          retention: "2d",
          // Whatever carries the kind is taken, not only what this release's own label is on.
          serviceMonitorSelectorNilUsesHelmValues: false,
          podMonitorSelectorNilUsesHelmValues: false,
          ruleSelectorNilUsesHelmValues: false,
          probeSelectorNilUsesHelmValues: false,
          resources: { requests: { cpu: "200m", memory: "1Gi" } },
        },
      },
      // By cert-manager, so that no hook makes certificates.
      prometheusOperator: { admissionWebhooks: { certManager: { enabled: true } } },
    },
    // Nobody can look at them there: they are AWS's.
    valuesOn: onEks({
      kubeControllerManager: { enabled: false },
      kubeScheduler: { enabled: false },
      kubeEtcd: { enabled: false },
      kubeProxy: { enabled: false },
    }),
    images: [{ at: ["global", "imageRegistry"] }],
    objects: deliveryRules,
    // They name Flux's own controllers and objects.
    objectsAbout: "flux",
    rehearsed: { not: "the chart is in no Go module" },
  },
  {
    name: "fluent-bit",
    summary: "Sends the logs of all containers away; where to is said by `values.config.outputs`",
    source: { chart: "fluent-bit", repository: "https://fluent.github.io/helm-charts" },
    version: "0.58.1",
    namespace: "logging",
    // It reads the node's own log files.
    podSecurity: "privileged",
    layer: "services",
    roles: everywhere,
    values: {
      testFramework: { enabled: false },
      config: { outputs: "[OUTPUT]\n    Name stdout\n    Match *\n" },
      // On nodes that are kept for one tenant, too.
      tolerations: [{ key: label.pool, operator: "Exists", effect: "NoSchedule" }],
    },
    images: [{ at: ["image", "repository"], image: "cr.fluentbit.io/fluent/fluent-bit" }],
    rehearsed: { not: "the chart is in no Go module" },
  },
  {
    name: "velero",
    summary: "Backups of objects and volumes; where to is said by `values.configuration`",
    source: { chart: "velero", repository: "https://vmware-tanzu.github.io/helm-charts" },
    version: "12.1.0",
    namespace: "velero",
    podSecurity: "baseline",
    layer: "services",
    roles: everywhere,
    // Its kinds hold the records of all backups: they stay.
    values: { cleanUpCRDs: false },
    valuesOn: onEks({
      // Pod Identity instead of keys.
      credentials: { useSecret: false },
      initContainers: [
        {
          name: "velero-plugin-for-aws",
          image: "docker.io/velero/velero-plugin-for-aws:v1.13.0",
          volumeMounts: [{ mountPath: "/target", name: "plugins" }],
        },
      ],
    }),
    definitions: ["velero.io"],
    images: [
      { at: ["image", "repository"], image: "velero/velero" },
      { at: ["kubectl", "image", "repository"], image: "registry.k8s.io/kubectl" },
      { at: ["initContainers", 0, "image"], image: "docker.io/velero/velero-plugin-for-aws:v1.13.0" },
    ],
    rehearsed: { not: "the chart is in no Go module" },
  },
  {
    name: "mariadb-operator-crds",
    summary: "Kinds of the MariaDB operator",
    source: { chart: "mariadb-operator-crds", repository: "oci://ghcr.io/mariadb-operator/charts" },
    version: "26.6.0",
    namespace: "databases",
    podSecurity: "baseline",
    layer: "definitions",
    roles: ["control-plane"],
    values: {},
    definitions: ["k8s.mariadb.com", "enterprise.mariadb.com"],
    images: [],
    rehearsed: { not: "the chart is in no Go module" },
  },
  {
    name: "mariadb-operator",
    summary: "Databases of MariaDB by objects: for stores of licensed virtual clusters (F65). Each names its own image",
    source: { chart: "mariadb-operator", repository: "oci://ghcr.io/mariadb-operator/charts" },
    version: "26.6.0",
    namespace: "databases",
    podSecurity: "baseline",
    layer: "services",
    needs: ["cert-manager", "mariadb-operator-crds"],
    roles: ["control-plane"],
    values: { crds: { enabled: false }, webhook: { cert: { certManager: { enabled: true } } } },
    images: ["", "webhook", "certController"].map((part) => ({
      at: [...(part === "" ? [] : [part]), "image", "repository"],
      image: "docker-registry3.mariadb.com/mariadb-operator/mariadb-operator",
    })),
    rehearsed: { not: "the chart is in no Go module" },
  },
];
