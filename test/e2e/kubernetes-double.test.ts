import { KubernetesClient, loadKubeconfig, type Manifest } from "@estate/clients";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { destroy, manifestsFolder, start } from "../../sandbox";
import { Engine } from "../../sandbox/doubles/framework/engine";
import {
  isSecret,
  reveal,
  secret,
  UNKNOWN,
  type BareMap,
  type PropertyMap,
} from "../../sandbox/doubles/framework/value";
import { textAt } from "../../sandbox/doubles/kubernetes/fields";
import { KubernetesPlugin } from "../../sandbox/doubles/kubernetes/plugin";
import { partialOf, Rig, type Held } from "../sandbox/doubles/framework/rig";

// The double over a real API server, spoken to as the engine does: gRPC, with unknowns and secrets.

const NAMESPACE = "kubernetes:core/v1:Namespace";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const QUOTA = "kubernetes:core/v1:ResourceQuota";
const SECRET = "kubernetes:core/v1:Secret";
const BINDING = "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding";
const CRD = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition";
const THING = "kubernetes:double.example/v1:Thing";
const RELEASE = "kubernetes:helm.sh/v3:Release";

let folder: string;
let kubeconfig: string;
let client: KubernetesClient;
let plugin: KubernetesPlugin;
let rig: Rig;

async function connect(more: PropertyMap = {}): Promise<[KubernetesPlugin, Rig]> {
  const made = new KubernetesPlugin(new Engine(), "4.34.2", { ESTATE_MANIFESTS: await manifestsFolder() });
  const to = await Rig.of(made);
  await to.configure({ kubeconfig, context: "dev", ...more });
  return [made, to];
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-double-"));
  const sandbox = await start({ dir: join(folder, "sandbox"), plugins: "doubles" });
  kubeconfig = sandbox.kubeconfig;
  client = KubernetesClient.fromKubeconfig({ path: kubeconfig, context: "dev" });
  [plugin, rig] = await connect();
  await rig.make(NAMESPACE, namespace("home"));
  await rig.make(CRD, crd());
});

afterAll(async () => {
  rig.stop();
  client.close();
  await destroy(join(folder, "sandbox"));
  rmSync(folder, { recursive: true, force: true });
});

function namespace(name: string, labels: Record<string, string> = {}): PropertyMap {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function configMap(name: string, data: Record<string, string>, where = "home"): PropertyMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace: where }, data };
}

function binding(name: string, role: string): PropertyMap {
  const apiGroup = "rbac.authorization.k8s.io";
  return {
    apiVersion: `${apiGroup}/v1`,
    kind: "RoleBinding",
    metadata: { name, namespace: "home" },
    roleRef: { apiGroup, kind: "ClusterRole", name: role },
    subjects: [{ kind: "Group", name: "g", apiGroup }],
  };
}

function thing(name: string, spec: PropertyMap, annotations: Record<string, string> = {}): PropertyMap {
  return { apiVersion: "double.example/v1", kind: "Thing", metadata: { name, namespace: "home", annotations }, spec };
}

function crd(): PropertyMap {
  const spec = {
    type: "object",
    required: ["size"],
    properties: { size: { type: "integer" }, name: { type: "string" } },
  };
  const status = { type: "object", x_kubernetes_preserve_unknown_fields: true };
  const openAPIV3Schema = { type: "object", properties: { spec, status } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.double.example" },
    spec: {
      group: "double.example",
      scope: "Namespaced",
      names: { kind: "Thing", plural: "things", singular: "thing" },
      versions: [
        { name: "v1", served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema } },
      ],
    },
  };
}

function ref(kind: string, name: string, where: string | undefined = "home", apiVersion = "v1"): Manifest {
  return { apiVersion, kind, metadata: { name, ...(where === "" ? {} : { namespace: where }) } };
}

function stateOf(held: Held): BareMap {
  return reveal(held.state);
}

async function refreshed(type: string, held: Held): Promise<Held> {
  const found = await rig.read(type, held);
  if (found === undefined) throw new Error("it is gone");
  return found;
}

