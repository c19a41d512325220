import { execFile, spawn, type ChildProcess } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { VaultClient } from "@estate/clients";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkout, Progress } from "../../sandbox";
import { binFolder, bundleDoubles } from "../../sandbox/bundles";
import { choosePorts } from "../../sandbox/ports";
import { ensureTools, type Toolchain } from "../../sandbox/toolchain/ensure";
import { secret, type PropertyMap } from "../../sandbox/doubles/framework/value";
import { vault } from "../../sandbox/doubles/vault/plugin";
import { partialOf, Rig, type Held } from "../sandbox/doubles/framework/rig";

// A Vault of its own, in memory: what is tested is the double, and its own Vault lets the tests disturb things.
const ROOT = "root-of-the-test";

let folder: string;
let tools: Toolchain;
let server: ChildProcess;
let client: VaultClient;
let rig: Rig;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-vault-double-"));
  tools = await ensureTools(["vault", "pulumi", "pulumi-language-nodejs"], new Progress());
  const { vault: port } = await choosePorts(["vault"], folder, {});
  server = spawn(
    tools.file("vault"),
    ["server", "-dev", "-dev-no-store-token", `-dev-listen-address=127.0.0.1:${port}`, `-dev-root-token-id=${ROOT}`],
    { stdio: "ignore", env: { PATH: process.env["PATH"], HOME: folder } },
  );
  client = new VaultClient(`http://127.0.0.1:${port}`, ROOT);
  for (let attempt = 0; attempt < 150; attempt += 1) {
    const health = await client.health().catch(() => undefined);
    if (health?.sealed === false) break;
    await sleep(200);
  }
  rig = await Rig.of(vault());
  await rig.configure({ address: client.address, token: secret(ROOT) });
});

afterAll(() => {
  rig.stop();
  client.close();
  server.kill();
  rmSync(folder, { recursive: true, force: true });
});

const MOUNT = "vault:index/mount:Mount";
const POLICY = "vault:index/policy:Policy";
const SECRET = "vault:kv/secretV2:SecretV2";
const JWT = "vault:jwt/authBackend:AuthBackend";
const JWT_ROLE = "vault:jwt/authBackendRole:AuthBackendRole";
const AUTH = "vault:index/authBackend:AuthBackend";
const KUBERNETES = "vault:kubernetes/authBackendConfig:AuthBackendConfig";
const KUBERNETES_ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole";
const GROUP = "vault:identity/group:Group";
const GROUP_ALIAS = "vault:identity/groupAlias:GroupAlias";
const ENTITY = "vault:identity/entity:Entity";
const AUDIT = "vault:index/audit:Audit";
const QUOTA = "vault:index/quotaRateLimit:QuotaRateLimit";

/** Vault trims the ends of a key: one with its last line break would differ at every preview. */
const publicKey = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString()
  .trim();

/** One resource's life: made, changed, disturbed by someone else, deleted. */
interface Life {
  readonly type: string;
  readonly first: PropertyMap;
  readonly second: PropertyMap;
  /** What someone else does to it. */
  readonly disturb: (held: Held) => Promise<unknown>;
  /** Where the disturbance shows. */
  readonly shows: readonly string[];
}

