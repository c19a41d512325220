import type * as http from "node:http";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { send } from "./http";
import type { JsonAnswer } from "./json";
import { loadKubeconfig, type KubeconfigSource } from "./kubeconfig";
import { KubernetesStatusError } from "./kubernetes-errors";
import { KubernetesLogin } from "./kubernetes-login";
import { isManifest, isRecord, type KubernetesList, type Manifest } from "./manifest";
import { apiRoot, RestMapper, type RestMapping } from "./rest-mapping";

// The library's object API is not used: its typed ObjectSerializer drops every field its generated models do not know, which
// loses parts of custom resources without a word. Here JSON goes in and JSON comes out; the library only reads the kubeconfig.

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** What a raw request may carry. */
export interface KubernetesRequest {
  readonly query?: Query;
  /** A string is sent as it is, anything else as JSON. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly impersonate?: { readonly user: string; readonly groups?: readonly string[] };
  /** Speaks as the bearer of this token; the kubeconfig's own credentials (its client certificate too) are left out. */
  readonly token?: string;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What the API server said. */
export interface KubernetesAnswer extends JsonAnswer {
  /** What it warned of: deprecated kinds, Pod Security and policies that warn. */
  readonly warnings: readonly string[];
}

/** Names one object. */
export interface ObjectRef {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name?: string; readonly namespace?: string };
}

/** What every write may say; `dryRun` asks the server for the answer without the deed. */
export interface WriteOptions extends Pick<KubernetesRequest, "impersonate" | "token" | "timeoutMs" | "signal"> {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: "Ignore" | "Warn" | "Strict";
}

/** Server-side apply. */
export interface ApplyOptions extends WriteOptions {
  readonly fieldManager: string;
  readonly force?: boolean;
}

/** Narrows a list. */
export interface ListOptions extends Pick<KubernetesRequest, "impersonate" | "token" | "timeoutMs"> {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** A small Kubernetes client over plain JSON. */
export class KubernetesClient {
  readonly server: URL;
  readonly context: string;
  /** The namespace of the kubeconfig's context. */
  readonly namespace: string | undefined;
  private readonly mapper: RestMapper;
  private readonly login: KubernetesLogin;

  private constructor(config: KubeConfig) {
    const cluster = config.getCurrentCluster();
    if (cluster === null) throw new Error("the kubeconfig's context names no cluster");
    this.server = new URL(cluster.server);
    this.context = config.getCurrentContext();
    this.namespace = config.getContextObject(this.context)?.namespace;
    this.login = new KubernetesLogin(config, this.server);
    this.mapper = new RestMapper((path) => this.call("GET", path));
  }

  static fromKubeconfig(source: KubeconfigSource): KubernetesClient {
    return new KubernetesClient(loadKubeconfig(source));
  }

