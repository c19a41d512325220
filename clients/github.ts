import { JsonServer, JsonStatusError, type JsonObject } from "./json";

/** A small client of GitHub's REST API; paths are without a leading slash: `repos/acme/estate/pulls`. */
export class GitHubClient {
  private readonly server: JsonServer;

  /** `url` as GITHUB_API_URL says it: `https://api.github.com`, or `https://<host>/api/v3`. */
  constructor(
    readonly url: string,
    token: string,
  ) {
    this.server = new JsonServer(url, {
      authorization: `Bearer ${token}`,
      accept: "application/vnd.github+json",
      "x-github-api-version": "2022-11-28",
      // A request without one is refused.
      "user-agent": "estate",
    });
  }

  /** `undefined` when there is nothing at the path, or nothing that this token may see (404). */
  async read(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.server.object("GET", path);
    } catch (error) {
      if (error instanceof JsonStatusError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** What was made or changed; empty when GitHub tells nothing of it. */
  write(method: "POST" | "PATCH" | "PUT" | "DELETE", path: string, body?: unknown): Promise<JsonObject> {
    return this.server.object(method, path, body);
  }

  /** All of a list's pages. */
  list(path: string): Promise<readonly JsonObject[]> {
    return this.server.list(path, "per_page");
  }

  /** Closes the kept connections. */
  close(): void {
    this.server.close();
  }
}
