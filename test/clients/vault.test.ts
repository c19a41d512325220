import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { VaultClient, VaultStatusError } from "@estate/clients";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const answers: Record<string, [number, unknown]> = {
  "GET /v1/kv/data/a": [200, { data: { data: { k: "v" } } }],
  "GET /v1/kv/data/none": [404, { errors: [] }],
  "GET /v1/nowhere/x": [404, { errors: ["no handler for route"] }],
  "GET /v1/kv/data/secret": [403, { errors: ["permission denied"] }],
  "GET /v1/kv/metadata/?list=true": [200, { data: { keys: ["a", "b/"] } }],
  "POST /v1/sys/policy/p": [204, undefined],
  "DELETE /v1/sys/policy/p": [204, undefined],
  "GET /gateway/vault/v1/kv/data/a": [200, { data: { data: { k: "behind" } } }],
  "GET /v1/sys/health": [503, { initialized: true, sealed: true, version: "1.21.1" }],
};
const seen: http.IncomingHttpHeaders[] = [];
const server = http.createServer((request, response) => {
  seen.push(request.headers);
  const [status, body] = answers[`${request.method ?? ""} ${request.url ?? ""}`] ?? [404, { errors: [] }];
  response.writeHead(status).end(body === undefined ? undefined : JSON.stringify(body));
});
let vault: VaultClient;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  vault = new VaultClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "root");
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe("VaultClient", () => {
  it("reads with its token", async () => {
    expect((await vault.read("kv/data/a"))?.data).toEqual({ data: { k: "v" } });
    expect(seen.at(-1)?.["x-vault-token"]).toBe("root");
  });

  it("tells nothing from a path that nobody serves and from a refusal", async () => {
    expect(await vault.read("kv/data/none")).toBeUndefined();
    await expect(vault.read("nowhere/x")).rejects.toThrow("GET nowhere/x: 404 no handler for route");
    const refusal: unknown = await vault
      .withToken("other")
      .read("kv/data/secret")
      .catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(VaultStatusError);
    expect(refusal).toMatchObject({ status: 403, errors: ["permission denied"] });
    expect(seen.at(-1)?.["x-vault-token"]).toBe("other");
  });

  it("lists, writes, deletes", async () => {
    expect(await vault.list("kv/metadata/")).toEqual(["a", "b/"]);
    expect(await vault.list("kv/metadata/none")).toEqual([]);
    expect(await vault.write("sys/policy/p", { policy: "" })).toBeUndefined();
    await vault.delete("sys/policy/p");
  });

  it("keeps the path of its address, and speaks to its namespace", async () => {
    const behind = new VaultClient(`${vault.address}/gateway/vault/`, "root", { namespace: "teams" });
    expect((await behind.read("/kv/data/a"))?.data).toEqual({ data: { k: "behind" } });
    expect(seen.at(-1)?.["x-vault-namespace"]).toBe("teams");
    behind.close();
  });

  it("tells its health while sealed", async () => {
    expect(await vault.health()).toEqual({ status: 503, initialized: true, sealed: true, version: "1.21.1" });
  });
});
