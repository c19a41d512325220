import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { commonEnvironment } from "./repository";

/** A request that somebody sent. */
export interface Asked {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly authorization: string;
  readonly body: string;
}

/** An answer: JSON unless it is text or bytes. */
interface Answer {
  readonly status?: number;
  readonly body?: string | Buffer | object;
}

/** The identity that a platform's controller has on a cloud by where it runs. Nothing is opened by it. */
const ambient = { AccessKeyId: "AKIAPLATFORMSOWN0000", SecretAccessKey: "not-a-secret", Token: "not-a-token" };

/** By this a request shows that it was signed with the platform's own identity. */
export const ambientKey = ambient.AccessKeyId;

/**
 * What is outside of the cluster, on one port of this machine: sources' artifacts, a registry, a bucket, a repository, a
 * transit key, an endpoint for events, and the clouds' endpoints at which a pod gets the identity of where it runs. As a
 * proxy it stands for registries that want a login. All that is asked is written down.
 */
export class Outside {
  readonly asked: Asked[] = [];
  private readonly files = new Map<string, string | Buffer>();
  /** Data keys by the name of the transit key that opens them. */
  private readonly keys = new Map<string, Buffer>();

  private constructor(
    private readonly server: Server,
    private readonly repository: string,
  ) {}

  /** Listens on a free port; `repository` is a bare one, and is read by Git's own program. */
  static async start(repository: string): Promise<Outside> {
    const server = createServer();
    const outside = new Outside(server, repository);
    server.on("request", (request, response) => void outside.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return outside;
  }

  get host(): string {
    return `127.0.0.1:${String((this.server.address() as AddressInfo).port)}`;
  }

  get address(): string {
    return `http://${this.host}`;
  }

  async end(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Serves a file, and gives its address. */
  serve(path: string, content: string | Buffer): string {
    this.files.set(path, content);
    return `${this.address}${path}`;
  }

  /** Serves an archive, and gives what a source's status says of it. */
  artifact(name: string, archive: Buffer, version: string): object {
    const path = `/artifacts/${name}.tar.gz`;
    const digest = `sha256:${createHash("sha256").update(archive).digest("hex")}`;
    const lastUpdateTime = new Date().toISOString();
    return { path, url: this.serve(path, archive), revision: `${version}@${digest}`, digest, lastUpdateTime };
  }

  /** Keeps a data key, as a transit engine of Vault does. */
  keep(name: string, key: Buffer): void {
    this.keys.set(name, key);
  }

  /** The first request whose path begins so and that fits; undefined when there was none. */
  seen(path: string, fits: (asked: Asked) => boolean = () => true): Asked | undefined {
    return this.asked.find((asked) => asked.path.startsWith(path) && fits(asked));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = "", headers } = request;
    // Whoever takes this for a proxy sends the whole address.
    const { pathname, search } = new URL(request.url ?? "/", this.address);
    const path = pathname + search;
    const body = Buffer.concat(chunks);
    this.asked.push({ method, path, authorization: headers.authorization ?? "", body: body.toString("utf8") });
    const repository = /^\/git\/[^/]+\.git\/(info\/refs\?service=git-upload-pack|git-upload-pack)$/.exec(path)?.[1];
    if (repository !== undefined) {
      this.fetch(repository, body, response, headers["content-encoding"]);
      return;
    }
    if (headers.host !== this.host) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="somebody else\'s registry"' }).end();
      return;
    }
    const { status = 200, body: said = "" } = this.said(method, path);
    if (typeof said === "string" || Buffer.isBuffer(said))
      response.writeHead(status).end(method === "HEAD" ? "" : said);
    else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(said));
  }

  private said(method: string, path: string): Answer {
    const file = this.files.get(path.replace(/\?.*/, ""));
    if (file !== undefined) return { body: file };
    const [, room = "", name = ""] = path.replace(/\?.*/, "").split("/");
    switch (room) {
      // A registry: its greeting, and the tags of every repository.
      case "v2":
        return { body: name === "" ? {} : { name, tags: ["1.0.0", "9.9.9"] } };
      // An empty bucket.
      case "bucket":
        if (path.includes("/.sourceignore")) return { status: 404 };
        return { body: "<ListBucketResult><Name>bucket</Name><IsTruncated>false</IsTruncated></ListBucketResult>" };
      // A key of Vault's transit engine: /v1/transit/decrypt/<key>.
      case "v1": {
        const key = this.keys.get(path.split("/").pop() ?? "");
        return key === undefined
          ? { status: 403, body: { errors: ["permission denied"] } }
          : { body: { data: { plaintext: key.toString("base64") } } };
      }
      // Where a pod is told who it is. Only the one that cannot take it outside of this machine is given something.
      case "identity":
        return name.startsWith("source-controller")
          ? { body: { ...ambient, Expiration: new Date(Date.now() + 3_600_000).toISOString() } }
          : { status: 403, body: { code: "Refused", message: "it is enough to have been asked" } };
      case "events":
        return {};
      default:
        return { status: 404, body: `${method} ${path} is not here` };
    }
  }

  /** Git's smart HTTP, for reading. */
  private fetch(what: string, body: Buffer, response: ServerResponse, encoding: string | undefined): void {
    const advertise = what.startsWith("info/refs");
    if (encoding !== undefined) {
      response.writeHead(415).end("only plain bodies");
      return;
    }
    const kind = advertise ? "advertisement" : "result";
    response.writeHead(200, { "content-type": `application/x-git-upload-pack-${kind}` });
    if (advertise) response.write("001e# service=git-upload-pack\n0000");
    const args = ["upload-pack", "--stateless-rpc", ...(advertise ? ["--advertise-refs"] : []), this.repository];
    const git = spawn("git", args, { stdio: ["pipe", "pipe", "ignore"], env: commonEnvironment(this.repository) });
    git.on("error", () => response.destroy());
    git.stdin.on("error", () => undefined);
    git.stdout.pipe(response);
    git.stdin.end(body);
  }
}
