import { request, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

import { Refusal } from "./refusal";
import type { TokenAccess, Tokens } from "./token";

/** The registry behind the stand-in, for the stand-in's own requests. */
export class RegistryBackend {
  constructor(
    readonly url: string | undefined,
    readonly tokens: Tokens,
  ) {}

  /** Where the registry listens. */
  address(): URL {
    if (this.url === undefined) throw new Refusal(503, "UNAVAILABLE", "no registry stands behind this Harbor");
    return new URL(this.url);
  }

  /** The size of a blob the registry holds in this repository; undefined when it holds none. */
  async blobSize(repository: string, digest: string): Promise<number | undefined> {
    const { status, headers } = await this.call("HEAD", `/v2/${repository}/blobs/${digest}`, repository, ["pull"]);
    const size = Number(headers["content-length"]);
    return status === 200 && Number.isInteger(size) ? size : undefined;
  }

  /** Removes a manifest and all tags that point at it; one that is gone already is no mistake. */
  async deleteManifest(repository: string, digest: string): Promise<void> {
    const path = `/v2/${repository}/manifests/${digest}`;
    const { status } = await this.call("DELETE", path, repository, ["pull", "delete"]);
    if (status !== 202 && status !== 404) throw new Error(`DELETE ${path}: status ${String(status)}`);
  }

  /** Removes one tag and leaves its manifest. */
  async deleteTag(repository: string, tag: string): Promise<void> {
    await this.deleteManifest(repository, tag);
  }

  private async call(
    method: string,
    path: string,
    repository: string,
    actions: readonly string[],
  ): Promise<{ status: number; headers: IncomingHttpHeaders }> {
    const access: TokenAccess = { type: "repository", name: repository, actions };
    const { token } = this.tokens.mint("harbor-core", [access], 60);
    const url = new URL(path, this.address());
    const incoming = await new Promise<IncomingMessage>((resolve, reject) => {
      request(url, { method, headers: { authorization: `Bearer ${token}` } }, resolve)
        .once("error", reject)
        .end();
    });
    incoming.resume();
    return { status: incoming.statusCode ?? 0, headers: incoming.headers };
  }
}
