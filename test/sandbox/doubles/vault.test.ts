import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSecret, reveal, secret, UNKNOWN, type PropertyMap } from "../../../sandbox/doubles/framework/value";
import { vault } from "../../../sandbox/doubles/vault/plugin";
import { orphan } from "./framework/orphan";
import { Rig } from "./framework/rig";

const MOUNT = "vault:index/mount:Mount";
const POLICY = "vault:index/policy:Policy";
const SECRET = "vault:kv/secretV2:SecretV2";
const JWT = "vault:jwt/authBackend:AuthBackend";
const JWT_ROLE = "vault:jwt/authBackendRole:AuthBackendRole";
const AUTH = "vault:index/authBackend:AuthBackend";
const KUBERNETES = "vault:kubernetes/authBackendConfig:AuthBackendConfig";
const KUBERNETES_ROLE = "vault:kubernetes/authBackendRole:AuthBackendRole";
const GROUP = "vault:identity/group:Group";
const AUDIT = "vault:index/audit:Audit";
const QUOTA = "vault:index/quotaRateLimit:QuotaRateLimit";

/** Nobody listens there: whatever passes here passes without a server. */
const NOWHERE = { address: "http://127.0.0.1:9", token: "t" };

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.of(vault());
  await rig.configure(NOWHERE);
});
afterAll(() => rig.stop());

