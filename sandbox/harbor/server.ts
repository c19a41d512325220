import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";

import { apiRoutes } from "./api";
import { RegistryBackend } from "./backend";
import { clockPath, moveClock } from "./clock";
import { serveDistribution } from "./distribution";
import { Fields } from "./fields";
import { bodyOf } from "./forward";
import { Harbor } from "./harbor";
import { identify } from "./identity";
import { badRequest, notFound, Refusal, unauthorized } from "./refusal";
import { match, type Answer } from "./route";
import { Store } from "./state";
import { answerToken } from "./token-service";
import { Tokens } from "./token";

/** How a stand-in for Harbor is started. */
export interface HarborOptions {
  /** The folder of its state and its signing key. */
  readonly dir: string;
  readonly adminPassword: string;
  /** Default: any free one. */
  readonly port?: number;
  /** The registry behind it; without one there is no `/v2/`. */
  readonly registry?: string;
  /** The clock that robots expire by. */
  readonly now?: () => Date;
  /** Told of every request that was answered. */
  readonly log?: (line: string) => void;
}

/** A running stand-in. */
export interface RunningHarbor {
  readonly url: string;
  close(): Promise<void>;
}

const apiPrefix = "/api/v2.0";

/** Starts a stand-in for Harbor on loopback. */
export async function startHarbor(options: HarborOptions): Promise<RunningHarbor> {
  const now = options.now ?? ((): Date => new Date());
  const store = new Store(join(options.dir, "state.json"), now());
  const backend = new RegistryBackend(options.registry, new Tokens(options.dir));
  const harbor = new Harbor(store, backend, options.adminPassword, now);
  const server = createServer((incoming, response) => {
    void answer(harbor, incoming, response).then(() => {
      const path = (incoming.url ?? "").split("?")[0] ?? "";
      options.log?.(`${incoming.method ?? ""} ${path} ${String(response.statusCode)}`);
    });
  });
  // A large layer may take its time.
  server.requestTimeout = 0;
  const port = await listen(server, options.port ?? 0);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

/** Answers one request, whatever happens. */
async function answer(harbor: Harbor, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const url = urlOf(incoming);
    if (url.pathname === "/v2" || url.pathname.startsWith("/v2/")) {
      await serveDistribution(harbor, incoming, response, url);
    } else if (url.pathname.startsWith(`${apiPrefix}/`)) {
      write(response, await answerApi(harbor, incoming, url));
    } else if (url.pathname === "/service/token" && incoming.method === "GET") {
      write(response, answerToken(harbor, incoming.headers.authorization, url.searchParams));
    } else if (url.pathname === clockPath && incoming.method === "POST") {
      write(response, moveClock(harbor, incoming.headers.authorization, url.searchParams));
    } else throw notFound(`${incoming.method ?? ""} ${url.pathname} not found`);
  } catch (thrown) {
    incoming.resume();
    if (response.headersSent) response.destroy();
    else write(response, refusalOf(thrown));
  }
}

function refusalOf(thrown: unknown): Answer {
  if (!(thrown instanceof Refusal)) {
    process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
    return refusalOf(new Refusal(500, "UNKNOWN", "internal server error"));
  }
  const challenge = thrown.status === 401 ? { "www-authenticate": 'Basic realm="harbor"' } : {};
  return { status: thrown.status, body: thrown.body(), headers: { ...challenge, ...thrown.headers } };
}

function urlOf(incoming: IncomingMessage): URL {
  const target = incoming.url ?? "/";
  if (!target.startsWith("/") || target.startsWith("//")) throw badRequest("invalid request target");
  return new URL(target, "http://harbor");
}

async function answerApi(harbor: Harbor, incoming: IncomingMessage, url: URL): Promise<Answer> {
  const method = incoming.method ?? "GET";
  const found = match(apiRoutes, method, url.pathname.slice(apiPrefix.length));
  if (found === "no-path") throw notFound(`path ${url.pathname} was not found`);
  if (found === "no-method") throw new Refusal(405, "METHOD_NOT_ALLOWED", `method ${method} is not allowed`);
  const who = identify(harbor.gate(), incoming.headers.authorization);
  if (who === undefined) throw unauthorized();
  const body = await jsonOf(incoming);
  const { route, params } = found;
  const handle = async (): Promise<Answer> =>
    route.handle({
      harbor,
      who,
      path: url.pathname,
      query: url.searchParams,
      headers: incoming.headers,
      body,
      param: (name) => params.get(name) ?? "",
    });
  if (method === "GET" || method === "HEAD") return handle();
  return harbor.exclusive(async () => {
    const given = await handle();
    harbor.store.save();
    return given;
  });
}

async function jsonOf(incoming: IncomingMessage): Promise<Fields> {
  const bytes = await bodyOf(incoming, 1024 * 1024);
  if (bytes.length === 0) return Fields.of(undefined);
  if (incoming.headers["content-type"]?.includes("application/json") !== true) {
    throw new Refusal(415, "UNSUPPORTED_MEDIA_TYPE", "unsupported media type, only [application/json] is allowed");
  }
  try {
    return Fields.of(JSON.parse(bytes.toString("utf8")));
  } catch (thrown) {
    if (thrown instanceof Refusal) throw thrown;
    throw badRequest("parsing body failed: invalid JSON");
  }
}

function write(response: ServerResponse, { status, body, headers }: Answer): void {
  const text = body === undefined ? "" : JSON.stringify(body);
  response.writeHead(status, {
    ...(body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
    "content-length": String(Buffer.byteLength(text)),
    ...headers,
  });
  response.end(text);
}
