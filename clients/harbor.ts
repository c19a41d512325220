import { JsonServer, type JsonAnswer, type JsonObject } from "./json";

/** A small client of Harbor's API over plain JSON; paths are without the leading `/api/v2.0/`. */
export class HarborClient {
  private readonly server: JsonServer;

  constructor(
    readonly url: string,
    { username, password }: { readonly username: string; readonly password: string },
  ) {
    const login = Buffer.from(`${username}:${password}`).toString("base64");
    this.server = new JsonServer(url, { authorization: `Basic ${login}` });
  }

  /** The answer, whatever it is: only a connection that fails throws. */
  request(method: string, path: string, body?: unknown): Promise<JsonAnswer> {
    return this.server.request(method, `api/v2.0/${path}`, body);
  }

  /** All of a list's pages. */
  list(path: string): Promise<readonly JsonObject[]> {
    return this.server.list(`api/v2.0/${path}`, "page_size");
  }

  /** Closes the kept connections. */
  close(): void {
    this.server.close();
  }
}
