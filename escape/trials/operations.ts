import type { Manifest } from "@estate/clients";
import { serviceAccount, type Person } from "../guarded-cluster";
import { home, object, patches, type Attack, type Trial } from "../attack";

// The one guardrail that narrows a role: those who may patch and not update. So these are tried as operations.

const operations: Person = { user: "operator", groups: ["team-a-operations", "system:authenticated"] };
const developers: Person = { user: "developer", groups: ["team-a-developers", "system:authenticated"] };

const image = "harbor.example.com/acme-team-a/web:1";
const workload = (kind: string, spec: object = {}): Manifest =>
  object(
    "apps/v1",
    kind,
    {
      spec: {
        selector: { matchLabels: { app: "run" } },
        ...spec,
        template: {
          metadata: { labels: { app: "run" } },
          spec: { automountServiceAccountToken: false, containers: [{ name: "main", image }] },
        },
      },
    },
    { name: "run" },
  );

const deployment = workload("Deployment");
const statefulSet = workload("StatefulSet", { serviceName: "run" });
const daemonSet = workload("DaemonSet");
const flux = (group: string, version: string, kind: string, spec: object): Manifest =>
  object(`${group}.toolkit.fluxcd.io/${version}`, kind, { spec: { interval: "1m", ...spec } }, { name: "run" });
const kustomization = flux("kustomize", "v1", "Kustomization", {
  prune: true,
  serviceAccountName: "reconciler",
  sourceRef: { kind: "GitRepository", name: "operations" },
});
const release = flux("helm", "v2", "HelmRelease", {
  serviceAccountName: "reconciler",
  chartRef: { kind: "OCIRepository", name: "chart" },
});

const annotated = (name: string) => ({ spec: { template: { metadata: { annotations: { [name]: "x" } } } } });
const restart = annotated("kubectl.kubernetes.io/restartedAt");
const only = "operations may restart a workload and change nothing else of it";
const onlyFlux = "operations may suspend, resume and reconcile, and change nothing else";

const edits = (ref: Manifest, reason: string, twin: unknown, bodies: Readonly<Record<string, unknown>>): Attack[] =>
  Object.entries(bodies).map(([what, body]) => ({
    threat: 6,
    what: `operations changing ${what} of a ${ref.kind}`,
    attempt: patches(ref, body, operations),
    reason,
    twin: patches(ref, twin, operations),
  }));

const ofTemplate = {
  "the image": { spec: { template: { spec: { containers: [{ name: "main", image: `${image}2` }] } } } },
  "a label of the pods": { spec: { template: { metadata: { labels: { more: "x" } } } } },
  "another annotation of the pods": annotated("other"),
};
const ofMetadata = {
  "a label": { metadata: { labels: { tier: "gold" } } },
  "an annotation": { metadata: { annotations: { other: "x" } } },
  "a finalizer": { metadata: { finalizers: ["example.com/stay"] } },
};

/** What operations may not change of what runs, and of what delivers. */
export const operateOnly: Trial = {
  guardrail: "operate-only",
  before: [deployment, statefulSet, daemonSet, kustomization, release],
  attacks: [
    ...edits(deployment, only, restart, {
      ...ofTemplate,
      ...ofMetadata,
      "the number": { spec: { replicas: 7 } },
      "the strategy": { spec: { strategy: { type: "Recreate", rollingUpdate: null } } },
      "the pause": { spec: { paused: true } },
      "what is kept": { spec: { revisionHistoryLimit: 1 } },
    }),
    ...edits(statefulSet, only, restart, {
      ...ofTemplate,
      ...ofMetadata,
      "the number": { spec: { replicas: 7 } },
      "the strategy": { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } },
    }),
    ...edits(daemonSet, only, restart, {
      ...ofTemplate,
      ...ofMetadata,
      "the strategy": { spec: { updateStrategy: { type: "OnDelete", rollingUpdate: null } } },
    }),
    ...edits(
      kustomization,
      onlyFlux,
      { spec: { suspend: true } },
      {
        ...ofMetadata,
        "the path": { spec: { path: "./elsewhere" } },
        "the account": { spec: { serviceAccountName: "secret-reader" } },
      },
    ),
    ...edits(
      release,
      onlyFlux,
      { spec: { suspend: true } },
      {
        ...ofMetadata,
        "the values": { spec: { values: { a: "b" } } },
        "the account": { spec: { serviceAccountName: "secret-reader" } },
      },
    ),
  ],
  controls: [
    ...[deployment, statefulSet, daemonSet].map((ref) => ({
      what: `developers, who may update, change a ${ref.kind}`,
      attempt: patches(ref, annotated("other"), developers),
    })),
    ...[kustomization, release].map((ref) => ({
      what: `the reconciler, which may update, changes a ${ref.kind}`,
      attempt: patches(ref, { spec: { interval: "2m" } }, serviceAccount(home, "reconciler")),
    })),
  ],
};