const lives: readonly Life[] = [
  {
    type: MOUNT,
    first: { path: "life/kv", type: "kv-v2", description: "one", maxLeaseTtlSeconds: 3600 },
    second: { path: "life/kv", type: "kv-v2", maxLeaseTtlSeconds: 7200, listingVisibility: "unauth" },
    disturb: () => client.write("sys/mounts/life/kv/tune", { description: "theirs", max_lease_ttl: "1h" }),
    shows: ["description", "maxLeaseTtlSeconds"],
  },
  {
    type: MOUNT,
    first: { path: "life/kv1", type: "kv", options: { version: "1" } },
    second: { path: "life/kv1", type: "kv", options: { version: "2" } },
    disturb: () => client.write("sys/mounts/life/kv1/tune", { description: "theirs" }),
    shows: ["description"],
  },
  {
    type: POLICY,
    first: { name: "life", policy: 'path "a/*" { capabilities = ["read"] }\n' },
    second: { name: "life", policy: '{"path":{"a/*":{"capabilities":["read","list"]}}}' },
    disturb: () => client.write("sys/policies/acl/life", { policy: 'path "*" { capabilities = ["sudo"] }' }),
    shows: ["policy"],
  },
  {
    type: AUTH,
    first: { type: "userpass", path: "life-users", tune: { defaultLeaseTtl: "1h", listingVisibility: "unauth" } },
    second: { type: "userpass", path: "life-users", tune: { defaultLeaseTtl: "2h30m" }, description: "two" },
    disturb: () => client.write("sys/auth/life-users/tune", { default_lease_ttl: "60s" }),
    shows: ["tune.defaultLeaseTtl"],
  },
  {
    type: JWT,
    first: { path: "life-jwt", jwtValidationPubkeys: [publicKey], boundIssuer: "https://one" },
    second: { path: "life-jwt", jwtValidationPubkeys: [publicKey], boundIssuer: "https://two", defaultRole: "r" },
    disturb: () =>
      client.write("auth/life-jwt/config", { jwt_validation_pubkeys: [publicKey], bound_issuer: "https://evil" }),
    shows: ["boundIssuer", "defaultRole"],
  },
  {
    type: JWT_ROLE,
    first: {
      backend: "jwt",
      roleName: "life",
      roleType: "jwt",
      userClaim: "sub",
      boundAudiences: ["z", "a"],
      boundClaims: { "/kubernetes.io/namespace": "a,b", other: "c" },
      claimMappings: { x: "y" },
      tokenPolicies: ["z", "a"],
      tokenTtl: 600,
    },
    second: {
      backend: "jwt",
      roleName: "life",
      roleType: "jwt",
      userClaim: "sub",
      boundAudiences: ["a"],
      boundSubject: "system:serviceaccount:a:b",
      tokenPolicies: ["a"],
      tokenMaxTtl: 900,
      tokenBoundCidrs: ["127.0.0.0/8"],
    },
    disturb: () =>
      client.write("auth/jwt/role/life", { role_type: "jwt", user_claim: "sub", token_policies: "a,root" }),
    shows: ["tokenPolicies[1]"],
  },
  {
    type: KUBERNETES,
    first: { kubernetesHost: "https://127.0.0.1:6443", disableLocalCaJwt: true, tokenReviewerJwt: "of-the-reviewer" },
    second: { kubernetesHost: "https://127.0.0.1:6444", disableLocalCaJwt: true, issuer: "https://issuer" },
    disturb: () =>
      client.write("auth/kubernetes/config", { kubernetes_host: "https://evil", disable_local_ca_jwt: true }),
    shows: ["kubernetesHost", "issuer"],
  },
  {
    type: KUBERNETES_ROLE,
    first: {
      roleName: "life",
      boundServiceAccountNames: ["b", "a"],
      boundServiceAccountNamespaces: ["n"],
      tokenTtl: 60,
    },
    second: {
      roleName: "life",
      boundServiceAccountNames: ["a"],
      boundServiceAccountNamespaces: ["n"],
      audience: "vault",
    },
    disturb: (held) => client.write(held.id, { bound_service_account_namespaces: ["*"] }),
    shows: ["boundServiceAccountNamespaces[0]"],
  },
  {
    type: GROUP,
    first: { name: "life", type: "external", policies: ["z", "a"], metadata: { tenant: "a" } },
    second: { name: "life-renamed", type: "external", policies: ["a"] },
    disturb: (held) => client.write(`identity/group/id/${held.id}`, { policies: ["a", "other"] }),
    shows: ["policies[1]"],
  },
  {
    type: ENTITY,
    first: { name: "life", policies: ["z", "a"], metadata: { tenant: "a" } },
    second: { name: "life", policies: ["a"], disabled: true },
    disturb: (held) => client.write(`identity/entity/id/${held.id}`, { disabled: false }),
    shows: ["disabled"],
  },
  {
    type: QUOTA,
    first: { name: "life", path: "jwt-quota/", rate: 100, interval: 10 },
    second: { name: "life", path: "jwt-quota/", rate: 200.5 },
    disturb: () => client.write("sys/quotas/rate-limit/life", { path: "jwt-quota/", rate: 1, interval: 10 }),
    shows: ["rate"],
  },
  {
    type: SECRET,
    first: {
      mount: "secret",
      name: "life/a",
      dataJson: '{"a":"1"}',
      customMetadata: { maxVersions: 3, data: { o: "x" } },
    },
    second: { mount: "secret", name: "life/a", dataJson: '{"a":"2"}', customMetadata: { maxVersions: 5 } },
    disturb: () => client.write("secret/metadata/life/a", { max_versions: 9 }),
    shows: ["customMetadata.maxVersions"],
  },
];