describe("create", () => {
  it("posts, answers the live object and names its manager", async () => {
    const held = await rig.make(CONFIG_MAP, configMap("made", { a: "b" }));
    expect(held.id).toBe("home/made");
    expect(held.state).toMatchObject({
      data: { a: "b" },
      __initialApiVersion: "v1",
      __fieldManager: expect.stringMatching(/^pulumi-kubernetes-[0-9a-f]{8}$/) as string,
    });
    expect(textAt(stateOf(held), "metadata", "uid")).toBeDefined();
  });

  it("refuses an object that exists, and says what helps", async () => {
    await rig.make(CONFIG_MAP, configMap("twice", {}));
    await expect(rig.make(CONFIG_MAP, configMap("twice", {}))).rejects.toThrow(
      /already exists.*alias.*Patch.*import.*upsertExistingObjects/,
    );
  });

  it("adopts it with upsertExistingObjects", async () => {
    await client.create({ ...ref("ConfigMap", "there"), data: { a: "kept" } });
    const [, to] = await connect({ upsertExistingObjects: "true" });
    expect((await to.make(CONFIG_MAP, configMap("there", { b: "c" }))).state).toMatchObject({
      data: { a: "kept", b: "c" },
    });
    to.stop();
  });

  it("waits for a namespace that is on its way", async () => {
    const made = rig.make(CONFIG_MAP, configMap("early", {}, "later"));
    await sleep(300);
    await client.create(ref("Namespace", "later", ""));
    expect((await made).id).toBe("later/early");
  });

  it("waits for a quota to be in force", async () => {
    const spec = { hard: { pods: "3", "requests.cpu": "0.5" } };
    const held = await rig.make(QUOTA, { ...ref("ResourceQuota", "q"), spec } as unknown as PropertyMap);
    expect(held.state).toMatchObject({ status: { hard: { pods: "3", "requests.cpu": "500m" } } });
    // Half a CPU is 500m, so nothing differs.
    expect(await rig.diff(QUOTA, held, held.inputs)).toMatchObject({ changes: "none" });
  });

  it("keeps what failed to become ready, with the reason", async () => {
    const annotations = { "pulumi.com/waitFor": "condition=Ready", "pulumi.com/timeoutSeconds": "1" };
    const error: unknown = await rig.make(THING, thing("slow", { size: 1 }, annotations)).catch((e: unknown) => e);
    const partial = partialOf(error);
    expect(partial).toMatchObject({ id: "home/slow", state: { spec: { size: 1 } } });
    expect(partial?.reasons.join()).toMatch(/failed to fully initialize or become live.*condition Ready=true/);
  });

  it("waits for what an object says", async () => {
    const made = rig.make(THING, thing("told", { size: 1 }, { "pulumi.com/waitFor": "jsonpath={.status.phase}=Done" }));
    const place = ref("Thing", "told", "home", "double.example/v1");
    while ((await client.find(place)) === undefined) await sleep(50);
    await client.patch(place, { status: { phase: "Done" } }, { subresource: "status" });
    expect((await made).state).toMatchObject({ status: { phase: "Done" } });
  });

  it("does not wait with skipAwait, and stops waiting when the engine cancels", async () => {
    const deployment = (name: string, annotations: Record<string, string>): PropertyMap => ({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace: "home", annotations },
      spec: {
        selector: { matchLabels: { a: "b" } },
        template: { metadata: { labels: { a: "b" } }, spec: { containers: [{ name: "c", image: "i" }] } },
      },
    });
    const type = "kubernetes:apps/v1:Deployment";
    await rig.make(type, deployment("skipped", { "pulumi.com/skipAwait": "true" }));
    const [hanging, to] = await connect();
    const made = to.make(type, deployment("hanging", {})).catch((e: unknown) => e);
    while ((await client.find(ref("Deployment", "hanging", "home", "apps/v1"))) === undefined) await sleep(50);
    await hanging.cancel();
    expect(partialOf(await made)?.reasons.join()).toMatch(/cancelled/);
    to.stop();
  });
});

describe("check", () => {
  it.each<[string, string, () => PropertyMap, RegExp | undefined]>([
    ["a good object", CONFIG_MAP, () => configMap("good", {}), undefined],
    ["an unknown field", CONFIG_MAP, () => ({ ...configMap("bad", {}), dta: {} }), /dta: unknown field "dta"/],
    ["a wrong type", CONFIG_MAP, () => ({ ...configMap("bad", {}), data: { a: 1 } }), /unmarshal/],
    ["a field that a CRD misses", THING, () => thing("bad", { name: "n" }), /spec.size: Required value/],
    ["a field that a CRD does not know", THING, () => thing("bad", { size: 1, sz: 1 }), /spec.sz: unknown field/],
    ["a wrong type for a CRD", THING, () => thing("bad", { size: "one" }), /spec.size/],
    [
      "an unknown field where something is unknown",
      CONFIG_MAP,
      () => ({ ...configMap("u", {}), dta: UNKNOWN }),
      undefined,
    ],
    [
      "a kind without a CRD",
      "kubernetes:none.example/v1:None",
      () => ({ apiVersion: "none.example/v1", kind: "None", x: 1 }),
      undefined,
    ],
    ["a namespace that does not exist", CONFIG_MAP, () => configMap("good", {}, "nowhere"), undefined],
  ])("%s", async (_, type, news, reason) => {
    const { failures } = await rig.check(type, news());
    if (reason === undefined) expect(failures).toEqual([]);
    else expect(failures.join("\n")).toMatch(reason);
  });
});