  /** The answer, whatever it is: only a connection that fails throws. */
  async request(method: string, path: string, options: KubernetesRequest = {}): Promise<KubernetesAnswer> {
    const url = new URL(this.server.href.replace(/\/$/, "") + path);
    for (const [key, value] of Object.entries(options.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const admission = await this.login.admission(options.token);
    const headers: http.OutgoingHttpHeaders = { accept: "application/json", ...admission.headers };
    if (options.impersonate !== undefined) {
      headers["impersonate-user"] = options.impersonate.user;
      if (options.impersonate.groups !== undefined) headers["impersonate-group"] = [...options.impersonate.groups];
    }
    const { body } = options;
    if (body !== undefined) headers["content-type"] = options.contentType ?? "application/json";
    const answer = await send({
      method,
      url,
      headers,
      agent: admission.agent,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const { status, date, warnings } = answer;
    return { status, body: parseBody(answer.text), warnings, ...(date === undefined ? {} : { date }) };
  }

  /** Like `request`, but a refusal throws a {@link KubernetesStatusError}. */
  async call(method: string, path: string, options: KubernetesRequest = {}): Promise<unknown> {
    const { status, body } = await this.request(method, path, options);
    if (status >= 400) throw KubernetesStatusError.from(status, body);
    return body;
  }

  /** How a kind is addressed on this cluster; throws `NoMatchError` when it is not served. */
  mapping(apiVersion: string, kind: string): Promise<RestMapping> {
    return this.mapper.mapping(apiVersion, kind);
  }

  /** Forgets what discovery said of a group and version. */
  forgetMapping(apiVersion: string): void {
    this.mapper.forget(apiVersion);
  }

  /** The path of one object, or of its collection when it has no name. */
  async pathOf(ref: ObjectRef, subresource?: string): Promise<string> {
    const mapping = await this.mapping(ref.apiVersion, ref.kind);
    const { name, namespace } = ref.metadata;
    const parts = [apiRoot(ref.apiVersion)];
    if (mapping.namespaced && namespace !== undefined) parts.push("namespaces", encodeURIComponent(namespace));
    parts.push(mapping.resource);
    if (name !== undefined) parts.push(encodeURIComponent(name));
    if (subresource !== undefined) parts.push(subresource);
    return parts.join("/");
  }

  async get(ref: ObjectRef, options: KubernetesRequest = {}): Promise<Manifest> {
    return toManifest(await this.call("GET", await this.pathOf(ref), options));
  }

  /** Like `get`, but an object that is not there (404) is `undefined`. */
  async find(ref: ObjectRef, options: KubernetesRequest = {}): Promise<Manifest | undefined> {
    try {
      return await this.get(ref, options);
    } catch (error) {
      if (error instanceof KubernetesStatusError && error.status === 404) return undefined;
      throw error;
    }
  }

  async list(apiVersion: string, kind: string, options: ListOptions = {}): Promise<KubernetesList> {
    const { namespace, labelSelector, fieldSelector, ...rest } = options;
    const path = await this.pathOf({ apiVersion, kind, metadata: namespace === undefined ? {} : { namespace } });
    const body = await this.call("GET", path, { ...rest, query: { labelSelector, fieldSelector } });
    const items = isRecord(body) && Array.isArray(body["items"]) ? body["items"].filter(isRecord) : [];
    const metadata = isRecord(body) && isRecord(body["metadata"]) ? body["metadata"] : {};
    // The items of a typed list come without apiVersion and kind.
    return { metadata, items: items.map((item) => toManifest({ apiVersion, kind, ...item })) };
  }

  async create(manifest: Manifest, options: WriteOptions = {}): Promise<Manifest> {
    const { namespace } = manifest.metadata;
    const path = await this.pathOf({ ...manifest, metadata: namespace === undefined ? {} : { namespace } });
    return toManifest(await this.call("POST", path, { ...carried(options), query: query(options), body: manifest }));
  }

  async replace(manifest: Manifest, options: WriteOptions = {}): Promise<Manifest> {
    const path = await this.pathOf(manifest);
    return toManifest(await this.call("PUT", path, { ...carried(options), query: query(options), body: manifest }));
  }

  async delete(
    ref: ObjectRef,
    options: WriteOptions & {
      readonly propagationPolicy?: "Foreground" | "Background" | "Orphan";
      readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
    } = {},
  ): Promise<unknown> {
    const { propagationPolicy, preconditions, ...write } = options;
    const body = { apiVersion: "v1", kind: "DeleteOptions", propagationPolicy, preconditions };
    return this.call("DELETE", await this.pathOf(ref), { ...carried(write), query: query(write), body });
  }

  /** A merge patch unless `type` says otherwise. */
  async patch(
    ref: ObjectRef,
    patch: unknown,
    options: WriteOptions & { readonly type?: "merge" | "strategic" | "json"; readonly subresource?: string } = {},
  ): Promise<Manifest> {
    const { type = "merge", subresource, ...write } = options;
    const contentType =
      { merge: "merge-patch", strategic: "strategic-merge-patch", json: "json-patch" }[type] + "+json";
    const path = await this.pathOf(ref, subresource);
    const sent = { ...carried(write), query: query(write), body: patch, contentType: `application/${contentType}` };
    return toManifest(await this.call("PATCH", path, sent));
  }

  /** Server-side apply. */
  async apply(manifest: Manifest, options: ApplyOptions): Promise<Manifest> {
    const { force, ...write } = options;
    const body = await this.call("PATCH", await this.pathOf(manifest), {
      ...carried(write),
      query: { ...query(write), force },
      body: manifest,
      contentType: "application/apply-patch+yaml",
    });
    return toManifest(body);
  }

  /** A bound token of a ServiceAccount, from the API server's own signing key. */
  async tokenRequest(
    namespace: string,
    serviceAccount: string,
    audiences: readonly string[] = [],
    seconds?: number,
  ): Promise<string> {
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/serviceaccounts/${encodeURIComponent(serviceAccount)}/token`;
    const spec = { ...(audiences.length === 0 ? {} : { audiences }), expirationSeconds: seconds };
    const body = { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec };
    const answer = await this.call("POST", path, { body });
    const status = isRecord(answer) ? answer["status"] : undefined;
    const token = isRecord(status) ? status["token"] : undefined;
    if (typeof token !== "string") throw new Error("the TokenRequest was answered without a token");
    return token;
  }

  /** Closes the kept connections. */
  close(): void {
    this.login.close();
  }
}

function carried(options: WriteOptions): KubernetesRequest {
  const { impersonate, token, timeoutMs, signal } = options;
  return {
    ...(impersonate === undefined ? {} : { impersonate }),
    ...(token === undefined ? {} : { token }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
  };
}

function query(options: WriteOptions): Query {
  return {
    dryRun: options.dryRun === true ? "All" : undefined,
    fieldManager: options.fieldManager,
    fieldValidation: options.fieldValidation,
  };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // /healthz, /metrics, logs, and whatever a proxy says.
    return text;
  }
}

function toManifest(body: unknown): Manifest {
  if (!isManifest(body)) throw new Error("the API server answered with something that is no Kubernetes object");
  return body;
}