describe("a resource's life in a real Vault", () => {
  beforeAll(async () => {
    await client.write("sys/auth/jwt", { type: "jwt" });
    await client.write("auth/jwt/config", { jwt_validation_pubkeys: [publicKey] });
    await client.write("sys/auth/kubernetes", { type: "kubernetes" });
    await client.write("sys/mounts/jwt-quota", { type: "kv" });
  });

  it.each(lives)("$type $first", async ({ type, first, second, disturb, shows }) => {
    const made = await rig.make(type, first);
    await expectClean(type, made, first);

    const wanted = await rig.good(type, second, made.inputs);
    const planned = await rig.diff(type, made, wanted);
    expect(planned).toMatchObject({ changes: "some", replaces: [] });
    const updated = await rig.update(type, made, wanted);
    const clean = await expectClean(type, updated, second);

    await disturb(clean);
    const drifted = await rig.read(type, clean);
    if (drifted === undefined) throw new Error("gone");
    const drift = await rig.diff(type, drifted, wanted);
    expect(Object.keys(drift.detailed)).toEqual(expect.arrayContaining([...shows]));
    await expectClean(type, await rig.update(type, drifted, wanted), second);

    await rig.delete(type, clean);
    if (type !== KUBERNETES) expect(await rig.read(type, clean)).toBeUndefined();
    // Once more is no error: someone else may have been quicker.
    await rig.delete(type, clean);
  });

  it("an audit device's", async () => {
    const held = await rig.make(AUDIT, {
      type: "file",
      path: "life",
      options: { file_path: join(folder, "audit.log") },
    });
    await expectClean(AUDIT, held, { type: "file", path: "life", options: { file_path: join(folder, "audit.log") } });
    await rig.delete(AUDIT, held);
    expect(await rig.read(AUDIT, held)).toBeUndefined();
  });

  it("a group alias's", async () => {
    const group = await rig.make(GROUP, { name: "aliased", type: "external" });
    const accessor = String((await client.read("sys/auth/jwt"))?.data["accessor"]);
    const news = { name: "their-name", mountAccessor: accessor, canonicalId: group.id };
    const alias = await rig.make(GROUP_ALIAS, news);
    await expectClean(GROUP_ALIAS, alias, news);
    await rig.delete(GROUP_ALIAS, alias);
    expect(await rig.read(GROUP_ALIAS, alias)).toBeUndefined();
  });

  it("reads as gone when its mount is gone", async () => {
    await rig.make(MOUNT, { path: "brief", type: "kv", options: { version: "2" } });
    const held = await rig.make(SECRET, { mount: "brief", name: "a", dataJson: "{}" });
    await client.delete("sys/mounts/brief");
    expect(await rig.read(SECRET, held)).toBeUndefined();
    await rig.delete(SECRET, held);
  });

  it("is imported by its id", async () => {
    await rig.make(MOUNT, { path: "imported", type: "kv", options: { version: "2" }, description: "d" });
    const read = await rig.read(MOUNT, { id: "imported", inputs: {}, state: {} });
    expect(read?.inputs).toMatchObject({ path: "imported", type: "kv", options: { version: "2" }, description: "d" });
  });
});