describe("preview", () => {
  it("asks the server, and shows what it would fill in, but nothing it makes up", async () => {
    const { id, state } = await rig.make(BINDING, binding("seen", "view"), true);
    expect(id).toBe("");
    expect(state).toMatchObject({ roleRef: { name: "view" } });
    expect(state["metadata"]).not.toHaveProperty("uid");
    const seen = await rig.make(NAMESPACE, namespace("seen"), true);
    expect(seen.state).toMatchObject({ metadata: { labels: { "kubernetes.io/metadata.name": "seen" } } });
    expect(seen.state).not.toHaveProperty("status");
    expect(await client.find(ref("Namespace", "seen", ""))).toBeUndefined();
  });

  it.each<[string, string, PropertyMap]>([
    ["a missing namespace", CONFIG_MAP, configMap("a", {}, "nowhere")],
    ["a missing kind", "kubernetes:none.example/v1:None", { apiVersion: "none.example/v1", kind: "None" }],
    ["something unknown", CONFIG_MAP, { ...configMap("a", {}), data: UNKNOWN }],
  ])("echoes for %s", async (_, type, news) => {
    const inputs = await rig.good(type, news);
    expect(await rig.create(type, inputs, true)).toEqual({ id: "", inputs, state: inputs });
  });

  it("does not show that an object exists already", async () => {
    await rig.make(CONFIG_MAP, configMap("exists", {}));
    expect((await rig.make(CONFIG_MAP, configMap("exists", {}), true)).id).toBe("");
  });
});

describe("update", () => {
  it("drops what the program drops, and owns the rest", async () => {
    const held = await rig.make(NAMESPACE, namespace("changing", { keep: "1", drop: "1" }));
    const news = await rig.good(NAMESPACE, namespace("changing", { keep: "2" }), held.inputs);
    expect(await rig.diff(NAMESPACE, held, news)).toMatchObject({
      detailed: { "metadata.labels.keep": "update", "metadata.labels.drop": "delete" },
      replaces: [],
    });
    expect((await rig.update(NAMESPACE, held, news, true)).state).toMatchObject({
      metadata: { labels: { keep: "2" } },
    });
    const changed = await rig.update(NAMESPACE, held, news);
    expect(changed.state).toMatchObject({
      metadata: { labels: { keep: "2" } },
      __fieldManager: held.state["__fieldManager"],
    });
    const live = await client.get(ref("Namespace", "changing", ""));
    expect(live.metadata.labels).toEqual({ keep: "2", "kubernetes.io/metadata.name": "changing" });
    const managers = live.metadata["managedFields"] as { manager: string; operation: string }[];
    expect(managers.map(({ manager, operation }) => [manager, operation])).toEqual([
      [held.state["__fieldManager"], "Apply"],
    ]);
  });

  it("refuses a conflict with another manager, unless told to take over", async () => {
    const held = await rig.make(CONFIG_MAP, configMap("fought", { a: "1" }));
    const other = { ...ref("ConfigMap", "fought"), data: { a: "theirs" } };
    await client.apply(other, { fieldManager: "other", force: true });
    const news = configMap("fought", { a: "2" });
    await expect(rig.update(CONFIG_MAP, held, news, true)).rejects.toThrow(/conflict with "other"/);
    await expect(rig.update(CONFIG_MAP, held, news)).rejects.toThrow(/conflict with "other".*pulumi.com\/patchForce/);
    const metadata = { name: "fought", namespace: "home", annotations: { "pulumi.com/patchForce": "true" } };
    expect((await rig.update(CONFIG_MAP, held, { ...news, metadata })).state).toMatchObject({ data: { a: "2" } });
  });

  it("replaces a role, the old binding first", async () => {
    const held = await rig.make(BINDING, binding("bound", "view"));
    const news = await rig.good(BINDING, binding("bound", "edit"), held.inputs);
    expect(await rig.diff(BINDING, held, news)).toMatchObject({
      replaces: ["roleRef.name"],
      deleteBeforeReplace: true,
    });
    await rig.create(BINDING, news, true);
    await rig.delete(BINDING, held);
    expect((await rig.create(BINDING, news)).state).toMatchObject({ roleRef: { name: "edit" } });
  });
});

