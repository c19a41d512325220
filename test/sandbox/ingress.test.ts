import { X509Certificate } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { request } from "node:https";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { WebhookSender } from "../../sandbox/gitlab/hooks/sender";
import type { Hook, State } from "../../sandbox/gitlab/model";
import { authorityFile, ensureAuthority, issue } from "../../sandbox/ingress/authority";
import { hostTable, receivers } from "../../sandbox/ingress/hosts";
import { lookAtIngress } from "../../sandbox/ingress/part";
import { ingress } from "../../sandbox/ingress/server";
import { noteNotSimulated, readLedger, writeLedger } from "../../sandbox/operators/ledger";

const host = "flux.dev.platform.example.com";
const silence = { pid: 1, startTime: "1", startedAt: "2026-01-01T00:00:00Z", port: 1 };
let dir: string;
let front: Server;
let behind: Server;
let came: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[];

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const listening = (server: Server): Promise<unknown> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "estate-ingress-"));
  ensureAuthority(dir);
  came = [];
  behind = createServer((incoming, outgoing) => {
    let body = "";
    incoming.on("data", (chunk: Buffer) => (body += chunk.toString()));
    incoming.on("end", () => {
      const { method, url, headers } = incoming;
      came.push({ ...(method === undefined ? {} : { method }), ...(url === undefined ? {} : { url }), headers, body });
      outgoing.writeHead(200).end("taken");
    });
  });
  front = ingress(dir, receivers(dir));
  await Promise.all([listening(behind), listening(front)]);
  writeLedger(dir, {
    controllers: { "notification-controller-dev": silence },
    notSimulated: [],
    ports: { "dev/notification-controller/webhooks": portOf(behind), "prod/notification-controller/webhooks": 1 },
  });
});
afterEach(() => {
  front.close();
  behind.close();
  rmSync(dir, { recursive: true, force: true });
});

/** One call, trusting exactly the sandbox's authority. */
function call(name: string, path: string): Promise<string> {
  return new Promise((resolve) => {
    const ca = readFileSync(authorityFile(dir));
    const place = { host: "127.0.0.1", port: portOf(front), servername: name, path, method: "POST", ca, agent: false };
    const asked = request({ ...place, headers: { host: name } }, (answer) => {
      answer.resume();
      answer.on("close", () => resolve(String(answer.statusCode)));
    });
    asked.on("error", (error) => resolve(error.message));
    asked.end("body");
  });
}

describe("the sandbox's certificates", () => {
  it("are signed by its authority, for exactly one name", () => {
    const authority = new X509Certificate(readFileSync(authorityFile(dir)));
    expect(authority.ca).toBe(true);
    expect(authority.verify(authority.publicKey)).toBe(true);
    const certificate = new X509Certificate(issue(dir, host).cert);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkHost(host)).toBe(host);
    expect(certificate.checkHost(`other.${host}`)).toBeUndefined();
    const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
    expect(Math.round(days)).toBe(365);
    expect(statSync(join(dir, "ingress", "ca.key")).mode & 0o777).toBe(0o600);
  });

  it("stay with the sandbox", () => {
    const before = readFileSync(authorityFile(dir), "utf8");
    ensureAuthority(dir);
    expect(readFileSync(authorityFile(dir), "utf8")).toBe(before);
  });
});

describe("the ingress", () => {
  it("hands a receiver's calls to its cluster's controller, and nothing else", async () => {
    expect(await lookAtIngress(dir, portOf(front))).toBeUndefined();
    expect(await call(host, "/hook/abc")).toBe("200");
    expect(came).toMatchObject([{ method: "POST", url: "/hook/abc", body: "body", headers: { host } }]);
    expect(await call(host, "/metrics")).toBe("404");
    // The controller of another cluster is not there.
    expect(await call("flux.prod.platform.example.com", "/hook/abc")).toBe("503");
    expect(came).toHaveLength(1);
  });

  it("has no certificate for another name", async () => {
    expect(await call("gitlab.example.com", "/hook/abc")).toMatch(/alert|handshake|disconnected|reset|socket/);
  });

  it("goes with the controller, and comes with it", async () => {
    const ledger = readLedger(dir);
    writeLedger(dir, { ...ledger, controllers: {} });
    expect(await call(host, "/hook/abc")).toBe("503");
    writeLedger(dir, ledger);
    noteNotSimulated(dir, "dev", ["other"]);
    expect(await call(host, "/hook/abc")).toBe("200");
  });
});

describe("GitLab's webhooks", () => {
  const hook = (url: string, enableSslVerification: boolean): Hook => ({
    id: 1,
    source: "project",
    sourceId: 1,
    url,
    token: "token",
    createdAt: "",
    events: {},
    pushEventsBranchFilter: "",
    branchFilterStrategy: "all_branches",
    enableSslVerification,
    deliveries: [],
    urlVariables: [],
    customHeaders: [],
    name: "",
    description: "",
    customWebhookTemplate: "",
  });
  const event = { flag: "push_events", header: "Push Hook", payload: { ref: "refs/heads/main" } };
  const sender = (): WebhookSender =>
    new WebhookSender(
      { hooks: [] } as unknown as State,
      () => "http://127.0.0.1",
      () => undefined,
      hostTable(portOf(front)),
    );

  it("find a receiver by the table, under its own name", async () => {
    expect(await sender().deliver(hook(`https://${host}/hook/abc`, false), event)).toBe("200");
    expect(came[0]?.headers).toMatchObject({ host, "x-gitlab-event": "Push Hook", "x-gitlab-token": "token" });
  });

  it("verify its certificate unless they were told not to", async () => {
    // This process does not trust the sandbox's authority; GitLab's stand-in does.
    expect(await sender().deliver(hook(`https://${host}/hook/abc`, true), event)).toMatch(/certificate/);
    expect(came).toEqual([]);
  });

  it("still go nowhere beyond this machine", async () => {
    expect(await sender().deliver(hook("https://example.com/hook/abc", false), event)).toContain("beyond this machine");
  });
});