describe("Check", () => {
  it.each<[string, string, PropertyMap, RegExp]>([
    ["a mount without a path", MOUNT, { type: "kv" }, /^path: Missing required property 'path'$/],
    ["a mount without a type", MOUNT, { path: "a" }, /^type: Missing/],
    ["a path with a slash in front", MOUNT, { path: "/a", type: "kv" }, /^path: .*starting or ending in "\/"/],
    ["a path with a slash behind", AUTH, { type: "jwt", path: "a/" }, /^path: /],
    ["a backend with a slash behind", JWT_ROLE, { backend: "a/", roleName: "r", userClaim: "sub" }, /^backend: /],
    ["an unknown property", MOUNT, { path: "a", type: "kv", defaultLease: 1 }, /^defaultLease: Invalid or unknown key/],
    ["an unknown property below", AUTH, { type: "jwt", tune: { ttl: "1h" } }, /^tune\.ttl: Invalid or unknown key/],
    ["a text for a number", MOUNT, { path: "a", type: "kv", maxLeaseTtlSeconds: "1h" }, /expected integer type/],
    ["a text for a list", JWT_ROLE, { roleName: "r", userClaim: "s", boundAudiences: "x" }, /expected list type/],
    ["a list for a map", JWT_ROLE, { roleName: "r", userClaim: "s", boundClaims: ["x"] }, /expected object type/],
    ["a Mount's namespace", MOUNT, { path: "a", type: "kv", namespace: "n" }, /Vault Enterprise/],
    ["a policy without text", POLICY, { name: "p" }, /^policy: Missing/],
    ["allowOverwrite, which 7.8.0 does not know", POLICY, { policy: "", allowOverwrite: false }, /unknown key/],
    ["a secret without data", SECRET, { mount: "m", name: "n" }, /one of "dataJson", "dataJsonWo" must be/],
    ["a secret with data twice", SECRET, { mount: "m", dataJson: "{}", dataJsonWo: "{}" }, /only one of/],
    ["a secret that is no JSON", SECRET, { mount: "m", dataJson: "x" }, /invalid JSON/],
    ["a secret that is no object", SECRET, { mount: "m", dataJson: "[1]" }, /invalid JSON object/],
    ["write-only data without its version", SECRET, { mount: "m", dataJsonWo: "{}" }, /dataJsonWo,dataJsonWoVersion/],
    ["a version without write-only data", SECRET, { mount: "m", dataJson: "{}", dataJsonWoVersion: 1 }, /must be/],
    ["a JWT method without keys", JWT, { path: "j" }, /one of "oidcDiscoveryUrl".* must be specified/],
    ["a JWT method with keys twice", JWT, { jwksUrl: "u", jwtValidationPubkeys: ["k"] }, /only one of/],
    ["a JWT method of another type", JWT, { type: "saml", jwksUrl: "u" }, /to be one of \["jwt" "oidc"\], got saml/],
    ["a JWT role without a claim", JWT_ROLE, { roleName: "r" }, /^userClaim: Missing/],
    ["a role of an unknown type", JWT_ROLE, { roleName: "r", userClaim: "s", roleType: "x" }, /to be one of/],
    ["a reviewer's token without its version", KUBERNETES, { kubernetesHost: "h", tokenReviewerJwtWo: "t" }, /must be/],
    ["a Kubernetes method without a host", KUBERNETES, {}, /^kubernetesHost: Missing/],
    ["a Kubernetes role for nobody", KUBERNETES_ROLE, { roleName: "r" }, /^boundServiceAccountNames: Missing/],
    ["a group of an unknown type", GROUP, { type: "secret" }, /to be one of/],
    ["an audit device without options", AUDIT, { type: "file" }, /^options: Missing/],
    ["a rate of nothing", QUOTA, { rate: 0 }, /greater than 0/],
  ])("refuses %s", async (_, type, news, reason) => {
    expect((await rig.check(type, news)).failures.join("\n")).toMatch(reason);
  });

  it.each<[string, string, PropertyMap]>([
    ["unknowns anywhere", JWT, { path: UNKNOWN, jwtValidationPubkeys: [UNKNOWN] }],
    ["an unknown secret", SECRET, { mount: UNKNOWN, dataJson: secret(UNKNOWN) }],
    ["numbers as text", MOUNT, { path: "a", type: "kv", maxLeaseTtlSeconds: "60" }],
    ["null for absent", MOUNT, { path: "a", type: "kv", description: null }],
  ])("takes %s", async (_, type, news) => {
    expect((await rig.check(type, news)).failures).toEqual([]);
  });

  it("writes defaults into the inputs and says which", async () => {
    expect((await rig.check(JWT, { jwksUrl: "u" })).inputs).toEqual({
      __defaults: ["disableRemount", "path", "type"],
      disableRemount: false,
      jwksUrl: "u",
      path: "jwt",
      type: "jwt",
    });
  });

  it("names what has no name, and keeps the name", async () => {
    const { inputs } = await rig.check(POLICY, { policy: "p" });
    expect(inputs["name"]).toMatch(/^thing-[0-9a-f]{7}$/);
    const again = await rig.check(POLICY, { policy: "q" }, { ...inputs, name: "thing-0000000" });
    expect(again.inputs["name"]).toBe("thing-0000000");
    const given = await rig.check(POLICY, { policy: "q", name: "mine" }, inputs);
    expect(given.inputs).toMatchObject({ name: "mine", __defaults: [] });
  });

  it("keeps what is secret secret, and makes secret what the schema says", async () => {
    const { inputs } = await rig.check(SECRET, { mount: "m", name: secret("n"), dataJson: "{}" });
    expect([isSecret(inputs["name"]), isSecret(inputs["dataJson"]), isSecret(inputs["mount"])]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("Diff", () => {
  const held = async (type: string, news: PropertyMap, more: PropertyMap = {}) => {
    const inputs = await rig.good(type, news);
    return { id: "x", inputs, state: { ...inputs, ...more } };
  };

  it("sees no difference in secrecy, order of a set, or what Vault filled in", async () => {
    const role = await held(
      JWT_ROLE,
      { roleName: "r", userClaim: "sub", tokenPolicies: ["b", "a"] },
      { roleType: "oidc", tokenTtl: 0, boundClaimsType: "string" },
    );
    const news = await rig.good(JWT_ROLE, { roleName: secret("r"), userClaim: "sub", tokenPolicies: ["a", "b"] });
    expect((await rig.diff(JWT_ROLE, role, news)).changes).toBe("none");
  });

  it("sees the same JSON in other words as the same", async () => {
    const before = await held(SECRET, { mount: "m", name: "n", dataJson: '{"a":1,"b":2}' });
    const news = await rig.good(SECRET, { mount: "m", name: "n", dataJson: '{ "b": 2, "a": 1 }' });
    expect((await rig.diff(SECRET, before, news)).changes).toBe("none");
  });

  it("does not see a write-only value, but its version", async () => {
    const before = await held(SECRET, { mount: "m", name: "n", dataJsonWo: '{"a":1}', dataJsonWoVersion: 1 });
    const other = await rig.good(SECRET, { mount: "m", name: "n", dataJsonWo: '{"a":2}', dataJsonWoVersion: 1 });
    expect((await rig.diff(SECRET, before, other)).changes).toBe("none");
    const bumped = await rig.good(SECRET, { mount: "m", name: "n", dataJsonWo: '{"a":2}', dataJsonWoVersion: 2 });
    expect((await rig.diff(SECRET, before, bumped)).detailed).toEqual({ dataJsonWoVersion: "update" });
  });

  it.each<[string, string, PropertyMap, PropertyMap, Partial<Awaited<ReturnType<Rig["diff"]>>>]>([
    [
      "replaces a mount of another type, create first: it has no name of its own",
      MOUNT,
      { path: "a", type: "kv" },
      { path: "a", type: "transit" },
      { replaces: ["type"], deleteBeforeReplace: false, detailed: { type: "update-replace" } },
    ],
    [
      "moves a mount",
      MOUNT,
      { path: "a", type: "kv" },
      { path: "b", type: "kv" },
      { replaces: [], detailed: { path: "update" } },
    ],
    [
      "replaces an auth method that may not move",
      JWT,
      { path: "a", jwksUrl: "u", disableRemount: true },
      { path: "b", jwksUrl: "u", disableRemount: true },
      { replaces: ["path"] },
    ],
    [
      "deletes a named policy first",
      POLICY,
      { name: "a", policy: "p" },
      { name: "b", policy: "p" },
      { replaces: ["name"], deleteBeforeReplace: true },
    ],
    [
      "names the places in a map and in a list",
      JWT_ROLE,
      { roleName: "r", userClaim: "s", boundClaims: { a: "1", b: "2" }, boundAudiences: ["x"] },
      { roleName: "r", userClaim: "s", boundClaims: { a: "2", c: "3" }, boundAudiences: ["x", "y"] },
      {
        detailed: {
          "boundClaims.a": "update",
          "boundClaims.b": "delete",
          "boundClaims.c": "add",
          "boundAudiences[1]": "add",
        },
      },
    ],
    [
      "takes away",
      MOUNT,
      { path: "a", type: "kv", description: "d" },
      { path: "a", type: "kv" },
      { detailed: { description: "delete" } },
    ],
    [
      "cannot tell an unknown",
      MOUNT,
      { path: "a", type: "kv", description: "d" },
      { path: "a", type: "kv", description: UNKNOWN },
      { detailed: { description: "update" } },
    ],
    [
      "replaces an audit device whatever changes",
      AUDIT,
      { type: "file", options: { file_path: "a" }, path: "file" },
      { type: "file", options: { file_path: "b" }, path: "file" },
      { replaces: ["options"], detailed: { "options.file_path": "update-replace" } },
    ],
  ])("%s", async (_, type, olds, news, expected) => {
    const before = await held(type, olds);
    expect(await rig.diff(type, before, await rig.good(type, news))).toMatchObject({ changes: "some", ...expected });
  });

  it("leaves out what is to be ignored", async () => {
    const before = await held(MOUNT, { path: "a", type: "kv", options: { version: "1" } });
    const news = await rig.good(MOUNT, { path: "a", type: "kv", options: { version: "2" } });
    expect((await rig.diff(MOUNT, before, news, ["options"])).changes).toBe("none");
    expect((await rig.diff(MOUNT, before, news, ["options.other"])).changes).toBe("some");
  });
});

describe("preview", () => {
  it("needs no server, knows the inputs, and does not know what Vault will choose", async () => {
    const { id, state } = await rig.make(MOUNT, { path: "a", type: "kv", options: { version: "2" } }, true);
    expect(id).toBe("");
    expect(state).toMatchObject({ path: "a", accessor: UNKNOWN, defaultLeaseTtlSeconds: UNKNOWN });
    const auth = await rig.make(AUTH, { type: "jwt" }, true);
    expect(auth.state).toMatchObject({ path: "jwt", accessor: UNKNOWN });
  });

  it("never shows a write-only value, and wraps secret outputs", async () => {
    const { state } = await rig.make(SECRET, { mount: "m", dataJsonWo: '{"a":"x"}', dataJsonWoVersion: 1 }, true);
    expect(state).not.toHaveProperty("dataJsonWo");
    expect(isSecret(state["data"])).toBe(true);
  });

  it("does without a known configuration, and fails only at real work", async () => {
    const unknown = await Rig.of(vault());
    await unknown.configure({ address: UNKNOWN, token: secret(UNKNOWN) });
    expect((await unknown.make(MOUNT, { path: "a", type: "kv" }, true)).state["path"]).toBe("a");
    await expect(unknown.make(MOUNT, { path: "a", type: "kv" })).rejects.toThrow(/not known yet/);
    unknown.stop();
  });
});

describe("the provider", () => {
  it("says what it can", async () => {
    expect(await rig.version()).toBe("7.8.0");
    expect(await rig.configure(NOWHERE)).toMatchObject({
      acceptsecrets: true,
      supportspreview: true,
      acceptresources: true,
    });
  });

  it.each([
    "https://vault.example.com:8200",
    "http://10.0.0.1:8200",
    "http://127.0.0.1.example.com",
    "http://[2001:db8::1]:8200",
    "vault",
  ])("refuses %s, before anything is asked of it", async (address) => {
    const other = await Rig.of(vault());
    await expect(other.configure({ address, token: "t" })).rejects.toThrow(/double of vault/);
    other.stop();
  });

  it.each<[string, PropertyMap, RegExp]>([
    ["a namespace", { namespace: "n" }, /Enterprise/],
    ["a login it does not know", { authLoginAws: "{}" }, /authLoginAws: not simulated/],
  ])("refuses %s", async (_, more, reason) => {
    const other = await Rig.of(vault());
    await expect(other.configure({ ...NOWHERE, ...more })).rejects.toThrow(reason);
    other.stop();
  });

  it("checks its configuration, in which everything but text is JSON text", async () => {
    const good = await rig.checkConfig({
      ...NOWHERE,
      maxLeaseTtlSeconds: "3600",
      skipChildToken: "true",
      version: "7.8.0",
    });
    expect(good.failures).toEqual([]);
    expect(isSecret(good.inputs["token"])).toBe(true);
    const bad = await rig.checkConfig({ ...NOWHERE, skipChildToken: '"perhaps"', adress: "x" });
    expect([...bad.failures].sort()).toEqual([
      "adress: Invalid or unknown key. Examine values at 'adress'.",
      "skipChildToken: expected boolean type for 'skipChildToken', got string type",
    ]);
  });

  it("takes a secret inside JSON text as a secret text", async () => {
    const { inputs } = await rig.checkConfig({
      ...NOWHERE,
      authLoginJwt: JSON.stringify({ role: "r", jwt: "planted" }),
    });
    expect(isSecret(inputs["authLoginJwt"])).toBe(true);
  });

  it("changes its configuration in place", async () => {
    const changed = await rig.diffConfig({ ...NOWHERE, __defaults: [] }, { ...NOWHERE, token: secret("u") });
    expect(changed).toMatchObject({ changes: "some", replaces: [], detailed: { token: "update" } });
    expect((await rig.diffConfig(NOWHERE, { ...NOWHERE, token: secret("t") })).changes).toBe("none");
  });

  it("says that a server does not answer, without a stack", async () => {
    const failure = rig.make(MOUNT, { path: "a", type: "kv" });
    await expect(failure).rejects.toThrow(/ECONNREFUSED/);
    await expect(failure).rejects.not.toThrow(/\n\s+at /);
  });

  it("does not simulate what Estate does not use, and says so", async () => {
    await expect(rig.check("vault:aws/secretBackend:SecretBackend", {})).rejects.toThrow(/not simulated/);
  });

  it("ends when its parent is killed", async () => {
    expect((await orphan("vault")).ended).toBe(true);
  });
});

describe("an unknown resource's secret", () => {
  it("is revealed to nobody by an error", async () => {
    const news = { mount: "m", name: "n", dataJson: secret('{"a":"planted"}') };
    await expect(rig.make(SECRET, news)).rejects.not.toThrow(/planted/);
    expect(reveal(news)).toMatchObject({ mount: "m" });
  });
});