describe("read", () => {
  it("finds nothing changed after a create, and drift after somebody's edit", async () => {
    const held = await rig.make(CONFIG_MAP, configMap("watched", { a: "1" }));
    const same = await refreshed(CONFIG_MAP, held);
    expect(same.inputs).toEqual(held.inputs);
    expect(await rig.diff(CONFIG_MAP, same, held.inputs)).toMatchObject({ changes: "none" });
    await client.patch(ref("ConfigMap", "watched"), { data: { a: "2", added: "x" } });
    const drifted = await refreshed(CONFIG_MAP, held);
    expect(await rig.diff(CONFIG_MAP, drifted, held.inputs)).toMatchObject({
      detailed: { "data.a": "update-replace" },
    });
    await client.delete(ref("ConfigMap", "watched"));
    expect(await rig.read(CONFIG_MAP, held)).toBeUndefined();
  });

  it("imports by id", async () => {
    await client.create({ ...ref("ConfigMap", "foreign"), data: { a: "b" } });
    const found = await rig.read(CONFIG_MAP, { id: "home/foreign", inputs: {}, state: {} });
    expect(found?.id).toBe("home/foreign");
    expect(found?.inputs).toEqual(configMap("foreign", { a: "b" }));
    expect(await rig.read(CONFIG_MAP, { id: "home/none", inputs: {}, state: {} })).toBeUndefined();
    expect(
      await rig.read("kubernetes:none.example/v1:None", { id: "home/none", inputs: {}, state: {} }),
    ).toBeUndefined();
  });

  it("keeps what is secret out of sight", async () => {
    const news = { ...ref("Secret", "hidden"), stringData: secret({ password: "hunter2" }) } as unknown as PropertyMap;
    const held = await rig.make(SECRET, news);
    const again = await refreshed(SECRET, held);
    for (const each of [held.state, again.state, again.inputs]) {
      expect(isSecret(each["data"] ?? secret(""))).toBe(true);
      expect(JSON.stringify(each)).not.toMatch(/hunter2|aHVudGVyMg/);
    }
    expect(await rig.diff(SECRET, again, held.inputs)).toMatchObject({ changes: "none" });
  });
});

describe("client-side mode", () => {
  it("marks its objects, and patches what changed", async () => {
    const [, to] = await connect({ enableServerSideApply: "false" });
    const held = await to.make(CONFIG_MAP, configMap("older", { keep: "1", drop: "1" }));
    expect(held.state).toMatchObject({
      metadata: { labels: { "app.kubernetes.io/managed-by": "pulumi" } },
      __fieldManager: "pulumi-kubernetes",
    });
    const news = await to.good(CONFIG_MAP, configMap("older", { keep: "2" }), held.inputs);
    expect((await to.update(CONFIG_MAP, held, news)).state["data"]).toEqual({ keep: "2" });
    to.stop();
  });
});

describe("replaceUnready", () => {
  it("replaces a Job that is not complete", async () => {
    const type = "kubernetes:batch/v1:Job";
    const annotations = { "pulumi.com/replaceUnready": "true", "pulumi.com/skipAwait": "true" };
    const template = { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "i" }] } };
    const job = {
      apiVersion: "batch/v1",
      kind: "Job",
      metadata: { name: "j", namespace: "home", annotations },
      spec: { template },
    };
    const held = await rig.make(type, job);
    expect((await rig.diff(type, held, held.inputs)).replaces).toEqual([
      '.metadata.annotations["pulumi.com/replaceUnready"]',
    ]);
  });
});

describe("delete", () => {
  it("waits until an object is gone, with what is in it, and takes gone for success", async () => {
    const held = await rig.make(NAMESPACE, namespace("passing"));
    await rig.make(CONFIG_MAP, configMap("inside", {}, "passing"));
    await rig.delete(NAMESPACE, held);
    expect(await client.find(ref("Namespace", "passing", ""))).toBeUndefined();
    await rig.delete(NAMESPACE, held);
    await rig.delete("kubernetes:none.example/v1:None", { id: "home/none", inputs: {}, state: {} });
  });

  it("keeps what does not go, with the reason", async () => {
    const metadata = {
      name: "stuck",
      namespace: "home",
      finalizers: ["double.example/never"],
      annotations: { "pulumi.com/timeoutSeconds": "1" },
    };
    const held = await rig.make(CONFIG_MAP, { apiVersion: "v1", kind: "ConfigMap", metadata });
    const error: unknown = await rig.delete(CONFIG_MAP, held).catch((e: unknown) => e);
    expect(partialOf(error)?.reasons.join()).toMatch(/finalizers might be preventing deletion/);
    await client.patch(ref("ConfigMap", "stuck"), { metadata: { finalizers: null } });
  });
});

