import type { Manifest, VaultClient } from "@estate/clients";
import { isRecord } from "@estate/clients";
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { planVault, platformPolicy } from "../../plan/controlplane/vault";
import { configure, initialise, keepRecoveryKeys } from "../../plan/controlplane/vault-scripts";
import { installingSettings } from "../support/control-plane";
import { plan } from "../support/fixtures";
import { GuardedCluster, serviceAccount } from "../../escape/guarded-cluster";
import { FreshVault } from "./support/vaults";

// The Job that makes a new Vault usable, container by container: the same scripts as plain processes, against a real Vault
// that opens itself (by another Vault, where a cloud has its key service), and a real API server with the Job's own rights.

const planned = planVault(
  {
    replicas: 1,
    sizeGi: 10,
    seal: { kind: "awskms", region: "eu-central-1", keyId: "alias/vault" },
    recovery: { shares: 3, threshold: 2 },
    accountAnnotations: {},
  },
  { estate: "acme", clusters: ["control-plane", "dev"], host: "vault.example.com", ownAuthority: false },
);

let vault: FreshVault;
let cluster: GuardedCluster;
const at = (name: string): string => join(vault.folder, name);
const password = "a-password-that-nobody-chose-1";

beforeAll(async () => {
  [vault, cluster] = await Promise.all([FreshVault.start(), GuardedCluster.start(plan([]))]);
  await cluster.apply([planned.namespace, ...planned.objects]);
  for (const folder of ["work", "credentials", "policies", "token"]) mkdirSync(at(folder));
  writeFileSync(at("credentials/password"), password);
  writeFileSync(at("policies/estate-platform.hcl"), platformPolicy("acme", ["control-plane", "dev"]));
  const { body } = await cluster.client.request(
    "POST",
    "/api/v1/namespaces/vault/serviceaccounts/vault-bootstrap/token",
    { body: { apiVersion: "authentication.k8s.io/v1", kind: "TokenRequest", spec: { expirationSeconds: 3600 } } },
  );
  const { token } = (isRecord(body) ? body["status"] : {}) as { token: string };
  writeFileSync(at("token/token"), token);
  writeFileSync(at("token/ca.crt"), readFileSync(cluster.certificate));
}, 300_000);
afterAll(async () => {
  await vault.end();
  await cluster.end();
});

const env = (more: Readonly<Record<string, string>> = {}): Record<string, string> => ({
  WORK: at("work"),
  WAIT_SECONDS: "20",
  LOGIN_MOUNT: planned.login.mount,
  LOGIN_USER: planned.login.user,
  CREDENTIALS: at("credentials"),
  RECOVERY_SHARES: "3",
  RECOVERY_THRESHOLD: "2",
  API_SERVER: cluster.client.server.origin,
  NAMESPACE: "vault",
  RECOVERY_SECRET: "vault-recovery",
  TOKEN: at("token"),
  POLICY_NAME: "estate-platform",
  POLICIES: at("policies"),
  AUDIT_FILE: at("audit.log"),
  PUBLIC_ADDR: vault.address,
  ...more,
});

/** All three containers, one after the other, as the kubelet runs them. */
async function job(
  more: Readonly<Record<string, string>> = {},
): Promise<{ readonly code: number; readonly output: string }> {
  let output = "";
  for (const script of [initialise, keepRecoveryKeys, configure]) {
    const ended = await vault.step(script, env(more));
    output += ended.output;
    if (ended.code !== 0) return { code: ended.code, output };
  }
  return { code: 0, output };
}

async function platform(): Promise<VaultClient> {
  const { auth } =
    (await vault.client().write(`auth/${planned.login.mount}/login/${planned.login.user}`, { password })) ?? {};
  return vault.client(String(auth?.["client_token"]));
}

