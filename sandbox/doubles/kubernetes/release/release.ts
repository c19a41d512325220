import { KubernetesStatusError, type KubernetesClient, type Manifest } from "@estate/clients";
import type {
  CheckRequest,
  CheckResult,
  CreateRequest,
  CreateResult,
  DeleteRequest,
  DiffRequest,
  DiffResult,
  ReadRequest,
  ReadResult,
  UpdateRequest,
  UpdateResult,
} from "../../framework/plugin";
import {
  isMap,
  reveal,
  secret,
  toJson,
  UNKNOWN,
  unwrap,
  type BareMap,
  type JsonMap,
  type PropertyMap,
} from "../../framework/value";
import { dropNulls, fromManifest, numberAt, parseId, textAt } from "../fields";
import { annotateSecrets } from "../secrecy";
import type { Session } from "../session";
import { definitionsOf, install } from "./definitions";
import { changedInputs, checkRelease, componentOf } from "./inputs";
import { fromRecord, toRecord, type Revision } from "./record";

/** What a release cannot change in place. */
const PLACE: ReadonlySet<string> = new Set(["name", "namespace"]);

/**
 * The double of `kubernetes:helm.sh/v3:Release`. No chart is downloaded: behind a closed network there is none. What a
 * chart brings and can be had, its component's CRDs, is installed for real, and the release is recorded as Helm does.
 * The rest of a chart's contents (Deployments, webhooks, roles) is not simulated.
 */
export class Release {
  constructor(
    private readonly session: Session,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  check(request: CheckRequest): Promise<CheckResult> {
    return Promise.resolve(checkRelease(request, this.session.cluster.namespace));
  }

  /** Name and namespace replace, and the new release is made before the old one goes. */
  diff(request: DiffRequest): DiffResult {
    const old = oldInputs(request.olds, request.oldInputs);
    const ignored = new Set(request.ignoreChanges.map((path) => path.split(/[.[]/)[0]));
    const changed = changedInputs(old, dropNulls(reveal(request.news))).filter((key) => !ignored.has(key));
    const replaces = changed.filter((key) => PLACE.has(key));
    const detailed = changed.map((key) => {
      const kind = request.news[key] === undefined ? "delete" : old[key] === undefined ? "add" : "update";
      return [key, { kind: replaces.includes(key) ? (`${kind}-replace` as const) : kind, inputDiff: true }] as const;
    });
    return {
      changes: changed.length > 0,
      replaces,
      deleteBeforeReplace: false,
      diffs: changed,
      detailed: Object.fromEntries(detailed),
    };
  }

  async create({ urn, properties, preview }: CreateRequest): Promise<CreateResult> {
    if (preview) return { id: "", properties: planned(properties) };
    const client = this.session.cluster.require();
    const inputs = toJson(properties);
    const { name, namespace } = placeOf(inputs);
    if ((await revisions(client, namespace, name)).length > 0) {
      throw new Error("cannot re-use a name that is still in use");
    }
    if (inputs["createNamespace"] === true) await createNamespace(client, namespace);
    const revision = await this.deploy(client, urn, inputs, undefined);
    return { id: `${namespace}/${name}`, properties: state(properties, revision) };
  }

  async read({ id, properties, inputs }: ReadRequest): Promise<ReadResult> {
    const client = this.session.cluster.client;
    if (client === undefined) return this.readUnreachable(id, properties, inputs);
    const { namespace = this.session.cluster.namespace, name } = parseId(id);
    const latest = (await revisions(client, namespace, name)).at(-1);
    if (latest === undefined) return { id: "", properties: {}, inputs: {} };
    const known = Object.keys(inputs).length > 0 ? inputs : importable(latest);
    return { id: `${namespace}/${name}`, properties: state(known, latest), inputs: known };
  }

  async update({ urn, news, olds, preview }: UpdateRequest): Promise<UpdateResult> {
    if (preview) return { properties: planned(news) };
    const client = this.session.cluster.require();
    const inputs = toJson(news);
    const { name, namespace } = placeOf(inputs);
    const latest = (await revisions(client, namespace, name)).at(-1);
    if (latest === undefined) {
      const last = numberAt(reveal(olds), "status", "revision") ?? 0;
      throw new Error(`"${name}" has no deployed releases (revision ${last} is gone from namespace ${namespace})`);
    }
    return { properties: state(news, await this.deploy(client, urn, inputs, latest)) };
  }

  /** The record goes; CRDs stay, as charts with a keep policy leave them. */
  async delete({ id }: DeleteRequest): Promise<void> {
    const { client, unreachable } = this.session.cluster;
    if (client === undefined) {
      throw new Error(`can't delete Helm Release with unreachable cluster. Reason: ${JSON.stringify(unreachable)}`);
    }
    const { namespace = this.session.cluster.namespace, name } = parseId(id);
    for (const revision of await revisions(client, namespace, name)) {
      await client.delete(toRecord(revision)).catch(unlessGone);
    }
  }

  private async deploy(
    client: KubernetesClient,
    urn: string,
    inputs: JsonMap,
    previous: Revision | undefined,
  ): Promise<Revision> {
    const { name, namespace } = placeOf(inputs);
    const address = textAt(inputs, "chart") ?? "";
    const chart = componentOf(address);
    const version = textAt(inputs, "version");
    const found = definitionsOf(address, this.env);
    const objects = inputs["skipCrds"] === true ? [] : (found ?? []);
    const { engine, signal } = this.session;
    if (found === undefined) {
      await engine.log("warning", `chart ${chart}: its contents cannot be had here; the release is only recorded`, urn);
    } else {
      const what = `chart ${chart}: ${objects.length} CRDs installed`;
      await engine.log("info", `${what}; its other contents are not simulated by this double`, urn);
    }
    await install({ client, signal }, objects, (numberAt(inputs, "timeout") ?? 300) * 1_000);
    const now = new Date().toISOString();
    const values = inputs["values"];
    const revision: Revision = {
      name,
      namespace,
      revision: (previous?.revision ?? 0) + 1,
      status: "deployed",
      chart,
      version: version ?? "0.0.0",
      values: isMap(values) ? values : {},
      manifest: objects.map((object) => `---\n# ${object.kind}/${object.metadata.name ?? ""}\n`).join(""),
      description: textAt(inputs, "description") ?? (previous === undefined ? "Install complete" : "Upgrade complete"),
      firstDeployed: previous?.firstDeployed ?? now,
      lastDeployed: now,
    };
    await client.create(toRecord(revision), { fieldManager: "Helm" });
    if (previous !== undefined) {
      await client.apply(toRecord({ ...previous, status: "superseded" }), { fieldManager: "Helm", force: true });
    }
    return revision;
  }

  private readUnreachable(id: string, properties: PropertyMap, inputs: PropertyMap): ReadResult {
    const { settings, cluster } = this.session;
    if (settings.deleteUnreachable) return { id: "", properties: {}, inputs: {} };
    if (settings.skipUpdateUnreachable) return { id, properties, inputs };
    throw new Error(`failed to read resource state due to unreachable cluster: ${cluster.unreachable}`);
  }
}

function placeOf(inputs: JsonMap): { readonly name: string; readonly namespace: string } {
  const name = textAt(inputs, "name");
  const namespace = textAt(inputs, "namespace");
  if (name === undefined || namespace === undefined) throw new Error("a Release needs a name and a namespace");
  return { name, namespace };
}

async function revisions(client: KubernetesClient, namespace: string, name: string): Promise<readonly Revision[]> {
  const list = await client.list("v1", "Secret", { namespace, labelSelector: `owner=helm,name=${name}` });
  return list.items
    .map((item) => fromRecord(fromManifest(item)))
    .filter((revision) => revision !== undefined)
    .sort((left, right) => left.revision - right.revision);
}

async function createNamespace(client: KubernetesClient, name: string): Promise<void> {
  const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: { name } } };
  try {
    await client.create(namespace, { fieldManager: "helm" });
  } catch (error) {
    if (!(error instanceof KubernetesStatusError && error.reason === "AlreadyExists")) throw error;
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof KubernetesStatusError && error.status === 404)) throw error;
}

