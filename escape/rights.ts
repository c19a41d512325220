import { isRecord, KubernetesStatusError, type KubernetesClient } from "@estate/clients";
import type { Person } from "./guarded-cluster";
import { inParallel } from "./parallel";

/** A kind, or a subresource of one, as the API server serves it. */
export interface Served {
  readonly group: string;
  readonly version: string;
  /** `pods`, `pods/exec`. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** What RBAC knows besides a subresource's few: the verbs of the API, which all kinds have. */
export const verbs = ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"] as const;
const subresourceVerbs = ["get", "create", "update", "patch"] as const;
type Verb = (typeof verbs)[number];

const records = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);
const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

/** Everything that the API server serves, in one version each: RBAC does not look at versions. */
export async function servedKinds(client: KubernetesClient): Promise<Served[]> {
  const groups = records(((await client.call("GET", "/apis")) as Record<string, unknown>)["groups"]);
  const versions = [
    { group: "", version: "v1" },
    ...groups.flatMap(({ name, versions: all }) =>
      records(all).map(({ version }) => ({ group: String(name), version: String(version) })),
    ),
  ];
  const lists = await inParallel(versions, async ({ group, version }) => {
    const path = group === "" ? "/api/v1" : `/apis/${group}/${version}`;
    const { resources } = (await client.call("GET", path)) as { readonly resources: unknown };
    return records(resources).map(({ name, namespaced }) => ({
      group,
      version,
      resource: String(name),
      namespaced: namespaced === true,
    }));
  });
  const seen = new Map<string, Served>();
  for (const served of lists.flat()) {
    const key = `${served.group}/${served.resource}`;
    if (!seen.has(key)) seen.set(key, served);
  }
  return [...seen.values()];
}

const matches = (list: readonly string[], value: string): boolean => list.includes("*") || list.includes(value);
const covers = (resources: readonly string[], resource: string): boolean =>
  matches(resources, resource) || (resource.includes("/") && resources.includes(`*/${resource.split("/")[1] ?? ""}`));

/** `get pods.core`: one verb on one kind. */
const line = (verb: string, { group, resource }: Served): string =>
  `${verb} ${resource}.${group === "" ? "core" : group}`;

/** What somebody may do in a namespace, by the API server's own word: each verb on each kind that is served. */
export async function rightsOf(
  client: KubernetesClient,
  person: Person,
  namespace: string,
  served: readonly Served[],
): Promise<ReadonlySet<string>> {
  const review = await client.call("POST", "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", {
    impersonate: person,
    body: { apiVersion: "authorization.k8s.io/v1", kind: "SelfSubjectRulesReview", spec: { namespace } },
  });
  const status = isRecord(review) && isRecord(review["status"]) ? review["status"] : {};
  const rules = records(status["resourceRules"]).map((rule) => ({
    groups: texts(rule["apiGroups"]),
    resources: texts(rule["resources"]),
    names: texts(rule["resourceNames"]),
    verbs: texts(rule["verbs"]),
  }));
  const lines = rules.flatMap((rule) =>
    served
      .filter(({ group, resource }) => matches(rule.groups, group) && covers(rule.resources, resource))
      .flatMap((kind) =>
        (matches(rule.verbs, "") ? verbs : rule.verbs).map(
          (verb) => line(verb, kind) + (rule.names.length === 0 ? "" : ` named ${rule.names.join(", ")}`),
        ),
      ),
  );
  return new Set(lines);
}

const methods: Readonly<Record<Verb, { readonly method: string; readonly one: boolean }>> = {
  get: { method: "GET", one: true },
  list: { method: "GET", one: false },
  watch: { method: "GET", one: false },
  create: { method: "POST", one: false },
  update: { method: "PUT", one: true },
  patch: { method: "PATCH", one: true },
  delete: { method: "DELETE", one: true },
  deletecollection: { method: "DELETE", one: false },
};

/** One request that must end at RBAC: a verb on a kind in a namespace, or outside of all. */
export interface Ask {
  readonly verb: Verb;
  readonly kind: Served;
  readonly namespace?: string;
}

/** What the API server says to a request; nothing is written, whatever it says. */
export async function answerTo(client: KubernetesClient, person: Person | undefined, { verb, kind, namespace }: Ask) {
  const [resource = "", subresource] = kind.resource.split("/");
  const { method, one } = methods[verb];
  const path = [
    kind.group === "" ? "/api/v1" : `/apis/${kind.group}/${kind.version}`,
    ...(namespace === undefined ? [] : ["namespaces", namespace]),
    resource,
    ...(one || subresource !== undefined ? ["tried"] : []),
    ...(subresource === undefined ? [] : [subresource]),
  ].join("/");
  const answer = await client.request(method, path, {
    ...(person === undefined ? {} : { impersonate: person }),
    query: {
      ...(method === "GET" ? {} : { dryRun: "All" }),
      ...(verb === "watch" ? { watch: "true", timeoutSeconds: 1 } : {}),
    },
    ...(method === "GET" || method === "DELETE" ? {} : { body: {} }),
    ...(verb === "patch" ? { contentType: "application/merge-patch+json" } : {}),
  });
  const message = answer.status < 400 ? "" : KubernetesStatusError.from(answer.status, answer.body).message;
  return { status: answer.status, message };
}

/** What came of a sweep. */
export interface Sweep {
  readonly asked: number;
  /** What was not refused, or not by RBAC with this very verb and kind. */
  readonly faults: readonly string[];
}

/**
 * Asks for everything that somebody has no right to, each verb on each kind, by the request itself: 403, and RBAC's own
 * reason. `allowed` is what they may.
 */
export async function sweep(
  client: KubernetesClient,
  person: Person,
  served: readonly Served[],
  allowed: ReadonlySet<string>,
  namespace?: string,
): Promise<Sweep> {
  const kinds = served.filter(({ namespaced }) => namespaced === (namespace !== undefined));
  const asks = kinds.flatMap((kind): Ask[] =>
    (kind.resource.includes("/") ? subresourceVerbs : verbs)
      .filter((verb) => !allowed.has(line(verb, kind)))
      .map((verb) => ({ verb, kind, ...(namespace === undefined ? {} : { namespace }) })),
  );
  const answers = await inParallel(asks, async (ask) => {
    const { status, message } = await answerTo(client, person, ask);
    const reason = `cannot ${ask.verb} resource "${ask.kind.resource}"`;
    return status === 403 && message.includes(reason)
      ? []
      : [`${person.user} in ${namespace ?? "no namespace"}: ${line(ask.verb, ask.kind)}: ${String(status)} ${message}`];
  });
  return { asked: asks.length, faults: answers.flat() };
}

/** Rights as a table: one line for each kind, with its verbs; without those that everybody has who is logged in. */
export function table(rights: ReadonlySet<string>, everybodys: ReadonlySet<string> = new Set()): string[] {
  const kinds = new Map<string, string[]>();
  for (const right of [...rights].filter((one) => !everybodys.has(one)).sort()) {
    const [verb = "", ...kind] = right.split(" ");
    const name = kind.join(" ");
    kinds.set(name, [...(kinds.get(name) ?? []), verb]);
  }
  return [...kinds]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, all]) => `${kind}: ${[...new Set(all)].join(" ")}`);
}