describe("a new Vault", () => {
  let rootToken = "";

  it("waits, sealed by nobody's key, until somebody initialises it", async () => {
    expect(await vault.client().health()).toMatchObject({ initialized: false });
  });

  it("is initialised; its root token is in memory and its recovery keys nowhere else yet", async () => {
    const { code, output } = await vault.step(initialise, env());
    expect(output).toBe("initialised\n");
    expect(code).toBe(0);
    rootToken = readFileSync(at("work/root-token"), "utf8").trim();
    expect(rootToken).toMatch(/^hvs\./);
    // A container that starts again goes on where it was.
    expect((await vault.step(initialise, env())).output).toBe("initialised by this pod\n");
  });

  it("has its recovery keys kept by the Job's own account, and the root token not among them", async () => {
    const { code, output } = await vault.step(keepRecoveryKeys, env());
    expect({ code, output }).toEqual({ code: 0, output: "recovery keys kept in Secret vault-recovery\n" });
    const secret = await cluster.client.get({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "vault-recovery", namespace: "vault" },
    });
    const { data } = secret as unknown as { data: Record<string, string> };
    expect(Object.keys(data)).toEqual(["recovery-keys.json"]);
    const keys: unknown = JSON.parse(Buffer.from(data["recovery-keys.json"] ?? "", "base64").toString());
    expect(keys).toHaveLength(3);
    expect(JSON.stringify(secret)).not.toContain(rootToken);
    expect((await vault.step(keepRecoveryKeys, env())).code).toBe(0);
  });

  it("is configured, and then nobody has its root token", async () => {
    const { code, output } = await vault.step(configure, env());
    expect(output).toContain("configured; the root token is revoked");
    expect(code).toBe(0);
    expect(output).not.toContain(rootToken);
    expect(output).not.toContain(password);
    expect(readdirSync(at("work"))).toEqual([]);
    await expect(vault.client(rootToken).read("auth/token/lookup-self")).rejects.toThrow("403");
    expect(readFileSync(at("audit.log"), "utf8")).toContain('"path":"auth/token/revoke-self"');
  });

  it("takes a second run, and changes nothing", async () => {
    const { code, output } = await job();
    expect(output).toBe("initialised before, and the platform can log in\nnothing to keep\n");
    expect(code).toBe(0);
  });

  it("is not made anew where the platform's login is another one: it says what to do", async () => {
    mkdirSync(at("wrong"), { recursive: true });
    writeFileSync(at("wrong/password"), "not-this-one");
    const { code, output } = await job({ CREDENTIALS: at("wrong") });
    expect(code).toBe(1);
    expect(output).toMatch(/generate-root/);
    expect(await vault.client().health()).toMatchObject({ initialized: true, sealed: false });
  });

  it("is told of to nobody before it answers where the providers reach it", async () => {
    const { code, output } = await vault.step(configure, env({ PUBLIC_ADDR: "http://127.0.0.1:9", WAIT_SECONDS: "2" }));
    expect(code).toBe(1);
    expect(output).toMatch(/does not answer at http:\/\/127\.0\.0\.1:9: is the name in DNS/);
  });
});

describe("the platform's login", () => {
  it("may do all that Estate does in its own part", async () => {
    const own = await platform();
    await own.write("sys/mounts/acme", { type: "kv", options: { version: "2" } });
    await own.write("sys/mounts/acme/tune", { description: "tenants" });
    await own.write("sys/auth/acme-dev", { type: "jwt" });
    await own.write("sys/auth/acme-dev/tune", { default_lease_ttl: "1h" });
    const { publicKey } = keys();
    await own.write("auth/acme-dev/config", { jwt_validation_pubkeys: [publicKey] });
    await own.request("PUT", "sys/policies/acl/acme.dev.team-a-dev.read", {
      policy: 'path "acme/data/team-a/dev/*" { capabilities = ["read"] }',
    });
    await own.write("auth/acme-dev/role/team-a-dev", {
      role_type: "jwt", user_claim: "sub", bound_subject: "x", bound_audiences: ["vault"], token_policies: ["acme.dev.team-a-dev.read"],
    }); // prettier-ignore
    await own.write("acme/data/team-a/dev/delivery", { data: { a: "b" } });
    expect((await own.read("acme/data/team-a/dev/delivery"))?.data).toMatchObject({ data: { a: "b" } });
    await own.delete("acme/metadata/team-a/dev/delivery");
    await own.delete("auth/acme-dev/role/team-a-dev");
    await own.delete("sys/policies/acl/acme.dev.team-a-dev.read");
    await own.delete("sys/auth/acme-dev");
    await own.delete("sys/mounts/acme");
  });

  it.each<[string, (own: VaultClient) => Promise<unknown>]>([
    ["another estate's mount", (own) => own.write("sys/mounts/other", { type: "kv" })],
    ["another estate's logins", (own) => own.write("sys/auth/other-dev", { type: "jwt" })],
    [
      "policies of other names",
      (own) => own.request("PUT", "sys/policies/acl/estate-platform", { policy: "" }).then(refused),
    ],
    ["its own policy", (own) => own.write("sys/policies/acl/estate-platform", { policy: 'path "*" {}' })],
    ["tokens of its own making", (own) => own.write("auth/token/create", {})],
    ["other users", (own) => own.write("auth/platform/users/mallory", { password: "x" })],
    ["the audit log", (own) => own.delete("sys/audit/file")],
    ["a seal", (own) => own.request("PUT", "sys/seal").then(refused)],
  ])("may not touch %s", async (_what, attempt) => {
    await expect(attempt(await platform())).rejects.toThrow("403");
  });
});

