import { createHash, createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo, Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type TLSSocket } from "node:tls";
import { afterEach, beforeEach, expect, it } from "vitest";
import { authorityFile, ensureAuthority } from "../../sandbox/ingress/authority";
import { issuers } from "../../sandbox/ingress/issuers";
import { ingress, proxyHost } from "../../sandbox/ingress/server";
import { issuerHost, issuerOf } from "../../sandbox/issuer";

let dir: string;
let front: Server;
let pem: string;

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "estate-issuers-"));
  ensureAuthority(dir);
  mkdirSync(join(dir, "clusters", "dev"), { recursive: true });
  pem = generateKeyPairSync("rsa", { modulusLength: 2048 })
    .publicKey.export({ type: "spki", format: "pem" })
    .toString();
  writeFileSync(join(dir, "clusters", "dev", "service-accounts.pub"), pem);
  front = ingress(dir, () => undefined, issuers(dir));
  await new Promise((resolve) => front.listen(0, "127.0.0.1", () => resolve(undefined)));
});
afterEach(() => {
  front.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Says something over a connection, and gives all that comes until the end, or until `enough` is in it. */
function say(socket: TLSSocket, text: string, enough?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let heard = "";
    socket.on("data", (chunk: Buffer) => {
      heard += chunk.toString();
      if (enough !== undefined && heard.includes(enough)) resolve(heard);
    });
    socket.on("end", () => resolve(heard));
    socket.on("error", reject);
    socket.write(text);
  });
}

const secure = (socket: TLSSocket): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    socket.once("secureConnect", () => resolve(socket));
    socket.once("error", reject);
  });

const ca = (): Buffer => readFileSync(authorityFile(dir));

/** As Vault does it: by the proxy, verifying both certificates. */
async function fetchFrom(host: string, path: string): Promise<string> {
  const { port } = front.address() as AddressInfo;
  const proxy = await secure(connect({ host: "127.0.0.1", port, servername: proxyHost, ca: ca() }));
  const answer = await say(proxy, `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`, "\r\n\r\n");
  if (!answer.startsWith("HTTP/1.1 200")) return answer;
  proxy.removeAllListeners("data");
  const inner = await secure(connect({ socket: proxy, servername: host, ca: ca() }));
  return say(inner, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
}

it("an issuer shows the public keys of its cluster, as EKS does", async () => {
  const answer = await fetchFrom(issuerHost("dev"), "/keys");
  expect(answer).toMatch(/^HTTP\/1\.1 200/);
  const { keys } = JSON.parse(/\{.*\}/s.exec(answer)?.[0] ?? "") as { keys: Record<string, string>[] };
  const key = createPublicKey({ key: { ...keys[0] }, format: "jwk" });
  expect(key.export({ type: "spki", format: "pem" })).toBe(pem);
  // The name by which kube-apiserver calls it in tokens.
  const digest = createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("base64url");
  expect(keys[0]?.["kid"]).toBe(digest);
  expect(issuerOf("dev")).toBe(`https://${issuerHost("dev")}`);
});

it("shows nothing else", async () => {
  expect(await fetchFrom(issuerHost("dev"), "/openid/v1/jwks")).toMatch(/^HTTP\/1\.1 404/);
});

it("the proxy leads nowhere else", async () => {
  expect(await fetchFrom("example.com", "/")).toMatch(/^HTTP\/1\.1 403/);
});
