import { isManifest, isRecord, KubernetesClient, KubernetesStatusError, type Manifest } from "@estate/clients";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { fluxArguments, fluxControllers, fluxTenancy } from "../../model/controllers";
import {
  crdsOfChart,
  destroy,
  ensureTools,
  manifestsFolder,
  Progress,
  silent,
  start,
  type Sandbox,
} from "../../sandbox";
import { placeOf } from "../../sandbox/operators/instance";
import { simulatedControllers } from "../../sandbox/operators/part";
import { controllerStatus, notSimulatedText } from "../../sandbox/operators/status";
import { identify } from "../../sandbox/process";
import { plan } from "../support/fixtures";

// A sandbox of its own: a FluxInstance is one to a cluster, and these tests kill what others would rely on.
let folder: string;
let sandbox: Sandbox;
let client: KubernetesClient;
let project: number;

/** The plan's own FluxInstance: what `pulumi up` would apply. */
const planned = plan([]).clusters.find(({ name }) => name === "dev")?.platform.gitops.instance;
const instance: unknown = planned;
const owner = "team-a";
const other = "team-b";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-flux-"));
  sandbox = await start({ dir: join(folder, "sandbox"), plugins: "doubles", reporter: new Progress() });
  client = KubernetesClient.fromKubeconfig({ path: sandbox.kubeconfig, context: "dev" });
  for (const name of ["flux-system", owner, other]) await client.create(object("v1", "Namespace", name));
  await bringReconciler();
  project = await makeProject();
});

afterAll(async () => {
  client.close();
  await destroy(sandbox.dir);
  rmSync(folder, { recursive: true, force: true });
});

const object = (apiVersion: string, kind: string, name: string, namespace?: string, rest: object = {}): Manifest => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  ...rest,
});

const configMap = (name: string, namespace: string, said = "hello"): Manifest =>
  object("v1", "ConfigMap", name, namespace, { data: { said } });
const kustomization = (name: string, namespace: string, spec: object): Manifest =>
  object("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name, namespace, {
    spec: {
      interval: "1m",
      retryInterval: "2s",
      timeout: "30s",
      prune: true,
      sourceRef: { kind: "GitRepository", name: "web" },
      ...spec,
    },
  });

/** The identity of a tenant's delivery: may do anything to ConfigMaps of its own namespace, and nothing else. */
async function bringReconciler(): Promise<void> {
  const rbac = "rbac.authorization.k8s.io";
  await client.create(object("v1", "ServiceAccount", "reconciler", owner));
  await client.create(
    object(`${rbac}/v1`, "Role", "reconciler", owner, {
      rules: [{ apiGroups: [""], resources: ["configmaps"], verbs: ["*"] }],
    }),
  );
  await client.create(
    object(`${rbac}/v1`, "RoleBinding", "reconciler", owner, {
      roleRef: { apiGroup: rbac, kind: "Role", name: "reconciler" },
      subjects: [{ kind: "ServiceAccount", name: "reconciler", namespace: owner }],
    }),
  );
}

