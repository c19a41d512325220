import { label } from "../../model/labels";

type Manifest = Readonly<Record<string, unknown>>;

/** A request to a home, what an engine must say to it, and a twin that must be let through. */
export interface Attempt {
  readonly name: string;
  readonly refused: Manifest;
  /** A part of the message. */
  readonly reason: string;
  readonly twin: Manifest;
}

/** The home in which everything is tried. */
export const home: Manifest = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "team-a-dev", labels: { [label.tenant]: "team-a" } },
};

const own = { selector: { matchLabels: { [label.tenant]: "team-a" } } };
const foreign = { selector: { matchLabels: { [label.tenant]: "team-ab" } } };
const spec = { project: "team-a", destination: { server: "{{server}}", namespace: "web" } };
const template = { metadata: { name: "web-{{name}}" }, spec };

function applicationSet(change: Manifest, namespace = "team-a-dev"): Manifest {
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "ApplicationSet",
    metadata: { name: "web", namespace },
    spec: { generators: [{ clusters: own }], template, ...change },
  };
}

const generated = (...generators: readonly Manifest[]): Manifest => applicationSet({ generators });
const going = (change: Manifest): Manifest =>
  applicationSet({ template: { ...template, spec: { ...spec, ...change } } });

const plain = applicationSet({});
const reason = {
  kinds: "applications are generated from clusters only",
  selection: "each selection of clusters has its own tenant in selector.matchLabels",
  template: "a generator has no template of its own",
  patch: "no templatePatch",
  project: "the project is the tenant's or the home's, written out",
  destination: "the destination is the cluster that was selected",
};

/** Ways to another's clusters (threat 28). */
export const selections: readonly Attempt[] = [
  { name: "another's label", refused: generated({ clusters: foreign }), reason: reason.selection, twin: plain },
  {
    name: "one of two is another's",
    refused: generated({ clusters: own }, { clusters: foreign }),
    reason: reason.selection,
    twin: generated({ clusters: own }, { clusters: own }),
  },
  { name: "all clusters", refused: generated({ clusters: {} }), reason: reason.selection, twin: plain },
  {
    name: "an empty selector",
    refused: generated({ clusters: { selector: {} } }),
    reason: reason.selection,
    twin: plain,
  },
  {
    name: "expressions alone",
    refused: generated({
      clusters: { selector: { matchExpressions: [{ key: label.tenant, operator: "NotIn", values: ["none"] }] } },
    }),
    reason: reason.selection,
    twin: generated({
      clusters: {
        selector: { ...own.selector, matchExpressions: [{ key: "region", operator: "In", values: ["eu"] }] },
      },
    }),
  },
  {
    name: "a matrix with all clusters inside",
    refused: generated({ matrix: { generators: [{ clusters: own }, { clusters: {} }] } }),
    reason: reason.selection,
    twin: generated({ matrix: { generators: [{ clusters: own }, { clusters: own }] } }),
  },
  {
    name: "a merge with another's inside",
    refused: generated({ merge: { mergeKeys: ["server"], generators: [{ clusters: own }, { clusters: foreign }] } }),
    reason: reason.selection,
    twin: generated({ merge: { mergeKeys: ["server"], generators: [{ clusters: own }, { clusters: own }] } }),
  },
  {
    name: "a matrix in a matrix",
    refused: generated({
      matrix: { generators: [{ clusters: own }, { matrix: { generators: [{ clusters: {} }, { clusters: own }] } }] },
    }),
    reason: reason.kinds,
    twin: plain,
  },
  {
    name: "a list of servers",
    refused: generated({ list: { elements: [{ server: "https://prod.example.com" }] } }),
    reason: reason.kinds,
    twin: plain,
  },
  {
    name: "a list inside a matrix",
    refused: generated({ matrix: { generators: [{ clusters: own }, { list: { elements: [{ server: "x" }] } }] } }),
    reason: reason.kinds,
    twin: generated({ matrix: { generators: [{ clusters: own }] } }),
  },
  {
    name: "requests of a provider's token",
    refused: generated({ scmProvider: { github: { organization: "acme", api: "https://evil.example.com" } } }),
    reason: reason.kinds,
    twin: plain,
  },
  {
    name: "a generator's own template",
    refused: generated({ clusters: { ...own, template: { spec: { project: "team-ab" } } } }),
    reason: reason.template,
    twin: plain,
  },
  {
    name: "a matrix' own template",
    refused: generated({ matrix: { generators: [{ clusters: own }], template: { spec: { project: "team-ab" } } } }),
    reason: reason.template,
    twin: generated({ matrix: { generators: [{ clusters: own }] } }),
  },
  {
    name: "the template of a generator inside",
    refused: generated({ merge: { mergeKeys: ["server"], generators: [{ clusters: { ...own, template: {} } }] } }),
    reason: reason.template,
    twin: generated({ merge: { mergeKeys: ["server"], generators: [{ clusters: own }] } }),
  },
  {
    name: "a patch of the template",
    refused: applicationSet({ templatePatch: "spec:\n  project: team-ab\n" }),
    reason: reason.patch,
    twin: plain,
  },
  {
    name: "a templated project",
    refused: going({ project: "{{name}}" }),
    reason: reason.project,
    twin: going({ project: "team-a-dev" }),
  },
  {
    name: "the project of one whose name begins alike",
    refused: going({ project: "team-ab" }),
    reason: reason.project,
    twin: going({ project: "team-a" }),
  },
  {
    name: "a server written out",
    refused: going({ destination: { server: "https://prod.example.com", namespace: "web" } }),
    reason: reason.destination,
    twin: going({ destination: { server: "{{ .server }}", namespace: "web" } }),
  },
  {
    name: "a cluster's name written out",
    refused: going({ destination: { name: "prod", namespace: "web" } }),
    reason: reason.destination,
    twin: going({ destination: { name: "{{name}}", namespace: "web" } }),
  },
];

/** A request about a Secret, as the API server tells a webhook of it. */
export interface SecretRequest {
  readonly operation: "CREATE" | "UPDATE" | "DELETE";
  readonly user: string;
  readonly type: string;
}

const reconciler = "system:serviceaccount:team-a-dev:reconciler";
const helm = "helm.sh/release.v1";

/** What the reconciler may not do with Secrets, and the request beside it that is fine. */
export const secretRequests: readonly { readonly refused: SecretRequest; readonly twins: readonly SecretRequest[] }[] =
  (["CREATE", "UPDATE", "DELETE"] as const).map((operation) => ({
    refused: { operation, user: reconciler, type: "Opaque" },
    twins: [
      { operation, user: reconciler, type: helm },
      { operation, user: "system:serviceaccount:external-secrets:external-secrets", type: "Opaque" },
      { operation, user: "system:serviceaccount:team-a-prod:reconciler", type: "Opaque" },
    ],
  }));

/** The message of a refused request about a Secret. */
export const secretReason = `the reconciler writes Secrets of type ${helm} only`;

/** The Secret of such a request. */
export const secretOf = ({ type }: SecretRequest): Manifest => ({
  apiVersion: "v1",
  kind: "Secret",
  type,
  metadata: { name: "tried", namespace: "team-a-dev" },
});
