import type { Addon } from "../addon";

const everywhere = ["control-plane", "workload"] as const;

const gatekeeperCrds = "openpolicyagent/gatekeeper-crds";

/** Policy engines beside the guardrails. Estate needs none: they are for policies of one's own. */
export const policies: readonly Addon[] = [
  {
    name: "kyverno",
    summary: "Policy engine for policies of one's own; the guardrails need none",
    source: { chart: "kyverno", repository: "https://kyverno.github.io/kyverno/" },
    version: "3.9.1",
    namespace: "kyverno",
    podSecurity: "restricted",
    layer: "policies",
    roles: everywhere,
    values: { admissionController: { replicas: 3 } },
    definitions: ["kyverno.io", "policies.kyverno.io", "reports.kyverno.io", "wgpolicyk8s.io"],
    images: [
      { at: ["global", "image", "registry"] },
      // These two name their registry themselves, and that goes before the global one.
      { at: ["webhooksCleanup", "image", "registry"] },
      { at: ["test", "image", "registry"] },
    ],
    rehearsed: {
      component: "kyverno",
      folder: "charts/kyverno",
      version: "3.9.1",
      unused: {
        "reg.kyverno.io": "a default that global.image.registry replaces",
        "docker.io": "config.defaultRegistry is what a name without a host means, and no image",
      },
    },
  },
  {
    name: "gatekeeper",
    summary: "Policy engine for policies of one's own, by OPA; the guardrails need none",
    source: { chart: "gatekeeper", repository: "https://open-policy-agent.github.io/gatekeeper/charts" },
    version: "3.23.1",
    namespace: "gatekeeper-system",
    podSecurity: "restricted",
    layer: "policies",
    roles: everywhere,
    values: {
      // Webhooks that outlive their pods would refuse what comes after.
      preUninstall: { deleteWebhookConfigurations: { enabled: true } },
      // The plan makes the namespace with its labels.
      postInstall: { labelNamespace: { enabled: false } },
    },
    definitions: [
      "config.gatekeeper.sh",
      "connection.gatekeeper.sh",
      "expansion.gatekeeper.sh",
      "externaldata.gatekeeper.sh",
      "mutations.gatekeeper.sh",
      "status.gatekeeper.sh",
      "syncset.gatekeeper.sh",
      "templates.gatekeeper.sh",
    ],
    images: [
      { at: ["image", "repository"], image: "openpolicyagent/gatekeeper" },
      { at: ["image", "crdRepository"], image: gatekeeperCrds },
      { at: ["postUpgrade", "labelNamespace", "image", "repository"], image: gatekeeperCrds },
      { at: ["postInstall", "labelNamespace", "image", "repository"], image: gatekeeperCrds },
      { at: ["postInstall", "probeWebhook", "image", "repository"], image: "curlimages/curl" },
      { at: ["preUninstall", "deleteWebhookConfigurations", "image", "repository"], image: gatekeeperCrds },
    ],
    rehearsed: {
      component: "gatekeeper",
      folder: "charts/gatekeeper",
      version: "3.23.1",
      unused: { "ghcr.io/open-policy-agent/fake-reader": "a sidecar for tests, off" },
    },
  },
];