const refused = ({ status }: { readonly status: number }): void => {
  if (status >= 400) throw new Error(String(status));
};

function keys(): { readonly publicKey: string } {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { publicKey: publicKey.export({ type: "spki", format: "pem" }).toString() };
}

describe("the objects of all installed services", () => {
  const { vault: own, gitlab, registry } = plan([], installingSettings()).controlPlane;
  const namespaces = [own, gitlab, registry].flatMap((service) => (service === undefined ? [] : [service.namespace]));
  const objects = [own, gitlab, registry].flatMap((service) => service?.objects ?? []);
  const jobs = [own?.job, gitlab?.before, gitlab?.job, registry?.job].flatMap((one) =>
    one === undefined ? [] : [one],
  );

  it("are what an API server takes, and pods of Jobs are what Pod Security `restricted` admits", async () => {
    await cluster.apply([...namespaces, ...objects]);
    const strict = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "strict", labels: strict } }]);
    expect(jobs).toHaveLength(4);
    for (const job of jobs) {
      const { name } = job.metadata;
      expect(await cluster.says({ verb: "create", object: job as unknown as Manifest }), name).toBe("ok");
      const { template } = job["spec"] as unknown as { template: { spec: Record<string, unknown> } };
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "tried", namespace: "strict" } };
      const spec = { ...template.spec, serviceAccountName: "default" };
      expect(await cluster.says({ verb: "create", object: { ...pod, spec } }), name).toBe("ok");
    }
  });

  it("give the account the one Secret and nothing else", async () => {
    const as = serviceAccount("vault", "vault-bootstrap");
    const secret = (name: string) => ({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: "vault" } });
    const patch = (name: string) => cluster.says({ verb: "patch", object: secret(name), body: { data: {} }, as });
    expect(await patch("vault-recovery")).toBe("ok");
    await cluster.apply([secret("vault-platform")]);
    expect(await patch("vault-platform")).toMatch(/^403/);
    expect(await cluster.says({ verb: "delete", object: secret("vault-recovery"), as })).toMatch(/^403/);
  });
});

describe("recovery keys for people's own keys", () => {
  it("can be read by nobody who reads the Secret", async (context) => {
    const gnupg = await vault.step("command -v gpg", {});
    if (gnupg.code !== 0) return context.skip("gpg cannot be had here");
    const other = await FreshVault.start();
    try {
      mkdirSync(at("pgp"), { recursive: true });
      mkdirSync(at("gnupg"), { recursive: true, mode: 0o700 });
      const made = await other.step(
        `gpg --batch --quiet --passphrase '' --quick-generate-key one@example.com rsa2048 encrypt never
         gpg --batch --quiet --export one@example.com | base64 -w0 > "$OUT"`,
        { GNUPGHOME: at("gnupg"), OUT: at("pgp/key-0") },
      );
      expect(made.code, made.output).toBe(0);
      mkdirSync(join(other.folder, "work"));
      const { code, output } = await other.step(initialise, {
        ...env(), VAULT_ADDR: other.address, WORK: join(other.folder, "work"), RECOVERY_SHARES: "1", RECOVERY_THRESHOLD: "1", RECOVERY_PGP: at("pgp"),
      }); // prettier-ignore
      expect(code, output).toBe(0);
      const init = JSON.parse(readFileSync(join(other.folder, "work", "init.json"), "utf8")) as {
        recovery_keys_b64: string[];
      };
      const decrypted = await other.step('printf %s "$KEY" | base64 -d | gpg --batch --quiet --decrypt', {
        GNUPGHOME: at("gnupg"), KEY: init.recovery_keys_b64[0] ?? "",
      }); // prettier-ignore
      expect(decrypted.output).toMatch(/^[0-9a-f]{64}$/);
    } finally {
      await other.step("gpgconf --kill all || true", { GNUPGHOME: at("gnupg") });
      rmSync(at("gnupg"), { recursive: true, force: true });
      await other.end();
    }
  });
});
