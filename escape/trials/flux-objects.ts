import type { Manifest } from "@estate/clients";
import { serviceAccount } from "../guarded-cluster";
import { life, withLives, type Life } from "./life";
import {
  controller,
  creates,
  home,
  mallory,
  neighbour,
  object,
  patches,
  platformReconciler,
  virtual,
  type Attack,
  type Trial,
} from "../attack";

const kustomize = "kustomize.toolkit.fluxcd.io/v1";
const helm = "helm.toolkit.fluxcd.io/v2";
const notification = "notification.toolkit.fluxcd.io";
const image = "image.toolkit.fluxcd.io/v1";

const kustomization = (change: object = {}, metadata: object = {}): Manifest =>
  object(
    kustomize,
    "Kustomization",
    {
      spec: {
        interval: "1m",
        prune: true,
        serviceAccountName: "reconciler",
        sourceRef: { kind: "GitRepository", name: "operations" },
        ...change,
      },
    },
    metadata,
  );

const release = (change: object = {}): Manifest =>
  object(helm, "HelmRelease", {
    spec: {
      interval: "1m",
      serviceAccountName: "reconciler",
      ...("chartRef" in change ? {} : { chart: chartOf({}) }),
      ...change,
    },
  });
const chartOf = (source: object): object => ({
  spec: { chart: "web", sourceRef: { kind: "HelmRepository", name: "charts", ...source } },
});

const alert = (source: object): Manifest =>
  object(`${notification}/v1beta3`, "Alert", {
    spec: { providerRef: { name: "slack" }, eventSources: [{ kind: "Kustomization", name: "*", ...source }] },
  });
const receiver = (resource: object): Manifest =>
  object(`${notification}/v1`, "Receiver", {
    spec: { type: "generic", secretRef: { name: "x" }, resources: [{ kind: "GitRepository", name: "x", ...resource }] },
  });
const imagePolicy = (repository: object): Manifest =>
  object(image, "ImagePolicy", {
    spec: { imageRepositoryRef: { name: "web", ...repository }, policy: { semver: { range: "1.x" } } },
  });
const automation = (source: object): Manifest =>
  object(image, "ImageUpdateAutomation", {
    spec: {
      interval: "1m",
      sourceRef: { kind: "GitRepository", name: "operations", ...source },
      git: { commit: { author: { name: "x", email: "x@example.com" } } },
    },
  });

const elsewhere = { namespace: neighbour };
const own = { namespace: home };
const kubeConfig = { secretRef: { name: "other-cluster" } };

/** Makes of a kind's object, the offence and its twin one attack. */
const made = (
  threat: number,
  what: string,
  of: (change: object) => Manifest,
  offence: object,
  twin: object,
  reason: string,
): Attack => ({ threat, what, attempt: creates(of(offence)), reason, twin: creates(of(twin)) });

const account = "delivery names the ServiceAccount it acts as, and not default";
const away = (what: string): string => `${what} may name no namespace but its own`;
const toCluster = "delivery to another cluster is the platform's";

const delivered = (kind: string, of: (change: object) => Manifest): Attack[] => [
  made(21, `${kind} without an account`, of, { serviceAccountName: undefined }, {}, account),
  made(21, `${kind} as default`, of, { serviceAccountName: "default" }, {}, account),
  made(22, `${kind} by a kubeconfig Secret`, of, { kubeConfig }, {}, toCluster),
  made(22, `${kind} by a kubeconfig ConfigMap`, of, { kubeConfig: { configMapRef: { name: "x" } } }, {}, toCluster),
  made(
    19,
    `${kind} into a neighbour`,
    of,
    { targetNamespace: neighbour },
    { targetNamespace: home },
    away("targetNamespace"),
  ),
  made(19, `${kind} into the platform`, of, { targetNamespace: "kube-system" }, {}, away("targetNamespace")),
  made(
    20,
    `${kind} after a neighbour's`,
    of,
    { dependsOn: [{ name: "a" }, { name: "b", ...elsewhere }] },
    { dependsOn: [{ name: "a" }, { name: "b", ...own }] },
    away("dependsOn"),
  ),
];

