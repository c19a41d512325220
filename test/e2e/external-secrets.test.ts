import { isManifest, VaultClient, type Manifest } from "@estate/clients";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { externalSecretsValues } from "../../model/secrets-controller";
import { crdsOfChart, manifestsFolder } from "../../sandbox";
import { toRecord } from "../../sandbox/doubles/kubernetes/release/record";
import { controllerStatus } from "../../sandbox/operators/status";
import { identify } from "../../sandbox/process";
import { decoded, field, FluxCluster, object, other, owner, type Look } from "./support/flux-cluster";

// External Secrets' controller comes with its release, known by Helm's own record, reads the real Vault, and goes with it.

const namespace = "external-secrets";
let cluster: FluxCluster;
let vault: VaultClient;

const now = new Date().toISOString();
const record = toRecord({
  name: "external-secrets",
  namespace,
  revision: 1,
  status: "deployed",
  chart: "external-secrets",
  version: "0.20.4",
  values: externalSecretsValues,
  manifest: "",
  description: "",
  firstDeployed: now,
  lastDeployed: now,
});

beforeAll(async () => {
  cluster = await FluxCluster.start([]);
  vault = new VaultClient(cluster.sandbox.vault.address, cluster.sandbox.vault.token);
  await bringVault();
  for (const of of [owner, other]) await cluster.client.create(object("v1", "ServiceAccount", "secret-reader", of));
  await cluster.client.create(object("v1", "Namespace", namespace));
  const crds = crdsOfChart("external-secrets", { ESTATE_MANIFESTS: await manifestsFolder() });
  for (const crd of crds.filter(isManifest)) await cluster.client.apply(crd, { fieldManager: "helm", force: true });
});

afterAll(async () => {
  await cluster.end();
  vault.close();
});

/** As components/vault/vault.ts makes it: a mount that trusts the cluster's key, and a role for exactly one account. */
async function bringVault(): Promise<void> {
  const key = readFileSync(join(cluster.sandbox.clusters.dev.folder, "service-accounts.pub"), "utf8");
  await vault.write("sys/mounts/acme", { type: "kv", options: { version: "2" } });
  await vault.write("sys/auth/acme-dev", { type: "jwt" });
  await vault.write("auth/acme-dev/config", { jwt_validation_pubkeys: [key] });
  await vault.write("sys/policies/acl/team-a", { policy: `path "acme/data/team-a/*" { capabilities = ["read"] }` });
  await vault.write("auth/acme-dev/role/team-a", {
    role_type: "jwt",
    user_claim: "sub",
    bound_audiences: ["vault"],
    bound_subject: `system:serviceaccount:${owner}:secret-reader`,
    token_policies: ["team-a"],
  });
  await keep("first");
}

const keep = (value: string): Promise<unknown> => vault.write("acme/data/team-a/app", { data: { password: value } });

const store = (of: string): Manifest =>
  object("external-secrets.io/v1", "SecretStore", "vault", of, {
    spec: {
      provider: {
        vault: {
          server: cluster.sandbox.vault.address,
          path: "acme",
          version: "v2",
          auth: {
            jwt: {
              path: "acme-dev",
              role: "team-a",
              kubernetesServiceAccountToken: {
                serviceAccountRef: { name: "secret-reader", audiences: ["vault"] },
                expirationSeconds: 600,
              },
            },
          },
        },
      },
    },
  });
const external = (name: string, key: string): Manifest =>
  object("external-secrets.io/v1", "ExternalSecret", name, owner, {
    spec: {
      refreshInterval: "2s",
      secretStoreRef: { kind: "SecretStore", name: "vault" },
      target: { name, creationPolicy: "Owner" },
      data: [{ secretKey: "password", remoteRef: { key, property: "password" } }],
    },
  });
const secret = object("v1", "Secret", "app", owner);

const holds =
  (value: string): Look =>
  async () => {
    const seen = decoded(field(field(await cluster.client.find(secret), "data"), "password"));
    return seen === value ? undefined : `${seen}; ${await cluster.readiness(external("app", ""))}`;
  };

/** What the API server answers whether the controller's account may do this everywhere. */
async function may(verb: string, resource: string, group = "", subresource = ""): Promise<unknown> {
  const review = await cluster.client.create(
    object("authorization.k8s.io/v1", "SubjectAccessReview", "", undefined, {
      spec: {
        user: `system:serviceaccount:${namespace}:external-secrets`,
        resourceAttributes: { verb, resource, group, subresource },
      },
    }),
  );
  return field(review["status"], "allowed");
}

