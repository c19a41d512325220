import { GitLabClient, HarborClient } from "@estate/clients";
import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const rows = Array.from({ length: 250 }, (_, id) => ({ id }));
const seen: string[] = [];
const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://server");
  seen.push(`${request.method ?? ""} ${request.url ?? ""} ${request.headers.authorization ?? ""}`);
  const [size, page] = [
    Number(searchParams.get("per_page") ?? searchParams.get("page_size")),
    Number(searchParams.get("page")),
  ];
  const [status, body]: [number, unknown] = pathname.endsWith("/rows")
    ? [200, rows.slice((page - 1) * size, page * size)]
    : pathname.endsWith("/refused")
      ? [403, { message: "403 Forbidden" }]
      : [404, { message: "404 Not Found" }];
  response.writeHead(status).end(JSON.stringify(body));
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

const clients = {
  GitLab: () => new GitLabClient(url, "the-token"),
  Harbor: () => new HarborClient(url, { username: "me", password: "word" }),
};

describe.each(["GitLab", "Harbor"] as const)("the client of %s", (name) => {
  it("lists all pages, with and without a query, and nothing where there is nothing", async () => {
    const client = clients[name]();
    expect(await client.list("rows")).toEqual(rows);
    expect(await client.list("rows?a=b")).toEqual(rows);
    expect(await client.list("nothing")).toEqual([]);
    client.close();
  });

  it("tells a refusal with what was asked and what was said", async () => {
    const client = clients[name]();
    await expect(client.list("refused")).rejects.toThrow(/^GET .*refused: 403 .*403 Forbidden/);
    client.close();
  });
});

describe("a server that closes every connection after its first answer, without a word", () => {
  it("is asked again until the connection is a new one", async () => {
    const used = new Set<unknown>();
    const closing = http.createServer((request, response) => {
      if (used.has(request.socket)) request.socket.destroy();
      else response.end("{}");
      used.add(request.socket);
    });
    await new Promise<void>((resolve) => closing.listen(0, "127.0.0.1", resolve));
    const client = new GitLabClient(`http://127.0.0.1:${(closing.address() as AddressInfo).port}`, "the-token");
    await Promise.all(Array.from({ length: 5 }, () => client.request("GET", "any")));
    expect((await client.request("GET", "any")).status).toBe(200);
    client.close();
    closing.close();
    closing.closeAllConnections();
  });
});

describe("the clients' logins", () => {
  it("are a bearer token, and name and password", async () => {
    seen.length = 0;
    await clients.GitLab().request("GET", "user");
    await clients.Harbor().request("GET", "users/current");
    expect(seen).toEqual(["GET /api/v4/user Bearer the-token", "GET /api/v2.0/users/current Basic bWU6d29yZA=="]);
  });

  it("read nothing at a path that holds nothing, and tell a refusal", async () => {
    const client = clients.GitLab();
    expect(await client.read("nothing")).toBeUndefined();
    await expect(client.read("refused")).rejects.toThrow("403 Forbidden");
    await expect(client.write("POST", "nothing")).rejects.toThrow("404 Not Found");
    client.close();
  });
});
