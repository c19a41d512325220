import { isList, isMap, type Json, type JsonMap } from "../framework/value";

/** An answer that the real client does not take. */
export class HarborError extends Error {
  override readonly name = "HarborError";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Where the server is, and as whom. */
export interface ApiOptions {
  /** Ends with `/api/v2.0`. */
  readonly base: string;
  readonly sessionId: string | undefined;
  readonly bearerToken: string | undefined;
  readonly username: string;
  readonly password: string;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What was asked: path after the base, body, and the one status that is taken. */
interface Ask {
  readonly path: string;
  readonly body?: JsonMap;
  readonly status: number;
}

/** What came back. */
interface Answer {
  readonly body: Json;
  readonly location: string | null;
}

/** How many projects' quotas, repositories and rules are asked for at once. */
const PAGE_SIZE = 15;

/**
 * Harbor's API as the provider's client speaks it: one status is right for each method, to the digit, and the id of what
 * was made is in the `Location` header.
 */
export class HarborApi {
  #csrf: Readonly<Record<string, string>> = {};

  constructor(readonly options: ApiOptions) {}

  async get(path: string): Promise<JsonMap> {
    const { body } = await this.#send("GET", { path, status: 200 });
    return isMap(body) ? body : {};
  }

  /** What is at a path; undefined if there is nothing. */
  async find(path: string): Promise<JsonMap | undefined> {
    try {
      return await this.get(path);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Pages of a list until an empty one: a server that does not page would keep it going for good. */
  async pages(path: string, see: (item: JsonMap) => boolean): Promise<void> {
    for (let page = 1; ; page += 1) {
      const joint = path.includes("?") ? "&" : "?";
      const { body } = await this.#send("GET", {
        path: `${path}${joint}page=${page}&page_size=${PAGE_SIZE}`,
        status: 200,
      });
      const items = isList(body) ? body.filter((item) => isMap(item)) : [];
      if (items.length === 0 || items.some((item) => see(item))) return;
    }
  }

  /** Makes something: its id, which is where it is, and the body. */
  async post(path: string, body: JsonMap): Promise<{ readonly id: string; readonly body: JsonMap }> {
    const answer = await this.#send("POST", { path, body, status: 201 });
    if (answer.location === null) {
      // The real plugin crashes here (index out of range).
      throw new Error(`POST ${path}: the answer has no Location, and so no id`);
    }
    const id = new URL(answer.location, this.options.base).pathname.replace("/api", "").replace("/v2.0", "");
    return { id, body: isMap(answer.body) ? answer.body : {} };
  }

  async put(path: string, body: JsonMap): Promise<void> {
    await this.#send("PUT", { path, body, status: 200 });
  }

  async patch(path: string, body: JsonMap): Promise<void> {
    await this.#send("PATCH", { path, body, status: 200 });
  }

  async delete(path: string): Promise<void> {
    await this.#send("DELETE", { path, status: 200 });
  }

  /** Deletes what is at a path, if it is there. */
  async remove(path: string): Promise<void> {
    await this.delete(path).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  }

  async #send(method: Method, ask: Ask): Promise<Answer> {
    let response = await this.#attempt(method, ask);
    if (response.status === 403 && this.options.sessionId !== undefined) {
      this.#takeCsrf(response);
      response = await this.#attempt(method, ask);
    }
    const text = await response.text();
    if (response.status === 403) {
      throw new HarborError(403, `${method} ${ask.path}: 403: the account lacks the right (RBAC) for this: ${text}`);
    }
    if (response.status !== ask.status) {
      throw new HarborError(
        response.status,
        `${method} ${ask.path}: unexpected status, got ${response.status} expected ${ask.status}: ${text}`,
      );
    }
    return { body: parse(text), location: response.headers.get("location") };
  }

  async #attempt(method: Method, { path, body }: Ask): Promise<Response> {
    try {
      return await fetch(`${this.options.base}${path}`, {
        method,
        // A redirect could lead away from this machine.
        redirect: "error",
        headers: { "content-type": "application/json", accept: "application/json", ...this.#login() },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
      throw new Error(`${method} ${this.options.base}${path}: ${cause}`, { cause: error });
    }
  }

  /** A session's cookie comes before a bearer token, and this before name and password. */
  #login(): Record<string, string> {
    const { sessionId, bearerToken, username, password } = this.options;
    if (sessionId !== undefined) return { cookie: `sid=${sessionId}`, ...this.#csrf };
    if (bearerToken !== undefined) return { authorization: `Bearer ${bearerToken}` };
    return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` };
  }

  #takeCsrf(response: Response): void {
    const token = response.headers.get("x-harbor-csrf-token");
    const cookie = /_gorilla_csrf=[^;]+/.exec(response.headers.get("set-cookie") ?? "")?.[0];
    const sid = `sid=${this.options.sessionId ?? ""}`;
    this.#csrf = {
      ...(token !== null && { "x-harbor-csrf-token": token }),
      ...(cookie !== undefined && { cookie: `${sid}; ${cookie}` }),
    };
  }
}

/** True for the answer 404. */
export function isNotFound(error: unknown): boolean {
  return error instanceof HarborError && error.status === 404;
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}