describe("External Secrets in the sandbox", () => {
  it("is not there before its release, and then runs as the account that its chart makes, with no other rights", async () => {
    expect(controllerStatus(cluster.sandbox.dir)).toEqual([]);
    await cluster.client.create(record);
    await cluster.awaits("its process on dev, and on no other cluster", () => {
      const seen = controllerStatus(cluster.sandbox.dir).map(({ name, state }) => `${name} ${state}`);
      return Promise.resolve(seen.join() === "external-secrets-dev running" ? undefined : seen.join());
    });
    expect(await may("create", "serviceaccounts", "", "token")).toBe(true);
    expect(await may("update", "externalsecrets", "external-secrets.io", "status")).toBe(true);
    // Switched off by the release's values, or never the chart's.
    expect(await may("list", "clustersecretstores", "external-secrets.io")).toBe(false);
    expect(await may("list", "pushsecrets", "external-secrets.io")).toBe(false);
    expect(await may("list", "pods")).toBe(false);
    expect(await may("create", "rolebindings", "rbac.authorization.k8s.io")).toBe(false);
  });

  it("brings a secret from Vault by the tenant's own token, and follows a change", async () => {
    await cluster.client.create(store(owner));
    await cluster.client.create(external("app", "team-a/app"));
    await cluster.awaits("the store", cluster.says(store(owner), /^True/));
    await cluster.awaits("the secret", holds("first"));
    await keep("second");
    const took = await cluster.awaits("the change", holds("second"));
    process.stdout.write(`change in Vault to Secret, at an interval of 2 s: ${String(took)} ms\n`);
  });

  it("gives nothing by another tenant's role or of another tenant's path, with Vault's own reason", async () => {
    await cluster.client.create(store(other));
    await cluster.awaits("the refusal", cluster.says(store(other), /^False InvalidProviderConfig: /));
    const log = readFileSync(join(cluster.sandbox.dir, "logs", "external-secrets-dev.log"), "utf8");
    expect(log).toMatch(/error validating token: invalid subject|sub claim does not match/);
    const foreign = external("foreign", "team-b/app");
    await cluster.client.create(foreign);
    await cluster.awaits("the refusal", cluster.says(foreign, /^False SecretSyncedError: /));
    expect(readFileSync(join(cluster.sandbox.dir, "logs", "external-secrets-dev.log"), "utf8")).toMatch(
      /acme\/data\/team-b\/app[\s\S]*permission denied/,
    );
    expect(await cluster.client.find(object("v1", "Secret", "foreign", owner))).toBeUndefined();
    await cluster.client.delete(foreign);
  });

  it("comes back when it is killed, and with the sandbox", async () => {
    await cluster.kill("external-secrets");
    await keep("third");
    await cluster.awaits("the change", holds("third"));
    const pids = cluster.processes().map(({ pid }) => pid ?? 0);
    await cluster.restart(() => {
      for (const pid of pids) expect(identify(pid)).toBeUndefined();
    });
    await keep("fourth");
    await cluster.awaits("the change", holds("fourth"));
  });

  it("goes with its release, and its rights with it; what it brought stays", async () => {
    // With nobody to take off its finalizer, an object that is deleted later would never go.
    await cluster.client.delete(external("app", ""), { propagationPolicy: "Orphan" });
    await cluster.awaits("the external secret gone", cluster.isGone(external("app", ""), external("app", "")));
    const pids = cluster.processes().map(({ pid }) => pid ?? 0);
    expect(pids).toHaveLength(1);
    await cluster.client.delete(record);
    await cluster.awaits("no process", () => Promise.resolve(cluster.processes()[0]?.name));
    for (const pid of pids) expect(identify(pid)).toBeUndefined();
    await cluster.awaits("no account", async () => {
      const account = await cluster.client.find(object("v1", "ServiceAccount", "external-secrets", namespace));
      const roles = await cluster.client.list("rbac.authorization.k8s.io/v1", "ClusterRole");
      const left = roles.items.map(({ metadata }) => metadata.name).filter((name) => name?.startsWith("external-"));
      return account === undefined && left.length === 0 ? undefined : `${String(account?.kind)} ${left.join()}`;
    });
    expect(decoded(field(field(await cluster.client.find(secret), "data"), "password"))).toBe("fourth");
  });
});
