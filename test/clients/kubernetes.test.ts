import * as fs from "node:fs";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import * as os from "node:os";
import * as path from "node:path";
import { KubernetesClient, KubernetesStatusError, NoMatchError, ConnectionError } from "@estate/clients";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const seen: Seen[] = [];
const served = new Map<string, { status: number; body: unknown }>();
const server = http.createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const answer = served.get(`${method} ${url.split("?")[0] ?? ""}`) ?? {
      status: 404,
      body: { kind: "Status", reason: "NotFound", message: "nothing here" },
    };
    response.writeHead(answer.status, { "content-type": "application/json" }).end(JSON.stringify(answer.body));
  });
});
let client: KubernetesClient;

function kubeconfig(name: string, address: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": name,
    clusters: [{ name, cluster: { server: address, "insecure-skip-tls-verify": true } }],
    users: [{ name, user: { token: `token-of-${name}` } }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: "home" } }],
  });
}

function address(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
beforeEach(() => {
  seen.length = 0;
  served.clear();
  served.set("GET /api/v1", {
    status: 200,
    body: {
      resources: [
        { name: "pods", kind: "Pod", namespaced: true, verbs: ["get"] },
        { name: "pods/log", kind: "Pod", namespaced: true, verbs: ["get"] },
        { name: "namespaces", kind: "Namespace", namespaced: false, verbs: ["get"] },
      ],
    },
  });
  client = KubernetesClient.fromKubeconfig({ text: kubeconfig("one", address()) });
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe("requests", () => {
  it("carry the kubeconfig's token, query, body and impersonation", async () => {
    served.set("POST /x", { status: 201, body: { ok: true } });
    const answer = await client.request("POST", "/x", {
      query: { dryRun: "All", empty: undefined },
      body: { a: 1 },
      contentType: "application/merge-patch+json",
      impersonate: { user: "eve", groups: ["g1", "g2"] },
    });
    expect(answer).toEqual({ status: 201, body: { ok: true }, date: expect.any(String), warnings: [] });
    expect(seen[0]).toMatchObject({ method: "POST", url: "/x?dryRun=All", body: '{"a":1}' });
    expect(seen[0]?.headers).toMatchObject({
      authorization: "Bearer token-of-one",
      "impersonate-user": "eve",
      "impersonate-group": "g1, g2",
      "content-type": "application/merge-patch+json",
    });
  });

  it("speak with another token when one is given", async () => {
    await client.request("GET", "/x", { token: "other" });
    expect(seen[0]?.headers.authorization).toBe("Bearer other");
  });

  it("keep the server's words in a typed error", async () => {
    served.set("GET /api/v1/namespaces/a", {
      status: 403,
      body: { kind: "Status", reason: "Forbidden", message: "no", details: { causes: [{ field: "spec.x" }] } },
    });
    const error: unknown = await client
      .get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(KubernetesStatusError);
    expect(error).toMatchObject({ status: 403, reason: "Forbidden", message: "no", causes: [{ field: "spec.x" }] });
  });

  it("say that nobody listens, with the address", async () => {
    const nobody = KubernetesClient.fromKubeconfig({ text: kubeconfig("none", "http://127.0.0.1:1") });
    const error: unknown = await nobody.request("GET", "/version").catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ code: "ECONNREFUSED", message: expect.stringContaining("127.0.0.1:1") as string });
  });
});

describe("objects", () => {
  it("are addressed by discovery, fetched once", async () => {
    served.set("GET /api/v1/namespaces/n/pods/p", {
      status: 200,
      body: { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, unheardOf: { kept: true } },
    });
    const ref = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "n" } };
    expect(await client.get(ref)).toMatchObject({ unheardOf: { kept: true } });
    await client.get(ref);
    expect(seen.filter((each) => each.url === "/api/v1")).toHaveLength(1);
  });

  it("of a kind that arrives later are found by looking again", async () => {
    await expect(client.mapping("example.com/v1", "Thing")).rejects.toThrow(NoMatchError);
    served.set("GET /apis/example.com/v1", {
      status: 200,
      body: { resources: [{ name: "things", kind: "Thing", namespaced: true, verbs: [] }] },
    });
    expect(await client.mapping("example.com/v1", "Thing")).toMatchObject({ resource: "things", namespaced: true });
  });

  it("that are missing are undefined to find", async () => {
    expect(await client.find({ apiVersion: "v1", kind: "Namespace", metadata: { name: "gone" } })).toBeUndefined();
  });

  it("are applied on the server", async () => {
    const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: "a" } };
    served.set("PATCH /api/v1/namespaces/a", { status: 200, body });
    await client.apply(body, { fieldManager: "m", force: true, dryRun: true, fieldValidation: "Strict" });
    expect(seen.at(-1)?.url).toBe("/api/v1/namespaces/a?dryRun=All&fieldManager=m&fieldValidation=Strict&force=true");
    expect(seen.at(-1)?.headers["content-type"]).toBe("application/apply-patch+yaml");
  });

  it("in lists get the kind back that the server leaves out", async () => {
    served.set("GET /api/v1/namespaces/n/pods", {
      status: 200,
      body: { metadata: {}, items: [{ metadata: { name: "p" } }] },
    });
    const list = await client.list("v1", "Pod", { namespace: "n", labelSelector: "a=b" });
    expect(list.items).toEqual([{ apiVersion: "v1", kind: "Pod", metadata: { name: "p" } }]);
    expect(seen.at(-1)?.url).toBe("/api/v1/namespaces/n/pods?labelSelector=a%3Db");
  });

  it("tokens are requested with audiences and seconds", async () => {
    served.set("POST /api/v1/namespaces/n/serviceaccounts/s/token", { status: 201, body: { status: { token: "t" } } });
    expect(await client.tokenRequest("n", "s", ["vault"], 600)).toBe("t");
    expect(JSON.parse(seen.at(-1)?.body ?? "")).toMatchObject({
      spec: { audiences: ["vault"], expirationSeconds: 600 },
    });
  });
});

describe("kubeconfigs", () => {
  it("from several paths merge, the first of two equal names holding", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "kubeconfig-"));
    const first = path.join(folder, "first");
    const second = path.join(folder, "second");
    fs.writeFileSync(first, kubeconfig("one", "https://127.0.0.1:1"));
    const both = JSON.parse(kubeconfig("two", "https://127.0.0.1:2")) as { clusters: unknown[] };
    both.clusters.push({ name: "one", cluster: { server: "https://127.0.0.1:3" } });
    fs.writeFileSync(second, JSON.stringify(both));
    expect(KubernetesClient.fromKubeconfig({ path: [first, second] }).server.port).toBe("1");
    const two = KubernetesClient.fromKubeconfig({ path: [first, second], context: "two" });
    expect(two.server.port).toBe("2");
    expect(two.namespace).toBe("home");
    expect(KubernetesClient.fromKubeconfig({ path: [first, second], context: "two", cluster: "one" }).server.port).toBe(
      "1",
    );
  });

  it.each([
    ["a context that is not there", { context: "three" }, /no context "three" \(it has: one\)/],
    ["a cluster that is not there", { cluster: "three" }, /no cluster "three"/],
  ])("refuse %s", (_, more, message) => {
    expect(() => KubernetesClient.fromKubeconfig({ text: kubeconfig("one", "https://127.0.0.1:1"), ...more })).toThrow(
      message,
    );
  });
});
