import { JsonServer, JsonStatusError, type JsonAnswer, type JsonObject } from "./json";

/** A small GitLab client over plain JSON; paths are without the leading `/api/v4/`. */
export class GitLabClient {
  private readonly server: JsonServer;

  constructor(
    readonly url: string,
    token: string,
  ) {
    this.server = new JsonServer(url, { authorization: `Bearer ${token}` });
  }

  /** The answer, whatever it is: only a connection that fails throws. */
  request(method: string, path: string, body?: unknown): Promise<JsonAnswer> {
    return this.server.request(method, `api/v4/${path}`, body);
  }

  /** `undefined` when there is nothing at the path, or nothing that this token may see (404). */
  async read(path: string): Promise<JsonObject | undefined> {
    try {
      return await this.server.object("GET", `api/v4/${path}`);
    } catch (error) {
      if (error instanceof JsonStatusError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** What was made or changed; empty when GitLab tells nothing of it. */
  write(method: "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<JsonObject> {
    return this.server.object(method, `api/v4/${path}`, body);
  }

  /** All of a list's pages. */
  list(path: string): Promise<readonly JsonObject[]> {
    return this.server.list(`api/v4/${path}`, "per_page");
  }

  /** Closes the kept connections. */
  close(): void {
    this.server.close();
  }
}
