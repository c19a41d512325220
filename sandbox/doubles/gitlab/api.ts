import { setTimeout as sleep } from "node:timers/promises";
import { isList, isMap, type Json, type JsonMap } from "../framework/value";

/** An answer that the real client does not accept. */
export class GitLabError extends Error {
  override readonly name = "GitLabError";

  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The client takes these for success, whatever was asked. */
const ACCEPTED = new Set([200, 201, 202, 204, 304]);

/** Tries beside the first, for servers that are busy or broken for a moment. */
const RETRIES = 5;

/** Where the server is, and as whom. */
export interface ApiOptions {
  /** Ends with `/api/v4/`. */
  readonly base: string;
  readonly token: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds before the first repetition; doubles up to four times as long. */
  readonly pause: number;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** Query parameters; absent ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** GitLab's REST API as the provider's client speaks it: JSON bodies, queries for GET and DELETE, escaped path parts. */
export class GitLabApi {
  constructor(readonly options: ApiOptions) {}

  /** What is at a path; undefined if there is nothing. */
  async find(path: string, query: Query = {}): Promise<JsonMap | undefined> {
    try {
      return await this.get(path, query);
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** What is at a path, which must be there. */
  async get(path: string, query: Query = {}): Promise<JsonMap> {
    return asMap((await this.#send("GET", path, query)).body);
  }

  post(path: string, body: JsonMap = {}): Promise<JsonMap> {
    return this.#change("POST", path, body);
  }

  put(path: string, body: JsonMap, query: Query = {}): Promise<JsonMap> {
    return this.#change("PUT", path, body, query);
  }

  patch(path: string, body: JsonMap): Promise<JsonMap> {
    return this.#change("PATCH", path, body);
  }

  async delete(path: string, query: Query = {}): Promise<void> {
    await this.#send("DELETE", path, query);
  }

  /** A list, all pages of it. */
  async list(path: string, perPage = 20): Promise<JsonMap[]> {
    const found: JsonMap[] = [];
    for (let page = 1; page > 0;) {
      const { body, next } = await this.#send("GET", path, { page, per_page: perPage });
      if (isList(body)) found.push(...body.filter((item) => isMap(item)));
      page = next;
    }
    return found;
  }

  async #change(method: Method, path: string, body: JsonMap, query: Query = {}): Promise<JsonMap> {
    return asMap((await this.#send(method, path, query, body)).body);
  }

  async #send(method: Method, path: string, query: Query, body?: JsonMap): Promise<{ body: Json; next: number }> {
    const url = `${this.options.base}${path}${queryText(query)}`;
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#attempt(method, url, body).catch((error: unknown) => {
        if (attempt >= RETRIES || !isRepeatable(method, error)) throw plainError(method, url, error);
        return undefined;
      });
      if (answer !== undefined && !(isBusy(answer.status) && attempt < RETRIES)) {
        const text = await answer.text();
        if (!ACCEPTED.has(answer.status)) {
          throw new GitLabError(answer.status, `${method} ${url}: ${answer.status} ${reason(text)}`);
        }
        return { body: parse(text), next: Number(answer.headers.get("x-next-page") ?? "") };
      }
      await answer?.body?.cancel();
      await sleep(this.options.pause * 2 ** Math.min(attempt, 2));
    }
  }

  #attempt(method: Method, url: string, body: JsonMap | undefined): Promise<Response> {
    const { token, headers } = this.options;
    return fetch(url, {
      method,
      // A redirect could lead away from this machine.
      redirect: "error",
      headers: {
        accept: "application/json",
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  }
}

/** A part of a path: the client also escapes dots. */
export function escaped(part: string | number): string {
  return encodeURIComponent(String(part)).replaceAll(".", "%2E");
}

/** True for the answer 404. */
export function isNotFound(error: unknown): boolean {
  return error instanceof GitLabError && error.status === 404;
}

function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([key, value]): [string, string][] =>
    value === undefined ? [] : [[key, String(value)]],
  );
  return given.length === 0 ? "" : `?${new URLSearchParams(given).toString()}`;
}

function isBusy(status: number): boolean {
  return status === 429 || (status >= 500 && status !== 501);
}

function isRepeatable(method: Method, error: unknown): boolean {
  if (method === "GET") return true;
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && cause.code === "ECONNREFUSED";
}

/** Fetch says only that it failed; why is in the cause. */
function plainError(method: Method, url: string, error: unknown): Error {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new Error(`${method} ${url}: ${cause}`, { cause: error });
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return null;
  }
}

function asMap(body: Json): JsonMap {
  return isMap(body) ? body : {};
}

/** `message` or `error` of an error's body, flattened as the client does: `{message: {path: [has been taken]}}`. */
function reason(text: string): string {
  const body = parse(text);
  if (!isMap(body)) return text;
  const parts = ["message", "error"].flatMap((key) =>
    body[key] === undefined ? [] : [`{${key}: ${flat(body[key])}}`],
  );
  return parts.length > 0 ? parts.join(", ") : text;
}

function flat(value: Json): string {
  if (isList(value)) return `[${value.map(flat).join(", ")}]`;
  if (!isMap(value)) return String(value);
  return Object.entries(value)
    .map(([key, item]) => `{${key}: ${flat(item)}}`)
    .join(", ");
}
