import { isManifest, isRecord, KubernetesClient, VaultClient, type Manifest } from "@estate/clients";
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  checkout,
  clusterNames,
  crdComponentNames,
  crds,
  crdsOfChart,
  destroy,
  manifestsFolder,
  moduleDir,
  partNames,
  Progress,
  readState,
  start,
  statusOf,
  type ClusterName,
  type Sandbox,
} from "../../sandbox";
import { identify } from "../../sandbox/process";
import { ApiClient } from "../sandbox/harbor/api-client";
import { OciClient } from "../sandbox/harbor/oci-client";

// A sandbox of its own: these tests kill and stop parts that other files rely on.
let folder: string;
let dir: string;
let sandbox: Sandbox;

/** Tracked files that a careless pulumi or go would write to. */
const tracked = [
  "Pulumi.yaml",
  "Pulumi.dev.yaml",
  "sandbox/toolchain/manifests/go.mod",
  "sandbox/toolchain/manifests/go.sum",
];
const contentOf = (name: string): string => {
  const file = join(checkout, name);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
};
const before = tracked.map(contentOf);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-e2e-"));
  dir = join(folder, "sandbox");
  sandbox = await start({ dir, plugins: "doubles", reporter: new Progress() });
});

afterAll(async () => {
  await destroy(dir);
  rmSync(folder, { recursive: true, force: true });
});

async function withCluster<T>(name: ClusterName, work: (client: KubernetesClient) => Promise<T>): Promise<T> {
  const client = KubernetesClient.fromKubeconfig({ path: sandbox.kubeconfig, context: name });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}

function command(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = join(checkout, "node_modules", ".bin", "tsx");
  return new Promise((resolve) => {
    execFile(file, [join(checkout, "sandbox", "main.ts"), ...args], { cwd: checkout }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

const pids = (): Map<string, number> =>
  new Map(Object.entries(readState(dir)?.parts ?? {}).map(([name, part]) => [name, part.pid]));

const configMap = (data: Record<string, string>): Manifest => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "kept", namespace: "default" },
  data,
});

async function askGitLab(method: string, path: string): Promise<{ status: number; body: unknown }> {
  const answer = await fetch(`${sandbox.gitlab.url}/api/v4/${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.gitlab.token}`, connection: "close" },
  });
  return { status: answer.status, body: await answer.json() };
}

async function eventually(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await sleep(200);
  }
}

