import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

import { isLive, byAccessToken, byJobToken, type Principal } from "./access/tokens";
import { api } from "./api";
import { Params, queryValues } from "./http/params";
import type { Reply } from "./http/reply";
import { badRequest, insufficientScope, noRoute, Refusal, unauthorized } from "./http/refusal";
import { Router } from "./http/router";
import { gitRequest, serveGit } from "./git/smart-http";
import { BranchMoved } from "./git/write";
import type { Call, Instance, Route } from "./instance";
import { pages } from "./pages";

const bodyBound = 64 * 1024 * 1024;

const router = new Router(api);

/** The HTTP front: the API, the repositories, and the few pages around them. */
export function serve(gitlab: () => Instance): Server {
  return createServer((request, response) => {
    void answer(gitlab(), request, response);
  });
}

async function answer(gitlab: Instance, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    // The client's own writing of the path counts: only a raw path tells `%2F` from a slash.
    const address = new URL(`${gitlab.url}${request.url ?? "/"}`);
    const wanted = gitRequest(request.method ?? "", address);
    if (wanted !== undefined) {
      await serveGit(gitlab, wanted, request, response);
      return;
    }
    send(request, response, await route(gitlab, request, address));
  } catch (thrown) {
    // What is left of a refused upload would be read as the next request.
    if (!request.complete && !response.headersSent) response.setHeader("Connection", "close");
    fail(gitlab, request, response, thrown instanceof URIError ? badRequest("the path cannot be read") : thrown);
  }
}

async function route(gitlab: Instance, request: IncomingMessage, address: URL): Promise<Reply> {
  const raw = (request.url ?? "/").split("?")[0] ?? "/";
  const query = queryValues(address.searchParams);
  const path = /^\/api\/v4(\/.*)$/.exec(raw)?.[1];
  if (path === undefined) {
    const page = pages(gitlab, request.method ?? "", address);
    if (page !== undefined) return page;
  }
  // Two routes lie beside the API; the API's own are nowhere else.
  const beside = raw === "/api/graphql" || raw.startsWith("/-/stand-in/") ? raw : undefined;
  const method = request.method === "HEAD" ? "GET" : (request.method ?? "");
  const found = path === undefined && beside === undefined ? undefined : router.find(method, path ?? beside ?? "");
  if (found === "method") throw new Refusal(405, { error: "405 Not Allowed" });
  if (found === undefined) throw noRoute();
  const { state } = gitlab;
  const principal = authenticate(gitlab, found.route, request, query);
  if (found.route.licensed === true && gitlab.edition === "ce") throw noRoute();
  const params = new Params({ ...query, ...(await body(request)) });
  const call: Call = { gitlab, state, path: found.path, params, address, principal };
  try {
    return await found.route.handle(call);
  } catch (thrown) {
    if (thrown instanceof BranchMoved)
      throw new Refusal(409, { message: "The branch moved meanwhile. Please refresh and try again" });
    throw thrown;
  } finally {
    if (found.route.method !== "GET") gitlab.store.save();
  }
}

function authenticate(
  gitlab: Instance,
  found: Route,
  request: IncomingMessage,
  query: Readonly<Record<string, unknown>>,
): Principal | undefined {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const bearer = /^Bearer +(\S+)$/i.exec(header("authorization") ?? "")?.[1];
  const token =
    header("private-token") ??
    bearer ??
    (typeof query["private_token"] === "string" ? query["private_token"] : undefined);
  const jobToken = header("job-token");
  if (token === undefined && jobToken === undefined) {
    if (found.anonymous === true) return undefined;
    throw unauthorized();
  }
  if (token === undefined) {
    const principal = byJobToken(gitlab.state, jobToken ?? "");
    // A job's token opens a short list of routes.
    if (principal === undefined || found.scopes?.includes("job") !== true) throw unauthorized();
    return principal;
  }
  const principal = byAccessToken(gitlab.state, token);
  if (principal?.kind !== "user" || !isLive(principal.token)) throw unauthorized();
  const read = request.method === "GET" || request.method === "HEAD";
  const scopes = ["api", ...(read ? ["read_api"] : []), ...(found.scopes ?? []).filter((scope) => scope !== "job")];
  if (!scopes.some((scope) => principal.token.scopes.includes(scope))) throw insufficientScope(scopes);
  return principal;
}

async function body(request: IncomingMessage): Promise<Record<string, unknown>> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyBound) throw new Refusal(413, { error: "Request Entity Too Large" });
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (text.trim() === "") return {};
  const type = (request.headers["content-type"] ?? "").split(";")[0];
  if (type === "application/x-www-form-urlencoded") return queryValues(new URLSearchParams(text));
  if (type !== "application/json") throw new Refusal(415, { error: "The provided content-type is not supported." });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch {
    // Answered below, like a body that is not an object.
  }
  throw badRequest("message body does not match declared format");
}

function send(request: IncomingMessage, response: ServerResponse, reply: Reply): void {
  const bytes = reply.bytes ?? (reply.body === undefined ? undefined : Buffer.from(JSON.stringify(reply.body)));
  response.writeHead(reply.status, {
    ...(bytes === undefined ? {} : { "Content-Type": "application/json", "Content-Length": String(bytes.length) }),
    "Cache-Control": "max-age=0, private, must-revalidate",
    ...reply.headers,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

function fail(gitlab: Instance, request: IncomingMessage, response: ServerResponse, thrown: unknown): void {
  const refusal = thrown instanceof Refusal ? thrown : undefined;
  if (refusal === undefined) {
    // The path without its query: a query may hold a token.
    const where = `${request.method ?? ""} ${(request.url ?? "").split("?")[0] ?? ""}`;
    const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    process.stderr.write(`${new Date().toISOString()} ${where}: ${text}\n`);
  }
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = refusal === undefined ? { message: "500 Internal Server Error" } : refusal.body;
  send(request, response, {
    status: refusal?.status ?? 500,
    ...(typeof body === "string"
      ? { bytes: Buffer.from(body), headers: { "Content-Type": "text/plain; charset=utf-8", ...refusal?.headers } }
      : { body, headers: refusal?.headers ?? {} }),
  });
}
