import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { leaks } from "../support/secrets";

const value = 'p4ss "wörd"+/?&~~~';
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "estate-secrets-"));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(file: string, content: string | Buffer): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  writeFileSync(join(dir, file), content);
}

const found = (): string[] => leaks(dir, { planted: value }).map(({ file, encoding }) => `${file} ${encoding}`);

it.each([
  ["raw", `a${value}b`],
  ["json", `{"x":${JSON.stringify(value)}}`],
  ["url", `https://x:${encodeURIComponent(value)}@y`],
  ["url", new URLSearchParams({ x: value }).toString()],
  ["base64", Buffer.from(value).toString("base64")],
  ["base64", Buffer.from(`x:${value}`).toString("base64")],
  ["base64", Buffer.from(`ab:${value}, and more`).toString("base64")],
  ["base64", Buffer.from(`abc:${value}!`).toString("base64url")],
])("finds a value as %s, in any file below: %j", (encoding, text) => {
  write("pulumi/.pulumi/history/deep.json", text);
  write("logs/innocent.log", "nothing here");
  expect(found()).toContain(`pulumi/.pulumi/history/deep.json ${encoding}`);
  expect(found()).toHaveLength(1);
});

it("finds it between bytes that are no text", () => {
  write("etcd/db", Buffer.concat([Buffer.from([0, 255, 128]), Buffer.from(value), Buffer.from([0, 200])]));
  expect(found()).toEqual(["etcd/db raw"]);
});

it("passes over the sandbox's own credential files, and nothing that is only named like them", () => {
  for (const file of ["kubeconfig", "vault/unseal-key", "clusters/dev/admin.token", "harbor/token-key.pem"])
    write(file, value);
  write("elsewhere/kubeconfig", value);
  symlinkSync(join(dir, "kubeconfig"), join(dir, "link"));
  expect(found()).toEqual(["elsewhere/kubeconfig raw"]);
});

it("refuses a value that would be found everywhere", () => {
  expect(() => leaks(dir, { token: "" })).toThrow("token is too short");
});