const attacks: readonly Attack[] = [
  ...delivered("Kustomization", kustomization),
  ...delivered("HelmRelease", release),
  // A HelmRelease's own definition refuses it before.
  made(21, "Kustomization with an empty account", kustomization, { serviceAccountName: "" }, {}, account),
  made(
    20,
    "Kustomization of a neighbour's source",
    kustomization,
    { sourceRef: { kind: "GitRepository", name: "operations", ...elsewhere } },
    { sourceRef: { kind: "GitRepository", name: "operations", ...own } },
    away("sourceRef"),
  ),
  made(
    20,
    "Kustomization that looks at a neighbour's health",
    kustomization,
    { healthChecks: [{ kind: "Deployment", name: "web", ...elsewhere }] },
    { healthChecks: [{ kind: "Deployment", name: "web", ...own }] },
    away("healthChecks"),
  ),
  made(
    19,
    "HelmRelease that keeps its records elsewhere",
    release,
    { storageNamespace: "flux-system" },
    { storageNamespace: home },
    away("storageNamespace"),
  ),
  made(
    19,
    "HelmRelease that makes a namespace",
    release,
    { install: { createNamespace: true } },
    { install: { createNamespace: false } },
    "no install.createNamespace",
  ),
  made(
    20,
    "HelmRelease of a neighbour's chart",
    release,
    { chart: chartOf(elsewhere) },
    { chart: chartOf(own) },
    away("chart.spec.sourceRef"),
  ),
  made(
    20,
    "HelmRelease by a reference to a neighbour's chart",
    release,
    { chartRef: { kind: "OCIRepository", name: "web", ...elsewhere } },
    { chartRef: { kind: "OCIRepository", name: "web", ...own } },
    away("chartRef"),
  ),
  made(20, "Alert about a neighbour", alert, elsewhere, own, away("eventSources")),
  made(20, "Receiver that wakes a neighbour", receiver, elsewhere, own, away("resources")),
  made(20, "ImagePolicy over a neighbour's images", imagePolicy, elsewhere, own, away("imageRepositoryRef")),
  made(20, "ImageUpdateAutomation in a neighbour's repository", automation, elsewhere, own, away("sourceRef")),
  {
    threat: 21,
    what: "a Kustomization that was good",
    attempt: patches(kustomization({}, { name: "good" }), { spec: { serviceAccountName: null } }),
    reason: account,
    twin: patches(kustomization({}, { name: "good" }), { spec: { interval: "2m" } }),
  },
  {
    threat: 21,
    what: "Flux's controller as itself, for a tenant",
    attempt: creates(kustomization({ serviceAccountName: undefined }), controller("kustomize")),
    reason: account,
    twin: creates(kustomization(), controller("kustomize")),
  },
  {
    threat: 22,
    what: "a tenant's reconciler",
    attempt: creates(kustomization({ kubeConfig }), serviceAccount(home, "reconciler")),
    reason: toCluster,
    twin: creates(kustomization(), serviceAccount(home, "reconciler")),
  },
];

/** The platform's own, into the virtual cluster. */
const operations = kustomization({}, { name: "operations", namespace: virtual });
/** One that is older than the rule. */
const old = kustomization({ serviceAccountName: undefined, kubeConfig }, { name: "old" });

const suspends = (object: Manifest) =>
  patches(
    object,
    { spec: { suspend: true } },
    { user: "olga", groups: ["virtual-operations", "system:authenticated"] },
  );

const lived = (what: string, name: string, of: (change: object) => Manifest, reason: string): Life =>
  life({ threat: 20, what, reason: away(reason) }, name, of(elsewhere), of(own));

/** Flux stays in the home. */
const held: Trial = {
  guardrail: "flux-objects",
  before: [kustomization({}, { name: "good" }), old],
  attacks,
  controls: [
    {
      what: "the platform's reconciler makes a delivery into a virtual cluster",
      attempt: creates(kustomization({ kubeConfig }, { namespace: virtual }), platformReconciler),
    },
    {
      what: "Flux puts its finalizer on the platform's own delivery",
      attempt: patches(operations, { metadata: { finalizers: ["finalizers.fluxcd.io"] } }, controller("kustomize")),
    },
    {
      what: "Flux writes the status of the platform's own delivery",
      attempt: patches(operations, { status: { observedGeneration: 1 } }, controller("kustomize"), "status"),
    },
    {
      what: "operations suspends the platform's own delivery",
      attempt: suspends(operations),
    },
    {
      what: "Flux takes its finalizer off what is older than the rule",
      attempt: patches(old, { metadata: { finalizers: [] } }, controller("kustomize")),
    },
    {
      what: "somebody looks at once",
      attempt: patches(old, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": "1" } } }, mallory),
    },
  ],
};

/** The same by a change, by the platform, and of what was there before. */
export const fluxObjects = withLives(
  held,
  lived("an Alert about a neighbour", "alert", alert, "eventSources"),
  lived("a Receiver that wakes a neighbour", "receiver", receiver, "resources"),
  lived("an ImagePolicy over a neighbour's images", "policy", imagePolicy, "imageRepositoryRef"),
  lived("an ImageUpdateAutomation in a neighbour's repository", "automation", automation, "sourceRef"),
  life(
    { threat: 19, what: "a HelmRelease that keeps its records elsewhere", reason: away("storageNamespace") },
    "release",
    release({ storageNamespace: "flux-system" }),
    release({ storageNamespace: home }),
  ),
);
