import * as http from "node:http";
import * as https from "node:https";
import type { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import { bufferFromFileOrString } from "@kubernetes/client-node/dist/config.js";
import { isRecord } from "./manifest";

/** What a request needs to be let in. */
export interface Admission {
  readonly headers: http.OutgoingHttpHeaders;
  readonly agent: http.Agent;
}

/** How a kubeconfig's context is logged in with: headers, and connections that are kept. */
export class KubernetesLogin {
  private readonly agents = new Map<string, http.Agent>();
  private credentials: Promise<https.RequestOptions> | undefined;

  constructor(
    private readonly config: KubeConfig,
    private readonly server: URL,
  ) {}

  /** With the kubeconfig's own credentials; or only as the bearer of `token`, its client certificate left out too. */
  async admission(token: string | undefined): Promise<Admission> {
    if (token !== undefined) return { headers: { authorization: `Bearer ${token}` }, agent: this.agentFor({}, true) };
    const own = await this.ownCredentials();
    const headers = toHeaders(own.headers);
    if (typeof own.auth === "string") headers["authorization"] = `Basic ${Buffer.from(own.auth).toString("base64")}`;
    return { headers, agent: this.agentFor(own, false) };
  }

  /** Closes the kept connections. */
  close(): void {
    for (const agent of this.agents.values()) agent.destroy();
    this.agents.clear();
  }

  private ownCredentials(): Promise<https.RequestOptions> {
    const user = this.config.getCurrentUser();
    const changing = user?.exec !== undefined || user?.authProvider !== undefined;
    if (this.credentials === undefined || changing) this.credentials = this.readCredentials();
    return this.credentials;
  }

  private async readCredentials(): Promise<https.RequestOptions> {
    const options: https.RequestOptions = {};
    const http = this.server.protocol === "http:";
    // The library refuses to make an agent for plain http, which only test stubs on loopback speak: nothing to read then.
    if (!http || this.config.getCurrentCluster()?.skipTLSVerify === true)
      await this.config.applyToHTTPSOptions(options);
    return options;
  }

  private agentFor(own: https.RequestOptions, anonymous: boolean): http.Agent {
    const cluster = this.config.getCurrentCluster();
    // Behind a proxy the library's own agent knows the way.
    if (cluster?.proxyUrl !== undefined && own.agent instanceof http.Agent) return own.agent;
    const key = `${anonymous} ${String(own.cert)}`;
    const kept = this.agents.get(key);
    if (kept !== undefined) return kept;
    // The CA is read here too: the library forgets it when the context has no user.
    const ca = bufferFromFileOrString(cluster?.caFile, cluster?.caData);
    const agent =
      this.server.protocol === "http:"
        ? new http.Agent({ keepAlive: true })
        : new https.Agent({
            keepAlive: true,
            ...(own.cert === undefined ? {} : { cert: own.cert }),
            ...(own.key === undefined ? {} : { key: own.key }),
            ...(ca === null ? {} : { ca }),
            ...(cluster?.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
            // Said out loud both ways, so that NODE_TLS_REJECT_UNAUTHORIZED can not switch verification off.
            rejectUnauthorized: cluster?.skipTLSVerify !== true,
          });
    this.agents.set(key, agent);
    return agent;
  }
}

function toHeaders(headers: unknown): http.OutgoingHttpHeaders {
  if (!isRecord(headers)) return {};
  return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), String(value)]));
}
