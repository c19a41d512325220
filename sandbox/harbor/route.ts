import type { IncomingHttpHeaders } from "node:http";

import type { Fields } from "./fields";
import type { Harbor } from "./harbor";
import type { Identity } from "./identity";
import { badRequest, unprocessable } from "./refusal";

/** One request to the API. */
export interface Call {
  readonly harbor: Harbor;
  readonly who: Identity;
  /** As asked, without the query: what a Location begins with. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Fields;
  /** A segment of the path by its name in the pattern. */
  param(name: string): string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One path with its verb: `GET /projects/:project`, below `/api/v2.0`. */
export interface Route {
  readonly method: string;
  readonly pattern: string;
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

export const route = (method: string, pattern: string, handle: Route["handle"]): Route => ({
  method,
  pattern,
  handle,
});

/** Harbor answers 200 to everything that is not a creation: clients of it refuse a 204. */
export const ok = (body?: unknown): Answer => ({ status: 200, body });

/** 201 with the path of what was made; Harbor gives no body, except for robots. */
export function created(call: Call, id: number | string, body?: unknown): Answer {
  return { status: 201, body, headers: { location: `${call.path.replace(/\/$/, "")}/${String(id)}` } };
}

/** A list, cut into pages. */
export function paged(call: Call, all: readonly unknown[]): Answer {
  const page = count(call, "page", 1);
  const size = count(call, "page_size", 10);
  if (size > 100) throw unprocessable("page_size in query should be less than or equal to 100");
  const rows = all.slice((page - 1) * size, page * size);
  const links = [
    ...(page > 1 ? [{ page: page - 1, rel: "prev" }] : []),
    ...(page * size < all.length ? [{ page: page + 1, rel: "next" }] : []),
  ].map(({ page: to, rel }) => `<${call.path}?page=${String(to)}&page_size=${String(size)}>; rel="${rel}"`);
  return {
    status: 200,
    body: rows,
    headers: {
      "x-total-count": String(all.length),
      ...(links.length === 0 ? {} : { link: links.join(" , ") }),
    },
  };
}

function count(call: Call, name: string, otherwise: number): number {
  const text = call.query.get(name);
  if (text === null || text === "") return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw unprocessable(`${name} in query should be a positive integer`);
  return value;
}

/** A numeric segment of the path. */
export function idParam(call: Call, name: string): number {
  const text = call.param(name);
  if (!/^\d+$/.test(text)) throw unprocessable(`${name} in path must be of type int64: "${text}"`);
  return Number(text);
}

/** Harbor's `q=key=value,key=~part`: exact, or with a tilde by part. Keys are compared without regard to case. */
export function asked(call: Call): (record: Readonly<Record<string, unknown>>) => boolean {
  const text = call.query.get("q");
  if (text === null || text === "") return () => true;
  const terms = text.split(",").map((term) => {
    const equals = term.indexOf("=");
    if (equals < 0) throw badRequest(`invalid query: ${term}`);
    return { key: plain(term.slice(0, equals)), value: term.slice(equals + 1) };
  });
  return (record) => {
    const byKey = new Map(Object.entries(record).map(([key, value]) => [plain(key), String(value)]));
    return terms.every(({ key, value }) => {
      const found = byKey.get(key) ?? "";
      return value.startsWith("~") ? found.includes(value.slice(1)) : found === value;
    });
  };
}

const plain = (key: string): string => key.toLowerCase().replaceAll("_", "");

/** Finds the route of a request and what its pattern names. The raw path is split before it is decoded. */
export function match(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly params: ReadonlyMap<string, string> } | "no-path" | "no-method" {
  const segments = path.replace(/\/$/, "").split("/");
  let found = false;
  for (const candidate of routes) {
    const params = paramsOf(candidate.pattern.split("/"), segments);
    if (params === undefined) continue;
    if (candidate.method === method) return { route: candidate, params };
    found = true;
  }
  return found ? "no-method" : "no-path";
}

function paramsOf(pattern: readonly string[], segments: readonly string[]): Map<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const params = new Map<string, string>();
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (part.startsWith(":")) params.set(part.slice(1), decoded(segment));
    else if (part !== segment) return undefined;
  }
  return params;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest(`cannot decode "${segment}"`);
  }
}
