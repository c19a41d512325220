import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { createSecureContext, type SecureContext } from "node:tls";

import { issue } from "./authority";

/** Where a host's calls go: a port of this machine, or nowhere as yet; undefined for a host that is none of ours. */
export type Route = (host: string) => { readonly port: number | undefined } | undefined;

/**
 * What an Ingress or HTTPRoute does for a platform: TLS for the names by which the world knows Flux's receivers, and their
 * calls handed on to the cluster's notification-controller. Nothing else gets through.
 */
export function ingress(dir: string, route: Route): Server {
  const contexts = new Map<string, SecureContext>();
  const contextOf = (host: string): SecureContext => {
    const context = contexts.get(host) ?? createSecureContext(issue(dir, host));
    contexts.set(host, context);
    return context;
  };
  const SNICallback = (host: string, done: (error: Error | null, context?: SecureContext) => void): void => {
    const name = host.toLowerCase();
    if (route(name) === undefined) done(new Error(`no certificate for ${host}`));
    else done(null, contextOf(name));
  };
  return createServer({ SNICallback }, (incoming, outgoing) => forward(route, incoming, outgoing));
}

function forward(route: Route, incoming: IncomingMessage, outgoing: ServerResponse): unknown {
  const say = (status: number, text: string): unknown => outgoing.writeHead(status).end(`${text}\n`);
  const path = incoming.url ?? "";
  const host = (incoming.headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
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
