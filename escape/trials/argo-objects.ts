import type { Manifest } from "@estate/clients";
import { creates, deletes, kubeController, mallory, object, patches, type Attack, type Trial } from "../attack";
import { serviceAccount, type Person } from "../guarded-cluster";

const argoproj = "argoproj.io/v1alpha1";
const rbac = "rbac.authorization.k8s.io";
const where = { namespace: "argocd" };
const theirs = "applications and projects are the platform's";

const spec = {
  project: "team-a-dev",
  source: { repoURL: "https://git.example.com/x.git", path: "." },
  destination: { name: "team-a-dev.dev", namespace: "team-a-dev" },
};
const application = (metadata: object = where): Manifest => object(argoproj, "Application", { spec }, metadata);
const kinds: readonly (readonly [what: string, made: Manifest, change: object])[] = [
  ["an Application", application(), { spec: { project: "team-ab-dev" } }],
  [
    "a set of Applications",
    object(
      argoproj,
      "ApplicationSet",
      { spec: { generators: [{ clusters: {} }], template: { metadata: {}, spec } } },
      where,
    ),
    { spec: { goTemplate: true } },
  ],
  [
    "a project",
    object(
      argoproj,
      "AppProject",
      { spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] } },
      where,
    ),
    { spec: { description: "open" } },
  ],
  [
    "an ImageUpdater",
    object(
      "argocd-image-updater.argoproj.io/v1alpha1",
      "ImageUpdater",
      {
        spec: {
          writeBackConfig: { method: "git:secret:argocd/repository-team-ab-dev" },
          applicationRefs: [{ namePattern: "*", images: [{ alias: "web", imageName: "example.com/web" }] }],
        },
      },
      where,
    ),
    { spec: { writeBackConfig: { method: "argocd" } } },
  ],
];
const [, , , updater] = kinds.map(([, made]) => made);
const stands = (made: Manifest): Manifest => ({ ...made, metadata: { ...made.metadata, name: "stands" } });

/** Argo CD's own, which have all rights in its namespace here. */
const account = (name: string): Person => serviceAccount("argocd", name);
const notifier = account("notifications-team-a-dev");
const imageUpdater = account("argocd-image-updater");
const bound = (name: string, subject: object): Manifest => ({
  apiVersion: `${rbac}/v1`,
  kind: "RoleBinding",
  metadata: { name, ...where },
  roleRef: { apiGroup: rbac, kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: rbac, ...subject }],
});

const noted = { metadata: { annotations: { "notified.notifications.argoproj.io": "{}" } } };
/** What one of those that note on an object changes besides. */
const beside = (what: string, made: Manifest, body: object, as: Person): Attack => ({
  threat: 28,
  what,
  attempt: patches(stands(made), body, as),
  reason: theirs,
  twin: patches(stands(made), noted, as),
});

/**
 * Whoever was given everything in Argo CD's namespace, and those that work there. Not among the trials of all estates: it is in
 * force with Argo CD alone.
 */
export const argoObjects: Trial = {
  guardrail: "argo-objects",
  before: [
    bound("worst-case", { kind: "User", name: mallory.user }),
    bound("worst-case-accounts", { kind: "Group", name: "system:serviceaccounts:argocd" }),
    ...kinds.map(([, made]) => stands(made)),
  ],
  attacks: [
    ...kinds.flatMap(([what, made, change]): Attack[] => {
      const there = stands(made);
      return [
        {
          threat: 27,
          what: `${what} made`,
          attempt: creates(made),
          reason: theirs,
          twin: { verb: "create", object: made },
        },
        {
          threat: 28,
          what: `${what} changed`,
          attempt: patches(there, change),
          reason: theirs,
          twin: { verb: "patch", object: there, body: change },
        },
        {
          threat: 29,
          what: `${what} removed`,
          attempt: deletes(there),
          reason: theirs,
          twin: { verb: "delete", object: there },
        },
      ];
    }),
    beside("another source by who notes what was told", application(), { spec: { project: "team-ab-dev" } }, notifier),
    beside("a sync by who notes what was told", application(), { operation: { sync: {} } }, notifier),
    beside("a status by who notes what was told", application(), { status: { sourceType: "Helm" } }, notifier),
    beside("a label by who notes what was told", application(), { metadata: { labels: { a: "b" } } }, notifier),
    ...(updater === undefined
      ? []
      : [
          beside(
            "another Secret by Image Updater",
            updater,
            { spec: { writeBackConfig: { method: "argocd" } } },
            imageUpdater,
          ),
        ]),
    {
      threat: 28,
      what: "an Application changed by Image Updater",
      attempt: patches(stands(application()), noted, imageUpdater),
      reason: theirs,
      twin: patches(stands(application()), noted, account("argocd-application-controller")),
    },
  ],
  controls: [
    ...["argocd-application-controller", "argocd-applicationset-controller", "argocd-server"].map((name) => ({
      what: `${name} writes an Application`,
      attempt: creates(application(), account(name)),
    })),
    {
      what: "Kubernetes empties a namespace that ends",
      attempt: deletes(stands(application()), kubeController("namespace-controller")),
    },
    {
      what: "Kubernetes removes what has lost its owner",
      attempt: deletes(stands(application()), kubeController("generic-garbage-collector")),
    },
  ],
};
