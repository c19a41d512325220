import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { rehearsedSettings } from "../../scripts/rehearsal-project";
import { withKey } from "../../scripts/stack-init";

const world = { vault: "http://127.0.0.1:1", gitlab: "http://127.0.0.1:2", registry: "http://127.0.0.1:3" };
const prod = readFileSync(join(__dirname, "../../Pulumi.prod.yaml"), "utf8");

interface File {
  readonly config: Readonly<Record<string, unknown>>;
}

it("a rehearsed stack differs in its addresses alone", () => {
  const { config: before } = parse(prod) as File;
  const { config: after } = parse(rehearsedSettings(prod, world)) as File;
  expect(after["estate:vault"]).toEqual({ address: world.vault });
  expect(after["estate:gitlab"]).toMatchObject({ url: world.gitlab });
  expect(after["estate:registry"]).toMatchObject({ url: world.registry });
  const others = Object.keys(before).filter((key) => !/:(vault|gitlab|registry)$/.test(key));
  expect(Object.keys(after).sort()).toEqual(Object.keys(before).sort());
  for (const key of others) expect(after[key]).toEqual(before[key]);
});

it("images in ECR keep their issuer: AWS takes no tokens of the sandbox's GitLab", () => {
  const inEcr = prod.replace(/estate:registry:\n(    .*\n)+/, "estate:registry: { kind: ecr }\n");
  const of = (text: string): unknown => (parse(rehearsedSettings(text, world)) as File).config["estate:registry"];
  expect(of(inEcr)).toEqual({ kind: "ecr", issuer: "https://gitlab.example.com" });
  const issuer = "https://tokens.example.com";
  expect(of(inEcr.replace("kind: ecr", `kind: ecr, issuer: "${issuer}"`))).toEqual({ kind: "ecr", issuer });
});

it("texts stay texts: a version in quotes, an account's number", () => {
  const text = rehearsedSettings(prod, world);
  expect(text).toContain('version: "1.35"');
  expect(text).toContain('account: "111122223333"');
});

it("its key is the sandbox's, and never the stack's own", () => {
  const own = withKey(prod, { secretsprovider: "awskms://alias/acme", encryptedkey: "AQID" });
  expect(own).toContain("AQID");
  expect(rehearsedSettings(own, world)).not.toMatch(/secretsprovider|encryptedkey/);
  const key = { secretsprovider: "awskms://alias/acme", encryptedkey: "BAUG" };
  expect(parse(rehearsedSettings(own, { ...world, key }))).toMatchObject(key);
});
