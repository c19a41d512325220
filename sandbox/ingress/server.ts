import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { connect, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";

import { issue } from "./authority";

/** Where a host's calls go: a port of this machine, or nowhere as yet; undefined for a host that is none of ours. */
export type Route = (host: string) => { readonly port: number | undefined } | undefined;

/** A host that answers one path by itself, with JSON; undefined for a host that is none. */
export type Answer = (host: string) => ((path: string) => unknown) | undefined;

/** By this name the ingress is a proxy, for programs that cannot be told where a host of the sandbox's is. */
export const proxyHost = "localhost";

/**
 * What an Ingress or HTTPRoute does for a platform: TLS for the names by which the world knows Flux's receivers, and their
 * calls handed on to the cluster's notification-controller. And what the internet does for the issuers of clusters' tokens:
 * their public keys. Nothing else gets through.
 */
export function ingress(dir: string, route: Route, answer: Answer = () => undefined): Server {
  const contexts = new Map<string, SecureContext>();
  const contextOf = (host: string): SecureContext => {
    const context = contexts.get(host) ?? createSecureContext(issue(dir, host));
    contexts.set(host, context);
    return context;
  };
  const SNICallback = (host: string, done: (error: Error | null, context?: SecureContext) => void): void => {
    const name = host.toLowerCase();
    if (name !== proxyHost && route(name) === undefined && answer(name) === undefined)
      done(new Error(`no certificate for ${host}`));
    else done(null, contextOf(name));
  };
  const server = createServer({ SNICallback }, (incoming, outgoing) => {
    const own = answer(hostOf(incoming.headers.host));
    if (own === undefined) forward(route, incoming, outgoing);
    else tell(own, incoming, outgoing);
  });
  server.on("connect", (incoming: IncomingMessage, client: Socket) => tunnel(server, answer, incoming, client));
  return server;
}

const hostOf = (header = ""): string => header.replace(/:\d+$/, "").toLowerCase();

function tell(own: (path: string) => unknown, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const body = own(incoming.url ?? "");
  if (body === undefined) outgoing.writeHead(404).end();
  else outgoing.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** A proxy's CONNECT, for the hosts that are answered here: it leads back to this very server. */
function tunnel(server: Server, answer: Answer, incoming: IncomingMessage, client: Socket): void {
  const address = server.address();
  if (answer(hostOf(incoming.url)) === undefined || typeof address !== "object" || address === null) {
    client.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    return;
  }
  const onward = connect(address.port, "127.0.0.1", () => {
    client.write("HTTP/1.1 200 Connection Established\r\n\r\n");
    onward.pipe(client).pipe(onward);
  });
  const drop = (): void => {
    onward.destroy();
    client.destroy();
  };
  onward.on("error", drop);
  client.on("error", drop);
}

function forward(route: Route, incoming: IncomingMessage, outgoing: ServerResponse): unknown {
  const say = (status: number, text: string): unknown => outgoing.writeHead(status).end(`${text}\n`);
  const path = incoming.url ?? "";
  const host = hostOf(incoming.headers.host);
  if (path === "/healthz") return say(200, "ok");
  const to = route(host);
  if (to === undefined || !path.startsWith("/hook/")) return say(404, "nothing is served here");
  if (to.port === undefined) return say(503, "nobody takes this yet");
  const { method, headers } = incoming;
  const onward = request({ host: "127.0.0.1", port: to.port, path, method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on("error", (error) => (outgoing.headersSent ? outgoing.destroy(error) : say(502, error.message)));
  return incoming.pipe(onward);
}