async function gitlab(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${sandbox.gitlab.url}/api/v4/${path}`, {
    method,
    headers: { authorization: `Bearer ${sandbox.gitlab.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const value: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(value)}`);
  return value;
}

const field = (value: unknown, name: string): unknown => (isRecord(value) ? value[name] : undefined);

/** A private repository, and the Secret by which Flux reads it: a deploy token that can read this one and nothing else. */
async function makeProject(): Promise<number> {
  const group = field(await gitlab("GET", "groups/platform%2Ftenants"), "id");
  const made = await gitlab("POST", "projects", { name: "web", namespace_id: group, default_branch: "main" });
  const id = Number(field(made, "id"));
  const token = await gitlab("POST", `projects/${String(id)}/deploy_tokens`, {
    name: "flux",
    scopes: ["read_repository"],
  });
  const stringData = { username: String(field(token, "username")), password: String(field(token, "token")) };
  await client.create(object("v1", "Secret", "git", owner, { type: "Opaque", stringData }));
  return id;
}

/** One commit; `undefined` removes a file. */
async function push(message: string, files: Readonly<Record<string, Manifest | string | undefined>>): Promise<void> {
  const tree = await gitlab("GET", `projects/${String(project)}/repository/tree?recursive=true`).catch(() => []);
  const paths = Array.isArray(tree) ? tree.map((entry) => field(entry, "path")) : [];
  const actions = Object.entries(files).map(([path, content]) => ({
    action: content === undefined ? "delete" : paths.includes(path) ? "update" : "create",
    file_path: path,
    ...(content === undefined ? {} : { content: typeof content === "string" ? content : JSON.stringify(content) }),
  }));
  await gitlab("POST", `projects/${String(project)}/repository/commits`, {
    branch: "main",
    commit_message: message,
    actions,
  });
}

/** Waits for an answer of `undefined`; what was seen instead is told when it does not come. */
async function awaits(what: string, look: () => Promise<string | undefined>, boundMs = 90_000): Promise<number> {
  const began = Date.now();
  let seen = await look();
  while (seen !== undefined) {
    if (Date.now() - began > boundMs) throw new Error(`not within ${String(boundMs / 1000)} s: ${what}; seen: ${seen}`);
    await sleep(200);
    seen = await look();
  }
  return Date.now() - began;
}

/** The condition Ready of an object, in one line. */
async function readiness(ref: Manifest): Promise<string> {
  const status = field(await client.find(ref), "status");
  const conditions = field(status, "conditions");
  const ready: unknown = (Array.isArray(conditions) ? conditions : []).find(
    (entry) => field(entry, "type") === "Ready",
  );
  return `${String(field(ready, "status"))} ${String(field(ready, "reason"))}: ${String(field(ready, "message"))}`;
}

const isThere = (ref: Manifest) => async (): Promise<string | undefined> =>
  (await client.find(ref)) === undefined ? `none; ${await readiness(kustomization("web", owner, {}))}` : undefined;
const isGone = (ref: Manifest) => async (): Promise<string | undefined> =>
  (await client.find(ref)) === undefined
    ? undefined
    : `it is there; ${await readiness(kustomization("web", owner, {}))}`;
const says = (ref: Manifest, pattern: RegExp) => async (): Promise<string | undefined> => {
  const seen = await readiness(ref);
  return pattern.test(seen) ? undefined : seen;
};

const decoded = (value: unknown): string => Buffer.from(String(value), "base64").toString("utf8");

function manifest(value: unknown): Manifest {
  if (!isManifest(value)) throw new Error("no manifest");
  return value;
}

const processOf = (name: string) => controllerStatus(sandbox.dir).find((status) => status.name === `${name}-dev`);

describe("Flux in the sandbox", () => {
  it("knows every argument of the table", async () => {
    const tools = await ensureTools(simulatedControllers, silent);
    for (const controller of fluxControllers.filter(({ name }) => simulatedControllers.includes(name))) {
      // pflag prints its help on stderr, and the program then ends by 2 or 0.
      const help = execFileSync("/bin/sh", ["-c", `"$0" --help 2>&1 || true`, tools.file(controller.name)], {
        encoding: "utf8",
      });
      for (const argument of fluxArguments(controller, fluxTenancy, placeOf(manifest(instance)))) {
        expect(help, controller.name).toContain(`${argument.split("=")[0] ?? ""} `);
      }
    }
  });

  it("has no controller before a FluxInstance asks for it, and all that can be had once it is Ready", async () => {
    expect(controllerStatus(sandbox.dir)).toEqual([]);
    const charts = crdsOfChart("flux-operator", { ESTATE_MANIFESTS: await manifestsFolder() });
    for (const crd of charts.filter(isManifest)) await client.apply(crd, { fieldManager: "test", force: true });
    await awaits("FluxInstances served", async () => {
      client.forgetMapping("fluxcd.controlplane.io/v1");
      const { status } = await client.request("GET", "/apis/fluxcd.controlplane.io/v1/fluxinstances");
      return status === 200 ? undefined : String(status);
    });
    await client.create(manifest(instance));
    const took = await awaits("FluxInstance ready", says(manifest(instance), /^True/), 180_000);
    process.stdout.write(`FluxInstance to Ready: ${String(took)} ms\n`);
    expect(controllerStatus(sandbox.dir).map(({ name, state }) => [name, state])).toEqual(
      [...simulatedControllers].sort().map((name) => [`${name}-dev`, "running"]),
    );
    expect(await readiness(manifest(instance))).toContain("no process runs for helm-controller");
    expect(notSimulatedText(sandbox.dir)).toContain("helm-controller");
  });

  it("brings a pushed object into the namespace, as the tenant's reconciler", async () => {
    await push("first", { "web.yaml": configMap("web", owner) });
    await client.create(
      object("source.toolkit.fluxcd.io/v1", "GitRepository", "web", owner, {
        spec: {
          interval: "2s",
          url: `${sandbox.gitlab.url}/platform/tenants/web.git`,
          ref: { branch: "main" },
          secretRef: { name: "git" },
        },
      }),
    );
    await client.create(kustomization("web", owner, { path: "./", serviceAccountName: "reconciler" }));
    await awaits("ConfigMap web", isThere(configMap("web", owner)));
    await push("second", { "more.yaml": configMap("more", owner) });
    const took = await awaits("ConfigMap more", isThere(configMap("more", owner)));
    process.stdout.write(`commit to object: ${String(took)} ms\n`);
    const made = await client.get(configMap("more", owner));
    expect(JSON.stringify(made.metadata["managedFields"])).toContain('"manager":"kustomize-controller"');
  });

  it("refuses an object for another tenant's namespace, with the API server's reason, and goes on after", async () => {
    await push("escape", { "escape.yaml": configMap("escape", other) });
    await awaits(
      "the refusal",
      says(
        kustomization("web", owner, {}),
        /^False .*User "system:serviceaccount:team-a:reconciler" cannot patch resource "configmaps" .*namespace "team-b"/,
      ),
    );
    expect(await client.find(configMap("escape", other))).toBeUndefined();
    await push("withdrawn", { "escape.yaml": undefined });
    await awaits("ready again", says(kustomization("web", owner, {}), /^True/));
  });

  it("refuses what names no account, another tenant's source, and a base from elsewhere", async () => {
    const nameless = kustomization("nameless", owner, { path: "./" });
    const foreign = kustomization("foreign", other, {
      path: "./",
      sourceRef: { kind: "GitRepository", name: "web", namespace: owner },
    });
    // The base is there and can be read: what is shut is the way out of the artifact's folder.
    const data = field(await client.get(object("v1", "Secret", "git", owner)), "data");
    const [user, password] = ["username", "password"].map((key) => decoded(field(data, key)));
    const base = `${sandbox.gitlab.url.replace("://", `://${String(user)}:${String(password)}@`)}/platform/tenants/web.git`;
    await push("a remote base", {
      "remote/kustomization.yaml": `resources: ["${base}//?ref=main"]\n`,
      // Else the root would take the folder's file for an object.
      "kustomization.yaml": "resources: [web.yaml, more.yaml]\n",
    });
    const remote = kustomization("remote", owner, { path: "./remote", serviceAccountName: "reconciler" });
    for (const one of [nameless, foreign, remote]) await client.create(one);
    await awaits("no account", says(nameless, /^False .*User "system:serviceaccount:team-a:default" cannot/));
    await awaits(
      "a foreign source",
      says(foreign, /^False AccessDenied: .*cross-namespace references have been blocked/),
    );
    await awaits("a remote base", says(remote, /^False BuildFailed: .*fs-security-constraint/));
    for (const one of [nameless, foreign, remote]) {
      await client.delete(one);
      await awaits(`${String(one.metadata.name)} gone`, isGone(one));
    }
  });

  it("prunes what was removed, and puts back what was deleted by hand when it reconciles", async () => {
    await push("removed", { "more.yaml": undefined, "kustomization.yaml": "resources: [web.yaml]\n" });
    await awaits("ConfigMap more pruned", isGone(configMap("more", owner)));
    await client.delete(configMap("web", owner));
    await client.patch(kustomization("web", owner, {}), {
      metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() } },
    });
    await awaits("ConfigMap web again", isThere(configMap("web", owner)));
  });

  it("starts a controller again that died, and all of them with the sandbox", async () => {
    const before = processOf("kustomize-controller");
    if (before?.pid === undefined) throw new Error("no process to kill");
    process.kill(before.pid, "SIGKILL");
    await awaits("another process", async () => {
      const now = await Promise.resolve(processOf("kustomize-controller"));
      return now?.state === "running" && now.pid !== before.pid
        ? undefined
        : `${String(now?.state)} ${String(now?.pid)}`;
    });
    await push("after a death", { "web.yaml": configMap("web", owner, "again") });
    const said = (text: string) => async (): Promise<string | undefined> => {
      const data = field(await client.find(configMap("web", owner)), "data");
      return field(data, "said") === text ? undefined : JSON.stringify(data);
    };
    await awaits("the new content", said("again"));

    const pids = controllerStatus(sandbox.dir).map(({ pid }) => pid ?? 0);
    await sandbox.stop();
    for (const pid of pids) expect(identify(pid)).toBeUndefined();
    expect(controllerStatus(sandbox.dir)).toEqual([]);
    sandbox = await start({ dir: sandbox.dir });
    await push("after a restart", { "web.yaml": configMap("web", owner, "once more") });
    await awaits("the new content", said("once more"), 120_000);
  });

  it("goes as the operator's own: controllers first, then finalizers and CRDs; what was applied stays", async () => {
    const pids = controllerStatus(sandbox.dir).map(({ pid }) => pid ?? 0);
    expect(pids).toHaveLength(simulatedControllers.length);
    await client.delete(manifest(instance));
    await awaits("the instance gone", isGone(manifest(instance)));
    for (const pid of pids) expect(identify(pid)).toBeUndefined();
    expect(controllerStatus(sandbox.dir)).toEqual([]);
    const left = await client.list("apiextensions.k8s.io/v1", "CustomResourceDefinition");
    expect(left.items.map(({ metadata }) => metadata.name).filter((name) => name?.includes("toolkit"))).toEqual([]);
    const account = object("v1", "ServiceAccount", "kustomize-controller", "flux-system");
    expect(await client.find(account)).toBeUndefined();
    expect(await client.find(configMap("web", owner))).toBeDefined();
    const refusal: unknown = await client.tokenRequest("flux-system", "kustomize-controller").catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(KubernetesStatusError);
  });
});