/** Nothing is installed in a preview, so what only an installation knows is unknown. */
function planned(inputs: PropertyMap): PropertyMap {
  return { ...inputs, status: UNKNOWN, resourceNames: UNKNOWN, __inputs: secret(inputs) };
}

/** The state of a release: its inputs, and what Helm would say of it. */
function state(inputs: PropertyMap, revision: Revision): PropertyMap {
  const names = [...revision.manifest.matchAll(/^# CustomResourceDefinition\/(.+)$/gm)].map(([, name = ""]) => name);
  const outputs: PropertyMap = {
    ...inputs,
    version: revision.version,
    resourceNames:
      names.length === 0 ? {} : { "CustomResourceDefinition.apiextensions.k8s.io/apiextensions.k8s.io/v1": names },
    status: {
      appVersion: revision.version,
      chart: revision.chart,
      name: revision.name,
      namespace: revision.namespace,
      revision: revision.revision,
      status: revision.status,
      version: revision.version,
    },
  };
  // The values of a chart may hold secrets that nobody marked: the real plugin hides the inputs as a whole.
  return { ...annotateSecrets(outputs, inputs), __inputs: secret(inputs) };
}

function oldInputs(olds: PropertyMap, sent: PropertyMap): BareMap {
  const held = olds["__inputs"];
  const inputs = held === undefined ? sent : unwrap(held);
  return dropNulls(reveal(isMap(inputs) ? inputs : sent));
}

function importable({ chart, name, namespace, version, values }: Revision): PropertyMap {
  return { chart, name, namespace, version, values };
}