describe("a release", () => {
  const inputs: PropertyMap = {
    chart: "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator",
    name: "flux-operator",
    namespace: "flux-system",
    version: "0.30.0",
    values: { a: 1, token: secret("hunter2") },
    skipAwait: true,
  };

  it("needs its namespace, brings CRDs, is recorded, and leaves the CRDs behind", async () => {
    await expect(rig.make(RELEASE, inputs)).rejects.toThrow(/namespaces "flux-system" not found/);
    const held = await rig.make(RELEASE, { ...inputs, createNamespace: true });
    expect(held.id).toBe("flux-system/flux-operator");
    expect(held.state).toMatchObject({ status: { status: "deployed", revision: 1, version: "0.30.0" } });
    expect(JSON.stringify(held.state)).not.toContain("hunter2");
    expect(isSecret(held.state["__inputs"])).toBe(true);
    expect((await client.mapping("fluxcd.controlplane.io/v1", "FluxInstance")).namespaced).toBe(true);
    await expect(rig.make(RELEASE, inputs)).rejects.toThrow("cannot re-use a name that is still in use");

    const news = await rig.good(RELEASE, { ...inputs, createNamespace: true, values: { a: 2 } }, held.inputs);
    const changed = await rig.update(RELEASE, held, news);
    expect(changed.state).toMatchObject({ status: { revision: 2 } });
    const read = await rig.read(RELEASE, changed);
    expect(await rig.diff(RELEASE, read ?? held, news)).toMatchObject({ changes: "none" });
    const records = await client.list("v1", "Secret", { namespace: "flux-system", labelSelector: "owner=helm" });
    expect(records.items.map((item) => [item.metadata.name, item.metadata.labels?.["status"]])).toEqual([
      ["sh.helm.release.v1.flux-operator.v1", "superseded"],
      ["sh.helm.release.v1.flux-operator.v2", "deployed"],
    ]);

    await rig.delete(RELEASE, changed);
    expect(await rig.read(RELEASE, changed)).toBeUndefined();
    expect((await client.mapping("fluxcd.controlplane.io/v1", "FluxInstance")).namespaced).toBe(true);
  });

  it("of an unknown chart is only recorded", async () => {
    const held = await rig.make(RELEASE, { chart: "nobody-knows", name: "unknown", namespace: "home" });
    expect(held.state).toMatchObject({ resourceNames: {}, status: { status: "deployed" } });
    await rig.delete(RELEASE, held);
  });
});

describe("the client", () => {
  it("verifies the server by the kubeconfig's own CA", async () => {
    const config = loadKubeconfig({ path: kubeconfig, context: "dev" });
    const [dev, prod] = ["dev", "prod"].map((name) => config.getCluster(name));
    if (!dev || !prod) throw new Error("the kubeconfig lacks a cluster");
    const text = JSON.stringify({
      apiVersion: "v1",
      kind: "Config",
      "current-context": "c",
      clusters: [
        {
          name: "c",
          cluster: {
            server: dev.server,
            "certificate-authority": prod.caFile,
            "certificate-authority-data": prod.caData,
          },
        },
      ],
      users: [{ name: "c", user: { token: "t" } }],
      contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
    });
    const wrong = KubernetesClient.fromKubeconfig({ text });
    await expect(wrong.request("GET", "/version")).rejects.toThrow(/certificate|signature/i);
    wrong.close();
  });

  it("speaks for somebody else, with all the groups given", async () => {
    const review = { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" };
    const path = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
    const impersonate = { user: "eve", groups: ["one", "two"] };
    const { body } = await client.request("POST", path, { body: review, impersonate });
    expect(body).toMatchObject({
      status: { userInfo: { username: "eve", groups: expect.arrayContaining(["one", "two"]) as string[] } },
    });
  });
});

it("cancels for good", async () => {
  await plugin.cancel();
  const made = rig.make(CONFIG_MAP, configMap("a", {}, "never"));
  await expect(made).rejects.toThrow(/aborted|cancelled/);
});
