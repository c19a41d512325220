import * as http from "node:http";
import * as https from "node:https";
import { send } from "./http";
import { isRecord } from "./manifest";

/** A JSON object as somebody else sent it. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** An answer, whatever it is; a body that is no JSON is given as its text. */
export interface JsonAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The server's own clock, as its header says it. */
  readonly date?: string;
}

/** How one request differs from others. */
export interface JsonRequestOptions {
  readonly timeoutMs?: number;
}

/** The server answered with a refusal. */
export class JsonStatusError extends Error {
  override readonly name = "JsonStatusError";
  constructor(
    readonly status: number,
    readonly body: unknown,
    what: string,
  ) {
    super(`${what}: ${status} ${JSON.stringify(body)}`);
  }
}

/** Rows of a page: more, neither GitLab nor Harbor gives. */
const pageSize = 100;

/** A server that speaks JSON below one address, over kept connections. */
export class JsonServer {
  private readonly agent: http.Agent;

  constructor(
    private readonly address: string,
    private readonly headers: http.OutgoingHttpHeaders,
    caCert?: string,
  ) {
    const ca = caCert === undefined ? {} : { ca: caCert };
    // No limit of sockets: a request that waited for one would not be known to have been given a used one.
    this.agent = address.startsWith("https:")
      ? new https.Agent({ keepAlive: true, rejectUnauthorized: true, ...ca })
      : new http.Agent({ keepAlive: true });
  }

  /** The answer, whatever it is: only a connection that fails throws. */
  async request(method: string, path: string, body?: unknown, options: JsonRequestOptions = {}): Promise<JsonAnswer> {
    const answer = await send({
      method,
      // Joined by hand: `new URL(path, address)` would drop a path that the address has, as behind a gateway.
      url: new URL(`${this.address.replace(/\/+$/, "")}/${path.replace(/^\//, "")}`),
      agent: this.agent,
      headers: { ...this.headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...options,
    });
    const { status, text, date } = answer;
    return { status, body: text === "" ? undefined : parse(text), ...(date === undefined ? {} : { date }) };
  }

  /** The answer of a success as an object, which is empty when nothing is told. */
  async object(method: string, path: string, body?: unknown): Promise<JsonObject> {
    const answer = checked(method, path, await this.request(method, path, body));
    return isRecord(answer) ? answer : {};
  }

  /** All rows of a list that comes in pages; none where there is nothing to list in (404). */
  async list(path: string, sizeParameter: string): Promise<JsonObject[]> {
    const rows: JsonObject[] = [];
    for (let page = 1; ; page += 1) {
      const query = `${path.includes("?") ? "&" : "?"}${sizeParameter}=${pageSize}&page=${page}`;
      const answer = await this.request("GET", `${path}${query}`);
      const body = answer.status === 404 ? [] : checked("GET", path, answer);
      const found = Array.isArray(body) ? body.filter(isRecord) : [];
      rows.push(...found);
      if (found.length < pageSize) return rows;
    }
  }

  /** Closes the kept connections. */
  close(): void {
    this.agent.destroy();
  }
}

function checked(method: string, path: string, { status, body }: JsonAnswer): unknown {
  if (status >= 400) throw new JsonStatusError(status, body, `${method} ${path}`);
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