describe("a sandbox", () => {
  it("has three clusters of its own and no CRDs in them", async () => {
    const uids = new Set<unknown>();
    for (const name of clusterNames) {
      await withCluster(name, async (client) => {
        expect((await client.request("GET", "/readyz")).status).toBe(200);
        expect((await client.list("apiextensions.k8s.io/v1", "CustomResourceDefinition")).items).toEqual([]);
        const system = await client.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } });
        uids.add(system.metadata.uid);
        const openid = await client.call("GET", "/.well-known/openid-configuration");
        expect(openid).toMatchObject({
          issuer: `https://kubernetes.${name}.sandbox.estate`,
          jwks_uri: `${sandbox.clusters[name].server}/openid/v1/jwks`,
        });
      });
    }
    expect(uids.size).toBe(3);
  });

  it("signs the tokens of each cluster with a key of its own", async () => {
    const token = await withCluster("dev", (client) => client.tokenRequest("default", "default"));
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({
      iss: "https://kubernetes.dev.sandbox.estate",
      aud: ["https://kubernetes.dev.sandbox.estate"],
    });
    const statusOn = (name: ClusterName): Promise<number> =>
      withCluster(name, async (client) => (await client.request("GET", "/api", { token })).status);
    expect(await statusOn("dev")).toBe(200);
    expect(await statusOn("prod")).toBe(401);
  });

  it("controls: namespaces get their ServiceAccount, and go with what is in them", async () => {
    await withCluster("prod", async (client) => {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "passing" } };
      await client.create(namespace);
      const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: "passing" } };
      await eventually("a ServiceAccount", async () => (await client.find(account)) !== undefined);
      await client.delete(namespace);
      await eventually("the namespace gone", async () => (await client.find(namespace)) === undefined);
    });
  });

  it("keeps its secrets to their owner, and listens below the ephemeral ports", () => {
    for (const name of [
      "vault/unseal-key",
      "vault/root-token",
      "gitlab/root-token",
      "harbor/admin-password",
      "harbor/token-key.pem",
      "harbor/state.json",
      "kubeconfig",
      "state.json",
      "clusters/dev/tokens.csv",
    ]) {
      expect(statSync(join(dir, name)).mode & 0o077, name).toBe(0);
    }
    for (const port of Object.values(readState(dir)?.ports ?? {})) {
      expect(port).toBeGreaterThanOrEqual(10_000);
      expect(port).toBeLessThan(32_768);
    }
  });

  it("prints an environment, and nothing but export lines", async () => {
    const { code, stdout } = await command("env", "--dir", dir);
    expect(code).toBe(0);
    for (const line of stdout.trimEnd().split("\n")) expect(line).toMatch(/^export [A-Z0-9_]+=/);
    expect(stdout).toContain("export PULUMI_CONFIG_PASSPHRASE=estate-sandbox\n");
    expect(stdout).toContain(`export KUBECONFIG=${sandbox.kubeconfig}\n`);
    expect(stdout).toContain(`export GITLAB_BASE_URL=${sandbox.gitlab.url}/\n`);
    expect(stdout).toContain(`export GITLAB_TOKEN=${sandbox.gitlab.token}\n`);
    expect(stdout).toContain(`export HARBOR_URL=${sandbox.harbor.url}\n`);
    expect(stdout).toContain("export HARBOR_USERNAME=admin\n");
    expect(stdout).toContain(`export HARBOR_PASSWORD=${sandbox.harbor.password}\n`);
  });

  it("has a GitLab with the group of all tenants, and a Harbor with a registry behind it", async () => {
    const group = await askGitLab("GET", "groups/platform%2Ftenants");
    expect(group).toMatchObject({ status: 200, body: { full_path: "platform/tenants", visibility: "private" } });
    const oci = new OciClient(sandbox.harbor.url, sandbox.harbor);
    expect((await oci.pushImage("library/web", "1", Buffer.from("a layer"))).status).toBe(201);
    expect((await new OciClient(sandbox.harbor.url).pullManifest("library/web", "1")).status).toBe(200);
  });

  it("lets the stand-in for flux-operator install real CRDs, say Ready, and take them away again", async () => {
    await withCluster("dev", async (client) => {
      const manifests = await manifestsFolder();
      const operator = crdsOfChart("oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator", {
        ESTATE_MANIFESTS: manifests,
      });
      for (const crd of operator) if (isManifest(crd)) await client.apply(crd, { fieldManager: "test", force: true });
      const instance: Manifest = {
        apiVersion: "fluxcd.controlplane.io/v1",
        kind: "FluxInstance",
        metadata: { name: "flux", namespace: "default" },
        spec: {
          distribution: { version: "2.x", registry: "ghcr.io/fluxcd" },
          components: ["source-controller", "kustomize-controller"],
        },
      };
      const served = async (): Promise<boolean> => {
        client.forgetMapping(instance.apiVersion);
        return (await client.request("GET", "/apis/fluxcd.controlplane.io/v1/fluxinstances")).status === 200;
      };
      await eventually("FluxInstances served", served);
      await client.create(instance);
      await eventually("Ready", async () => isReady(await client.get(instance)));
      const kustomizations = "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations";
      expect((await client.request("GET", kustomizations)).status).toBe(200);
      await client.delete(instance);
      await eventually("the instance gone", async () => (await client.find(instance)) === undefined);
      const left = await client.list("apiextensions.k8s.io/v1", "CustomResourceDefinition");
      expect(left.items.map((crd) => crd.metadata.name).filter((name) => name?.includes("toolkit"))).toEqual([]);
    });
  });

  it("has every component's CRDs out of its own module, usable without a conversion webhook", async () => {
    const served = new Map<string, unknown[]>();
    for (const name of crdComponentNames) {
      const manifests = (await crds(name)).filter(isManifest);
      expect(manifests.length, name).toBeGreaterThan(0);
      for (const crd of manifests) {
        const spec = isRecord(crd["spec"]) ? crd["spec"] : {};
        expect(spec["conversion"], crd.metadata.name).toBeUndefined();
        const versions: unknown[] = Array.isArray(spec["versions"]) ? spec["versions"] : [];
        const on = versions.filter(isRecord).filter((version) => version["served"] === true);
        served.set(
          crd.metadata.name ?? "",
          on.map((version) => version["name"]),
        );
      }
    }
    expect(served.size).toBeGreaterThan(25);
    expect(served.get("externalsecrets.external-secrets.io")).toContain("v1");
    expect(served.get("secretstores.external-secrets.io")).toContain("v1");
    expect(served.get("kustomizations.kustomize.toolkit.fluxcd.io")).toContain("v1");
    expect(served.get("helmreleases.helm.toolkit.fluxcd.io")).toContain("v2");
    expect(existsSync(join(await moduleDir("vcluster"), "chart", "values.schema.json"))).toBe(true);
  });

  it("makes the stack in its own backend without touching the checkout's stack file", () => {
    const file = join(checkout, "Pulumi.dev.yaml");
    if (!existsSync(file)) return;
    const state = join(dir, "pulumi", ".pulumi", "stacks", "estate", "dev.json");
    const salt = /^encryptionsalt: (.*)$/m.exec(readFileSync(file, "utf8"))?.[1] ?? "none";
    expect(readFileSync(state, "utf8")).toContain(salt);
    expect(tracked.map(contentOf)).toEqual(before);
  });

  it("notices a part that was killed, and heals it while the others go on", async () => {
    await withCluster("dev", (client) => client.create(configMap({ said: "before" })));
    const old = pids();
    process.kill(old.get("apiserver-dev") ?? 0, "SIGKILL");
    await eventually("status tells it", async () => (await command("status", "--dir", dir)).code === 1);
    const { stdout } = await command("status", "--dir", dir);
    expect(stdout).toMatch(/apiserver-dev +died/);
    expect(stdout).toContain("died; the end of its log:");
    sandbox = await start({ dir });
    const after = pids();
    for (const name of partNames) {
      if (name === "apiserver-dev") expect(after.get(name)).not.toBe(old.get(name));
      else expect(after.get(name), name).toBe(old.get(name));
    }
    const kept = await withCluster("dev", (client) => client.get(configMap({})));
    expect(kept["data"]).toEqual({ said: "before" });
    expect((await command("status", "--dir", dir)).code).toBe(0);
  });

  it("tells of a sealed Vault that it is not at work, and opens it again", async () => {
    const vault = new VaultClient(sandbox.vault.address, sandbox.vault.token);
    expect((await vault.request("PUT", "sys/seal")).status).toBe(204);
    const { code, stdout } = await command("status", "--dir", dir);
    expect(code).toBe(1);
    expect(stdout).toMatch(/vault +not answering +\d+/);
    expect(stdout).toContain("runs and is not at work: sealed");
    await start({ dir });
    expect((await command("status", "--dir", dir)).code).toBe(0);
    vault.close();
  });

  it("starts a part again that is just ending", async () => {
    const old = pids();
    process.kill(old.get("apiserver-prod") ?? 0, "SIGTERM");
    // It answers for a while yet, and its process lives longer than that.
    await eventually("it says that it ends", async () =>
      withCluster("prod", async (client) => (await client.request("GET", "/readyz")).status !== 200).catch(() => true),
    );
    sandbox = await start({ dir });
    expect(pids().get("apiserver-prod")).not.toBe(old.get("apiserver-prod"));
    expect((await command("status", "--dir", dir)).code).toBe(0);
  });

  it("loses nothing by stop and start, keeps its ports, and leaves no process", async () => {
    const vault = new VaultClient(sandbox.vault.address, sandbox.vault.token);
    await vault.write("sys/mounts/kept", { type: "kv", options: { version: "2" } });
    await eventually(
      "a write to Vault",
      async () => (await vault.request("POST", "kept/data/answer", { data: { value: "42" } })).status === 200,
    );
    vault.close();
    const group = await askGitLab("GET", "groups/platform%2Ftenants");
    const project = await new ApiClient(sandbox.harbor.url, sandbox.harbor).project("kept");
    const robot = await new ApiClient(sandbox.harbor.url, sandbox.harbor).robot("kept", "ci", ["pull", "push"]);
    const image = await new OciClient(sandbox.harbor.url, robot).pushImage("kept/web", "1", Buffer.from("a layer"));
    expect(image.status).toBe(201);
    const { ports } = readState(dir) ?? {};
    const running = [...pids().values()];
    expect(running).toHaveLength(partNames.length);

    await sandbox.stop();
    for (const pid of running) expect(identify(pid)).toBeUndefined();
    expect((await command("status", "--dir", dir)).code).toBe(0);

    sandbox = await start({ dir });
    expect(readState(dir)?.ports).toEqual(ports);
    const again = new VaultClient(sandbox.vault.address, sandbox.vault.token);
    expect((await again.read("kept/data/answer"))?.data["data"]).toEqual({ value: "42" });
    again.close();
    expect((await askGitLab("GET", "groups/platform%2Ftenants")).body).toEqual(group.body);
    expect(await new ApiClient(sandbox.harbor.url, sandbox.harbor).get(project)).toMatchObject({ name: "kept" });
    expect((await new OciClient(sandbox.harbor.url, robot).pullManifest("kept/web", "1")).text).toContain("layers");
    const kept = await withCluster("dev", (client) => client.get(configMap({})));
    expect(kept["data"]).toEqual({ said: "before" });
  });

  it("runs beside another one, each on ports of its own", async () => {
    const second = await start({ dir: join(folder, "second"), plugins: "doubles" });
    try {
      const own = Object.values(readState(dir)?.ports ?? {});
      for (const port of Object.values(readState(second.dir)?.ports ?? {})) expect(own).not.toContain(port);
      const client = KubernetesClient.fromKubeconfig({ path: second.kubeconfig, context: "dev" });
      expect(await client.find(configMap({}))).toBeUndefined();
      client.close();
    } finally {
      await second.destroy();
    }
    expect(existsSync(second.dir)).toBe(false);
    const state = readState(dir);
    if (state === undefined) throw new Error("no state");
    expect(statusOf(dir, state).map((part) => part.state)).toEqual(partNames.map(() => "running"));
  });

  it("tells a mistake in one line, without a stack", async () => {
    const missing = await command("env", "--dir", join(folder, "nowhere"));
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr.trim().split("\n")).toHaveLength(1);
    expect((await command("logs", "nothing", "--dir", dir)).stderr).toContain("use: etcd, ");
    expect((await command("start", "--dri", dir)).code).toBe(2);
    expect(readFileSync(join(dir, "logs", "etcd.log"), "utf8")).toBeDefined();
  });
});

function isReady(object: Manifest): boolean {
  const status = object["status"];
  const conditions: unknown[] = isRecord(status) && Array.isArray(status["conditions"]) ? status["conditions"] : [];
  return conditions.some((each) => isRecord(each) && each["type"] === "Ready" && each["status"] === "True");
}