describe("write-only values", () => {
  it("go to Vault when their version changes, and never into an answer", async () => {
    const value = (planted: string, version: number): PropertyMap => ({
      mount: "secret",
      name: "wo",
      dataJsonWo: JSON.stringify({ key: planted }),
      dataJsonWoVersion: version,
    });
    const stored = async (): Promise<unknown> => (await client.read("secret/data/wo"))?.data["data"];
    const held = await rig.make(SECRET, value("first", 1));
    expect(await stored()).toEqual({ key: "first" });
    expect(held.state).not.toHaveProperty("dataJsonWo");
    const read = await expectClean(SECRET, held, value("other", 1));
    expect(read.state).not.toHaveProperty("dataJsonWo");
    await rig.update(SECRET, read, await rig.good(SECRET, value("second", 2)));
    expect(await stored()).toEqual({ key: "second" });
  });
});

describe("Vault's refusals", () => {
  it.each<[string, string, PropertyMap, RegExp]>([
    ["a path in use", MOUNT, { path: "secret", type: "kv" }, /400 path is already in use at secret\//],
    ["an engine it does not have", MOUNT, { path: "odd", type: "odd" }, /plugin not found in the catalog: odd/],
    ["a policy that is none", POLICY, { name: "bad", policy: "path {" }, /failed to parse policy/i],
    ["a role of a method that is not there", JWT_ROLE, { backend: "no", roleName: "r", userClaim: "s" }, /404/],
    ["a secret of a mount that is not there", SECRET, { mount: "no", name: "n", dataJson: "{}" }, /404/],
    ["an alias of no group", GROUP_ALIAS, { name: "n", mountAccessor: "x", canonicalId: "y" }, /400/],
    ["a role for no namespace", KUBERNETES_ROLE, { roleName: "r", boundServiceAccountNames: ["a"] }, /400/],
  ])("%s", async (_, type, news, reason) => {
    await expect(rig.make(type, news)).rejects.toThrow(reason);
  });

  it.each([GROUP, ENTITY])("a name of %s that exists", async (type) => {
    const first = await rig.make(type, { name: "clash", policies: ["a"] });
    await expect(rig.make(type, { name: "clash", policies: ["b"] })).rejects.toThrow(
      `already exists with ID "${first.id}"`,
    );
  });

  it("a secret with cas 0 that exists", async () => {
    const news = { mount: "secret", name: "cas", dataJson: "{}", cas: 0 };
    await rig.make(SECRET, news);
    await expect(rig.make(SECRET, news)).rejects.toThrow(/check-and-set/);
  });

  it("keys that cannot be fetched: the method is there by then, and the engine keeps it", async () => {
    const news = { path: "half", jwksUrl: "http://127.0.0.1:9/keys" };
    const error: unknown = await rig.make(JWT, news).catch((thrown: unknown) => thrown);
    expect(partialOf(error)).toMatchObject({ id: "half", state: { path: "half" } });
    expect(partialOf(error)?.reasons[0]).toMatch(/error checking jwks URL|error fetching|400/);
    expect((await client.read("sys/auth/half"))?.data["type"]).toBe("jwt");
  });
});

describe("the session", () => {
  it("works with a child token that lives as long as it is told", async () => {
    const before = await client.list("auth/token/accessors");
    const other = await Rig.of(vault());
    await other.configure({ address: client.address, token: ROOT, maxLeaseTtlSeconds: "77", tokenName: "the-child" });
    await other.make(POLICY, { name: "by-child", policy: "# nothing" });
    other.stop();
    const children = (await client.list("auth/token/accessors")).filter((accessor) => !before.includes(accessor));
    expect(children).toHaveLength(1);
    const child = (await client.write("auth/token/lookup-accessor", { accessor: children[0] }))?.data;
    expect(child).toMatchObject({ display_name: "token-the-child", creation_ttl: 77, explicit_max_ttl: 77 });
  });

  it("makes none when told so, and says when the token is no good", async () => {
    const before = await client.list("auth/token/accessors");
    const other = await Rig.of(vault());
    await other.configure({ address: client.address, token: ROOT, skipChildToken: "true" });
    await other.make(POLICY, { name: "by-parent", policy: "# nothing" });
    await other.configure({ address: client.address, token: "wrong" });
    other.stop();
    expect(await client.list("auth/token/accessors")).toEqual(before);
    const wrong = await Rig.of(vault());
    await wrong.configure({ address: client.address, token: "wrong" });
    await expect(wrong.make(POLICY, { name: "by-nobody", policy: "# nothing" })).rejects.toThrow(
      /failed to lookup token.*403/,
    );
    wrong.stop();
  });
});

/** A refresh finds what was made, and nothing to do. Answers what was read. */
async function expectClean(type: string, held: Held, news: PropertyMap): Promise<Held> {
  const read = await rig.read(type, held);
  if (read === undefined) throw new Error(`${held.id} is gone`);
  expect(read.inputs).toEqual(held.inputs);
  const wanted = await rig.good(type, news, held.inputs);
  expect(await rig.diff(type, held, wanted)).toMatchObject({ changes: "none" });
  expect(await rig.diff(type, read, wanted)).toMatchObject({ changes: "none" });
  expect(read.state).toEqual(held.state);
  return read;
}

describe("through the Pulumi CLI", () => {
  const PLANTED = ["planted-in-data", "planted-write-only", "planted-client-secret"];

  it("ups, refreshes to nothing, keeps secrets encrypted, and destroys", { timeout: 600_000 }, async () => {
    const project = join(folder, "project");
    await bundleDoubles(folder);
    const pulumi = makeProject(project);
    await pulumi("stack", "init", "test");

    const preview = await pulumi("preview");
    expect(preview).toMatch(/\+ \d+ to create/);
    expect(await client.read("sys/policies/acl/cli")).toBeUndefined();

    await pulumi("up", "--yes", "--skip-preview");
    const stored = (await client.read("cli/data/app"))?.data["data"];
    expect(stored).toEqual({ key: "planted-in-data" });
    await pulumi("preview", "--refresh", "--expect-no-changes");

    const outputs = JSON.parse(await pulumi("stack", "output", "--json", "--show-secrets")) as Record<string, string>;
    const state = readFileSync(join(project, "state", ".pulumi", "stacks", "double", "test.json"), "utf8");
    const secrets = [...PLANTED, ROOT, outputs["password"] ?? "", keyLine(outputs["privateKey"] ?? "")];
    for (const text of secrets) {
      expect(text.length).toBeGreaterThan(8);
      expect(state.includes(text)).toBe(false);
      expect(state.includes(Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -1))).toBe(false);
    }

    // Someone else's change shows, and nothing else does.
    await client.write("sys/policies/acl/cli", { policy: "# nothing" });
    const drifted = await pulumi("preview", "--refresh", "--json");
    const steps = (JSON.parse(drifted) as { steps: { op: string; urn: string }[] }).steps.filter(
      ({ op }) => op !== "same" && op !== "refresh",
    );
    expect(steps.map(({ op, urn }) => `${op} ${urn.split("::").at(-1) ?? ""}`)).toEqual(["update cli"]);

    await pulumi("destroy", "--yes", "--skip-preview");
    expect(await client.read("sys/policies/acl/cli")).toBeUndefined();
    expect((await client.read("sys/mounts"))?.data).not.toHaveProperty("cli/");
  });

  function makeProject(project: string): (...args: string[]) => Promise<string> {
    const files = {
      "Pulumi.yaml": "name: double\nruntime: nodejs\n",
      "package.json": JSON.stringify({ name: "double", main: "index.js" }),
      "index.js": PROGRAM,
    };
    for (const name of ["state", "home"]) mkdirSync(join(project, name), { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(project, name), text);
    symlinkSync(join(checkout, "node_modules"), join(project, "node_modules"), "dir");
    const env = {
      ...process.env,
      PATH: [binFolder(folder), ...tools.folders, process.env["PATH"]].join(":"),
      PULUMI_BACKEND_URL: `file://${join(project, "state")}`,
      PULUMI_CONFIG_PASSPHRASE: "test",
      PULUMI_HOME: join(project, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      VAULT_ADDR: client.address,
      VAULT_TOKEN: ROOT,
    };
    return (...args) =>
      new Promise((resolve, reject) => {
        // `stack init` takes the name as its argument.
        const all = [...args, "--non-interactive", ...(args[1] === "init" ? [] : ["--stack", "test"])];
        execFile(tools.file("pulumi"), all, { cwd: project, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
          if (error) reject(new Error(`pulumi ${all.join(" ")}\n${stdout}\n${stderr}`));
          else resolve(stdout);
        });
      });
  }
});

/** A line from the middle of a PEM: any piece of it in the clear would be too much. */
function keyLine(pem: string): string {
  return pem.split("\n")[2] ?? "";
}

const PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const vault = require("@pulumi/vault");
const random = require("@pulumi/random");
const tls = require("@pulumi/tls");

const provider = new vault.Provider("vault", { address: process.env.VAULT_ADDR, token: process.env.VAULT_TOKEN });
const opts = { provider };
const mount = new vault.Mount("cli", { path: "cli", type: "kv-v2", description: "by the CLI" }, opts);
new vault.Policy("cli", { name: "cli", policy: 'path "cli/*" { capabilities = ["read"] }\\n' }, opts);
new vault.kv.SecretV2("app", { mount: mount.path, name: "app", dataJson: JSON.stringify({ key: "planted-in-data" }) }, opts);
new vault.kv.SecretV2("wo", { mount: mount.path, name: "wo", dataJsonWo: JSON.stringify({ key: "planted-write-only" }), dataJsonWoVersion: 1 }, opts);
const password = new random.RandomPassword("password", { length: 24, special: false });
new vault.kv.SecretV2("generated", { mount: mount.path, name: "generated", dataJson: pulumi.jsonStringify({ password: password.result }) }, opts);
const key = new tls.PrivateKey("key", { algorithm: "ECDSA", ecdsaCurve: "P256" });
new tls.PrivateKey("rsa", { algorithm: "RSA" });
const auth = new vault.jwt.AuthBackend("jwt", {
  path: "cli-jwt",
  jwtValidationPubkeys: [key.publicKeyPem.apply((pem) => pem.trim())],
  boundIssuer: "https://issuer",
  oidcClientSecretWo: undefined,
}, opts);
new vault.jwt.AuthBackendRole("role", { backend: auth.path, roleName: "r", roleType: "jwt", userClaim: "sub", boundAudiences: ["vault"], tokenPolicies: ["cli"], tokenTtl: 600 }, opts);
const kubernetes = new vault.AuthBackend("kubernetes", { type: "kubernetes", path: "cli-kubernetes" }, opts);
new vault.kubernetes.AuthBackendConfig("config", { backend: kubernetes.path, kubernetesHost: "https://127.0.0.1:6443", disableLocalCaJwt: true, tokenReviewerJwt: "planted-client-secret" }, opts);
const group = new vault.identity.Group("group", { name: "cli", type: "external", policies: ["cli"] }, opts);
new vault.identity.GroupAlias("alias", { name: "cli", mountAccessor: auth.accessor, canonicalId: group.id }, opts);
exports.password = password.result;
exports.privateKey = key.privateKeyPem;
`;
