import { createHash } from "node:crypto";

/** An answer of the registry, with its body read. */
export interface OciAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export const sha256 = (data: string | Buffer): string => `sha256:${createHash("sha256").update(data).digest("hex")}`;

export const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const configType = "application/vnd.oci.image.config.v1+json";
const layerType = "application/vnd.oci.image.layer.v1.tar";

interface Artifact {
  readonly config: Buffer;
  readonly configType: string;
  readonly layer: Buffer;
  readonly layerType: string;
}

/** A small client of the OCI distribution protocol: it asks, is sent for a token, and asks again, as docker does. */
export class OciClient {
  /** The status of the last token request; undefined when none was made. */
  tokenStatus: number | undefined;

  constructor(
    readonly url: string,
    private readonly credentials?: Credentials,
    /** With `basic` it sends name and password to the registry itself. */
    private readonly login: "token" | "basic" = "token",
  ) {}

  async request(
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string | Buffer } = {},
    moreScopes: readonly string[] = [],
  ): Promise<OciAnswer> {
    const direct = this.login === "basic" && this.credentials !== undefined;
    const first = await this.send(method, path, init, direct ? basic(this.credentials) : undefined);
    const challenge = first.headers.get("www-authenticate") ?? "";
    if (first.status !== 401 || direct || !challenge.startsWith("Bearer ")) return first;
    const token = await this.token(challenge, moreScopes);
    return token === undefined ? first : await this.send(method, path, init, `Bearer ${token}`);
  }

  /** Fetches the token that a challenge asks for. */
  async token(challenge: string, moreScopes: readonly string[] = []): Promise<string | undefined> {
    const field = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
    const url = new URL(field("realm"));
    url.searchParams.set("service", field("service"));
    for (const scope of [field("scope"), ...moreScopes]) if (scope !== "") url.searchParams.append("scope", scope);
    const headers = {
      connection: "close",
      ...(this.credentials === undefined ? {} : { authorization: basic(this.credentials) }),
    };
    const answer = await fetch(url, { headers });
    this.tokenStatus = answer.status;
    if (answer.status !== 200) return undefined;
    const body: unknown = await answer.json();
    return typeof body === "object" && body !== null && "token" in body ? String(body.token) : undefined;
  }

  /** Pushes a blob in one piece (POST, PUT), or in two (POST, PATCH, PUT). */
  async pushBlob(repository: string, data: Buffer, pieces: 1 | 2 = 1): Promise<OciAnswer> {
    const begun = await this.request("POST", `/v2/${repository}/blobs/uploads/`);
    if (begun.status !== 202) return begun;
    let location = begun.headers.get("location") ?? "";
    const headers = { "content-type": "application/octet-stream" };
    if (pieces === 2) {
      const patched = await this.request("PATCH", location, { headers, body: data });
      if (patched.status !== 202) return patched;
      location = patched.headers.get("location") ?? "";
    }
    const url = new URL(location, this.url);
    url.searchParams.set("digest", sha256(data));
    return this.request("PUT", url.pathname + url.search, { headers, body: pieces === 1 ? data : Buffer.alloc(0) });
  }

  /** Pushes an image of one layer; the first answer that is no success ends it. */
  pushImage(repository: string, tag: string, layer: Buffer): Promise<OciAnswer> {
    const config = Buffer.from(JSON.stringify({ architecture: "amd64", os: "linux", rootfs: { type: "layers" } }));
    return this.pushArtifact(repository, tag, { config, configType, layer, layerType });
  }

  /** Pushes a Helm chart as `helm push` does: the archive is the one layer, its Chart.yaml as JSON is the config. */
  pushChart(repository: string, tag: string, chart: object, archive: Buffer): Promise<OciAnswer> {
    return this.pushArtifact(repository, tag, {
      config: Buffer.from(JSON.stringify(chart)),
      configType: "application/vnd.cncf.helm.config.v1+json",
      layer: archive,
      layerType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
    });
  }

  private async pushArtifact(repository: string, tag: string, artifact: Artifact): Promise<OciAnswer> {
    const { config, layer } = artifact;
    for (const blob of [config, layer]) {
      const head = await this.request("HEAD", `/v2/${repository}/blobs/${sha256(blob)}`);
      if (head.status === 200) continue;
      const pushed = await this.pushBlob(repository, blob);
      if (pushed.status !== 201) return pushed;
    }
    const body = JSON.stringify({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: artifact.configType, digest: sha256(config), size: config.length },
      layers: [{ mediaType: artifact.layerType, digest: sha256(layer), size: layer.length }],
    });
    return this.request("PUT", `/v2/${repository}/manifests/${tag}`, {
      headers: { "content-type": manifestType },
      body,
    });
  }

  pullManifest(repository: string, reference: string): Promise<OciAnswer> {
    return this.request("GET", `/v2/${repository}/manifests/${reference}`, { headers: { accept: manifestType } });
  }

  pullBlob(repository: string, digest: string): Promise<OciAnswer> {
    return this.request("GET", `/v2/${repository}/blobs/${digest}`);
  }

  private async send(
    method: string,
    path: string,
    init: { headers?: Record<string, string>; body?: string | Buffer },
    authorization: string | undefined,
  ): Promise<OciAnswer> {
    const answer = await fetch(new URL(path, this.url), {
      method,
      // A kept connection would not outlive the stand-in's restart.
      headers: { connection: "close", ...init.headers, ...(authorization === undefined ? {} : { authorization }) },
      redirect: "manual",
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  }
}
