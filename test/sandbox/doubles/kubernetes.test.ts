import { KubernetesStatusError } from "@estate/clients";
import { afterEach, describe, expect, it } from "vitest";
import { Engine } from "../../../sandbox/doubles/framework/engine";
import { isSecret, secret, UNKNOWN, type BareMap, type PropertyMap } from "../../../sandbox/doubles/framework/value";
import { checkpoint, parseCheckpoint } from "../../../sandbox/doubles/kubernetes/checkpoint";
import { compare } from "../../../sandbox/doubles/kubernetes/diff";
import { put } from "../../../sandbox/doubles/kubernetes/fields";
import { autoname } from "../../../sandbox/doubles/kubernetes/names";
import { normalize } from "../../../sandbox/doubles/kubernetes/normal-form";
import { transferred } from "../../../sandbox/doubles/kubernetes/ownership";
import { KubernetesPlugin } from "../../../sandbox/doubles/kubernetes/plugin";
import { formatPath, parsePath } from "../../../sandbox/doubles/kubernetes/property-path";
import { canonicalQuantity } from "../../../sandbox/doubles/kubernetes/quantity";
import { prune } from "../../../sandbox/doubles/kubernetes/shape";
import { parseToken } from "../../../sandbox/doubles/kubernetes/token";
import { failuresOf } from "../../../sandbox/doubles/kubernetes/validation";
import { Rig } from "./framework/rig";

const NAMESPACE = "kubernetes:core/v1:Namespace";
const CONFIG_MAP = "kubernetes:core/v1:ConfigMap";
const RELEASE = "kubernetes:helm.sh/v3:Release";

function kubeconfig(server: string): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server } }],
    users: [{ name: "c", user: { token: "t" } }],
    contexts: [{ name: "c", context: { cluster: "c", user: "c" } }],
  });
}

const NOBODY = kubeconfig("https://127.0.0.1:1");

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function unreachable(more: PropertyMap = {}): Promise<Rig> {
  rig = await Rig.of(new KubernetesPlugin(new Engine(), "4.34.2", {}));
  await rig.configure({ kubeconfig: NOBODY, ...more });
  return rig;
}

describe("tokens", () => {
  it.each([
    [NAMESPACE, { group: "", apiVersion: "v1", kind: "Namespace" }],
    ["kubernetes:rbac.authorization.k8s.io/v1:RoleBinding", { apiVersion: "rbac.authorization.k8s.io/v1" }],
    [
      "kubernetes:source.toolkit.fluxcd.io/v1:GitRepository",
      { group: "source.toolkit.fluxcd.io", kind: "GitRepository" },
    ],
  ])("%s", (token, type) => expect(parseToken(token)).toMatchObject(type));

  it("without a group are refused", () => {
    expect(() => parseToken("kubernetes:v1:Thing")).toThrow(/does not have both a group and a version/);
  });
});

describe("the provider's inputs", () => {
  it.each<[string, PropertyMap, string[]]>([
    ["nothing", {}, []],
    ["flags and objects as JSON text", { enableServerSideApply: "true", kubeClientSettings: '{"qps":50}' }, []],
    ["what is not known yet", { kubeconfig: UNKNOWN }, []],
    ["an unknown property", { kubeConfig: "x" }, ["kubeConfig: unknown property"]],
    [
      "a flag that is none",
      { deleteUnreachable: "perhaps" },
      ["deleteUnreachable: deleteUnreachable must be a boolean"],
    ],
    [
      "an unknown setting of the client",
      { kubeClientSettings: '{"qqs":50}' },
      ["kubeClientSettings: unknown property"],
    ],
    [
      "rendering beside a cluster",
      { renderYamlToDirectory: "x", context: "c" },
      [
        'renderYamlToDirectory: "context" arg is not compatible',
        "renderYamlToDirectory: renderYamlToDirectory is not simulated",
      ],
    ],
    ["strict mode without a cluster", { strictMode: "true" }, ["kubeconfig: strict mode", "context: strict mode"]],
  ])("check %s", async (_, news, failures) => {
    rig = await Rig.of(new KubernetesPlugin(new Engine(), "4.34.2", {}));
    const found = (await rig.checkConfig(news)).failures;
    expect(found).toHaveLength(failures.length);
    failures.forEach((failure, index) => expect(found[index]).toContain(failure));
  });

  const other = kubeconfig("https://127.0.0.1:2");
  const renamed = JSON.stringify({ ...(JSON.parse(NOBODY) as object), extra: true });
  it.each<[string, PropertyMap, PropertyMap, string[]]>([
    [
      "the same identifier, another cluster",
      { clusterIdentifier: "a", kubeconfig: NOBODY },
      { clusterIdentifier: "a", kubeconfig: other },
      [],
    ],
    ["another identifier", { clusterIdentifier: "a" }, { clusterIdentifier: "b" }, ["clusterIdentifier"]],
    ["another server", { kubeconfig: NOBODY }, { kubeconfig: other }, ["kubeconfig"]],
    ["another text for the same server", { kubeconfig: NOBODY }, { kubeconfig: renamed }, []],
    ["a kubeconfig that is not known yet", { kubeconfig: NOBODY }, { kubeconfig: UNKNOWN }, ["kubeconfig"]],
    ["a flag", { kubeconfig: NOBODY }, { kubeconfig: NOBODY, deleteUnreachable: "true" }, []],
  ])("replace for %s", async (_, olds, news, replaces) => {
    rig = await Rig.of(new KubernetesPlugin(new Engine(), "4.34.2", {}));
    const answer = await rig.diffConfig(olds, news);
    expect(answer.replaces).toEqual(replaces);
    expect(answer.changes).toBe("some");
  });

  it("may not point off this machine", async () => {
    rig = await Rig.of(new KubernetesPlugin(new Engine(), "4.34.2", {}));
    await expect(rig.configure({ kubeconfig: kubeconfig("https://10.0.0.1:6443") })).rejects.toThrow(
      /only speaks to this machine/,
    );
  });

  it("that are bad make the cluster unreachable, no more", async () => {
    for (const bad of ["no yaml: [", "{}", "/no/such/file"]) {
      rig?.stop();
      rig = await Rig.of(new KubernetesPlugin(new Engine(), "4.34.2", {}));
      expect(await rig.configure({ kubeconfig: bad })).toMatchObject({ supportsAutonamingConfiguration: true });
    }
  });
});

describe("an unreachable cluster", () => {
  const inputs = { apiVersion: "v1", kind: "Namespace", metadata: { name: "n" } };

  it("checks and previews by echo", async () => {
    const to = await unreachable();
    expect(await to.make(NAMESPACE, inputs, true)).toMatchObject({ id: "", state: inputs });
  });

  it("fails to create, read and delete", async () => {
    const to = await unreachable();
    const held = { id: "n", inputs, state: { ...inputs, __inputs: inputs } };
    await expect(to.create(NAMESPACE, inputs)).rejects.toThrow(/configured Kubernetes cluster is unreachable/);
    await expect(to.update(NAMESPACE, held, inputs)).rejects.toThrow(/configured Kubernetes cluster is unreachable/);
    await expect(to.read(NAMESPACE, held)).rejects.toThrow(/failed to read resource state due to unreachable cluster/);
    await expect(to.delete(NAMESPACE, held)).rejects.toThrow(/PULUMI_K8S_DELETE_UNREACHABLE/);
    await expect(to.delete(RELEASE, held)).rejects.toThrow(/can't delete Helm Release with unreachable cluster/);
  });

  it("drops resources with deleteUnreachable", async () => {
    const to = await unreachable({ deleteUnreachable: "true" });
    const held = { id: "n", inputs, state: { ...inputs, __inputs: inputs } };
    expect(await to.read(NAMESPACE, held)).toBeUndefined();
    await to.delete(NAMESPACE, held);
  });

  it("keeps everything with skipUpdateUnreachable", async () => {
    const to = await unreachable({ skipUpdateUnreachable: "true" });
    const held = { id: "n", inputs, state: { ...inputs, __inputs: inputs } };
    expect(await to.read(NAMESPACE, held)).toEqual(held);
    const changed = { ...inputs, metadata: { name: "other" } };
    expect((await to.check(NAMESPACE, changed, inputs)).inputs).toEqual(inputs);
  });
});

describe("check", () => {
  it.each<[string, string, PropertyMap, RegExp | undefined]>([
    [
      "an object that fits its token",
      CONFIG_MAP,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
      undefined,
    ],
    ["another kind than the token's", CONFIG_MAP, { apiVersion: "v1", kind: "Secret" }, /kind: kind is "Secret"/],
    ["no apiVersion", CONFIG_MAP, { kind: "ConfigMap" }, /apiVersion: apiVersion is null/],
    [
      "a list",
      "kubernetes:core/v1:ConfigMapList",
      { apiVersion: "v1", kind: "ConfigMapList", items: [] },
      /Use the underlying ConfigMap resource/,
    ],
    [
      "a patch without a name",
      "kubernetes:core/v1:ConfigMapPatch",
      { apiVersion: "v1", kind: "ConfigMap" },
      /require the resource `.metadata.name`/,
    ],
    [
      "a patch",
      "kubernetes:core/v1:ConfigMapPatch",
      { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } },
      /not simulated by this double/,
    ],
    [
      "generateName",
      CONFIG_MAP,
      { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "a-" } },
      /generateName is not supported in Server-Side Apply/,
    ],
  ])("%s", async (_, type, news, reason) => {
    const { failures } = await (await unreachable()).check(type, news);
    if (reason === undefined) expect(failures).toEqual([]);
    else expect(failures.join("\n")).toMatch(reason);
  });

  it("names what has no name, and says so, the same in preview and update", async () => {
    const to = await unreachable();
    const first = await to.good(CONFIG_MAP, { apiVersion: "v1", kind: "ConfigMap" });
    expect(first["metadata"]).toEqual({
      name: expect.stringMatching(/^thing-[0-9a-f]{8}$/) as string,
      annotations: { "pulumi.com/autonamed": "true" },
      namespace: "default",
    });
    expect(await to.good(CONFIG_MAP, { apiVersion: "v1", kind: "ConfigMap" })).toEqual(first);
    const olds = put(first as BareMap, ["metadata", "name"], "kept-12345678");
    expect((await to.good(CONFIG_MAP, { apiVersion: "v1", kind: "ConfigMap" }, olds))["metadata"]).toMatchObject({
      name: "kept-12345678",
    });
  });

  it("follows the engine's autonaming", () => {
    expect(autoname("a", new Uint8Array(), { mode: "enforce", proposedName: "mine" }, "")).toBe("mine");
    expect(() => autoname("a", new Uint8Array(), { mode: "disable", proposedName: "" }, "")).toThrow(/metadata.name/);
  });

  it("gives namespaces to namespaced kinds only", async () => {
    const to = await unreachable({ namespace: "home" });
    const metadata = async (type: string, kind: string, apiVersion: string): Promise<unknown> =>
      (await to.good(type, { apiVersion, kind, metadata: { name: "a" } }))["metadata"];
    expect(await metadata(CONFIG_MAP, "ConfigMap", "v1")).toEqual({ name: "a", namespace: "home" });
    expect(await metadata(NAMESPACE, "Namespace", "v1")).toEqual({ name: "a" });
    expect(await metadata("kubernetes:x.example/v1:Thing", "Thing", "x.example/v1")).toEqual({
      name: "a",
      namespace: "home",
    });
  });

  it("hides what a Secret holds, marked or not", async () => {
    const news = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a" },
      stringData: { a: "b" },
      data: { c: "ZA==" },
    };
    const inputs = await (await unreachable()).good("kubernetes:core/v1:Secret", news);
    expect(isSecret(inputs["stringData"]) && isSecret(inputs["data"])).toBe(true);
  });

  it.each([
    [
      400,
      'Namespace in version "v1" cannot be handled as a Namespace: strict decoding error: unknown field "spec.a", unknown field "spec.b"',
      ["spec.a", "spec.b"],
    ],
    [404, 'namespaces "x" not found', []],
    [409, "already exists", []],
    [403, "no", []],
  ])("reads a refusal with %i", (status, message, properties) => {
    expect(failuresOf(new KubernetesStatusError(status, "", message)).map(({ property }) => property)).toEqual(
      properties,
    );
  });

  it("leaves refusals that are no matter of the schema to the server", () => {
    const causes = [
      { reason: "FieldValueRequired", field: "spec.a", message: "Required value" },
      { reason: "FieldValueInvalid", field: "metadata.name", message: "Invalid value" },
    ];
    expect(failuresOf(new KubernetesStatusError(422, "Invalid", "", causes))).toEqual([
      { property: "spec.a", reason: "Required value" },
    ]);
  });
});

describe("the shape of live objects", () => {
  it.each<[string, BareMap, BareMap, BareMap]>([
    ["added fields go", { a: 1, b: 2 }, { a: 0 }, { a: 1 }],
    ["nested", { a: { b: 1, c: 2 } }, { a: { b: 0 } }, { a: { b: 1 } }],
    ["added items go", { a: [{ b: 1, c: 2 }, { b: 3 }] }, { a: [{ b: 0 }] }, { a: [{ b: 1 }] }],
    ["removed items stay removed", { a: [1] }, { a: [1, 2] }, { a: [1] }],
    ["an empty wish keeps nothing", { a: [1] }, { a: [] }, { a: [] }],
    ["another type is kept whole", { a: { b: 1 } }, { a: "x" }, { a: { b: 1 } }],
  ])("%s", (_, live, shape, pruned) => expect(prune(live, shape)).toEqual(pruned));

  it.each([
    ["0.5", "500m"],
    ["1000m", "1"],
    ["1500m", "1500m"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1536Mi"],
    ["1000k", "1M"],
    ["2000", "2k"],
    ["10", "10"],
    ["0", "0"],
    ["0Gi", "0"],
    ["1e3", "1e3"],
    ["no quantity", "no quantity"],
  ])("quantity %s is %s", (text, canonical) => expect(canonicalQuantity(text)).toBe(canonical));

  it("a Secret's texts are data, unless something is unknown", () => {
    const object = { apiVersion: "v1", kind: "Secret", stringData: { a: "b" }, data: { c: "ZA==" } };
    expect(normalize(object)).toEqual({ apiVersion: "v1", kind: "Secret", data: { a: "Yg==", c: "ZA==" } });
    const unknown: BareMap = { ...object, data: { c: UNKNOWN } };
    expect(normalize(unknown)).toEqual(unknown);
  });

  it("custom resources are left alone, but for what only a server sets", () => {
    const object = {
      apiVersion: "x.example/v1",
      kind: "Thing",
      metadata: { name: "a", uid: "u" },
      spec: { limits: { cpu: "0.5" } },
    };
    expect(normalize(object)).toEqual({ ...object, metadata: { name: "a" } });
  });
});

describe("diff", () => {
  const FIXED = { configMapMutable: false, secretMutable: false };
  const MUTABLE = { configMapMutable: true, secretMutable: true };

  function differs(
    old: BareMap,
    news: BareMap,
    options: { live?: BareMap; mutability?: typeof FIXED; ignore?: string[] } = {},
  ) {
    return compare(old, options.live ?? old, news, true, options.mutability ?? FIXED, options.ignore ?? []);
  }
  function object(kind: string, apiVersion: string, fields: BareMap): BareMap {
    return { apiVersion, kind, metadata: { name: "a", namespace: "n" }, ...fields };
  }

  it.each<[string, string, BareMap, BareMap, boolean]>([
    [
      "apps/v1",
      "Deployment",
      { spec: { selector: { matchLabels: { a: "a" } } } },
      { spec: { selector: { matchLabels: { a: "b" } } } },
      true,
    ],
    ["apps/v1", "Deployment", { spec: { replicas: 1 } }, { spec: { replicas: 2 } }, false],
    ["apps/v1", "StatefulSet", { spec: { serviceName: "a" } }, { spec: { serviceName: "b" } }, true],
    [
      "apps/v1",
      "StatefulSet",
      { spec: { volumeClaimTemplates: [{ a: 1 }] } },
      { spec: { volumeClaimTemplates: [{ a: 2 }] } },
      true,
    ],
    ["batch/v1", "Job", { spec: { template: { a: 1 } } }, { spec: { template: { a: 2 } } }, true],
    ["batch/v1", "Job", { spec: { ttlSecondsAfterFinished: 1 } }, { spec: { ttlSecondsAfterFinished: 2 } }, false],
    ["v1", "Pod", { spec: { containers: [{ image: "a" }] } }, { spec: { containers: [{ image: "b" }] } }, true],
    ["v1", "Pod", { spec: { activeDeadlineSeconds: 1 } }, { spec: { activeDeadlineSeconds: 2 } }, false],
    ["v1", "Service", { spec: { clusterIP: "a" } }, { spec: { clusterIP: "b" } }, true],
    ["v1", "Service", { spec: { type: "a" } }, { spec: { type: "b" } }, false],
    ["v1", "PersistentVolume", { spec: { hostPath: { path: "a" } } }, { spec: { hostPath: { path: "b" } } }, true],
    ["v1", "PersistentVolumeClaim", { spec: { storageClassName: "a" } }, { spec: { storageClassName: "b" } }, true],
    ["v1", "ConfigMap", { data: { a: "a" } }, { data: { a: "b" } }, true],
    ["v1", "Secret", { data: { a: "YQ==" } }, { data: { a: "Yg==" } }, true],
    ["v1", "Secret", { data: { a: "YQ==" } }, { stringData: { a: "a" } }, false],
    ["v1", "ResourceQuota", { spec: { scopes: ["a"] } }, { spec: { scopes: ["b"] } }, true],
    ["v1", "ResourceQuota", { spec: { hard: { pods: "1" } } }, { spec: { hard: { pods: "2" } } }, false],
    ["rbac.authorization.k8s.io/v1", "RoleBinding", { roleRef: { name: "a" } }, { roleRef: { name: "b" } }, true],
    [
      "rbac.authorization.k8s.io/v1",
      "RoleBinding",
      { subjects: [{ name: "a" }] },
      { subjects: [{ name: "b" }] },
      false,
    ],
    ["storage.k8s.io/v1", "StorageClass", { provisioner: "a" }, { provisioner: "b" }, true],
    [
      "networking.k8s.io/v1",
      "NetworkPolicy",
      { spec: { policyTypes: ["a"] } },
      { spec: { policyTypes: ["b"] } },
      false,
    ],
    ["x.example/v1", "Thing", { spec: { selector: "a" } }, { spec: { selector: "b" } }, false],
  ])("%s %s: %j to %j replaces: %s", (apiVersion, kind, before, after, replaces) => {
    const found = differs(object(kind, apiVersion, before), object(kind, apiVersion, after));
    expect((found.replaces ?? []).length > 0).toBe(replaces);
    expect(found.deleteBeforeReplace).toBe(replaces);
  });

  it("leaves mutable ConfigMaps and Secrets in place, unless they say immutable", () => {
    const change = (kind: string, more: BareMap = {}) =>
      differs(
        object(kind, "v1", { data: { a: "YQ==" }, ...more }),
        object(kind, "v1", { data: { a: "Yg==" }, ...more }),
        { mutability: MUTABLE },
      ).replaces;
    expect(change("ConfigMap")).toEqual([]);
    expect(change("Secret")).toEqual([]);
    expect(change("ConfigMap", { immutable: true })).toEqual(["data.a"]);
    expect(change("Secret", { immutable: true })).toEqual(["data.a"]);
  });

  it("replaces for another name or namespace, the new one first", () => {
    const before = object("ConfigMap", "v1", {});
    const renamed = differs(before, put(before, ["metadata", "name"], "b"));
    expect(renamed).toMatchObject({ replaces: ["metadata.name"], deleteBeforeReplace: false });
    const moved = differs(before, put(before, ["metadata", "namespace"], "m"));
    expect(moved).toMatchObject({ replaces: ["metadata.namespace"], deleteBeforeReplace: false });
  });

  it("makes an autonamed replacement first", () => {
    const named = (value: string): BareMap =>
      put(
        object("ConfigMap", "v1", { data: { a: value } }),
        ["metadata", "annotations", "pulumi.com/autonamed"],
        "true",
      );
    expect(differs(named("a"), named("b"))).toMatchObject({ replaces: ["data.a"], deleteBeforeReplace: false });
  });

  it.each<[string, BareMap, BareMap, Record<string, string>]>([
    ["a changed value", { spec: { a: 1 } }, { spec: { a: 2 } }, { "spec.a": "update" }],
    ["an added one", { spec: {} }, { spec: { a: { b: 1 } } }, { "spec.a": "add" }],
    ["a removed one", { spec: { a: 1, b: 1 } }, { spec: { b: 1 } }, { "spec.a": "delete" }],
    ["an item", { spec: { a: [1, 2] } }, { spec: { a: [1, 3] } }, { "spec.a[1]": "update" }],
    ["an added item", { spec: { a: [1] } }, { spec: { a: [1, 2] } }, { "spec.a[1]": "add" }],
    ["a removed item", { spec: { a: [1, 2] } }, { spec: { a: [1] } }, { "spec.a[1]": "delete" }],
    ["a dotted key", { spec: { "a.b/c": 1 } }, { spec: { "a.b/c": 2 } }, { 'spec["a.b/c"]': "update" }],
    ["something not known yet", { spec: { a: 1 } }, { spec: { a: UNKNOWN } }, { "spec.a": "update" }],
    ["nothing", { spec: { a: 1 } }, { spec: { a: 1 } }, {}],
    ["an empty list that the server drops", { spec: { a: 1 } }, { spec: { a: 1, b: [] } }, {}],
  ])("shows %s", (_, before, after, detailed) => {
    const found = differs(object("Thing", "x.example/v1", before), object("Thing", "x.example/v1", after));
    const kinds = Object.fromEntries(Object.entries(found.detailed ?? {}).map(([path, { kind }]) => [path, kind]));
    expect(kinds).toEqual(detailed);
    expect(found.changes).toBe(Object.keys(detailed).length > 0);
  });

  it("sees drift in what was asked for, and not what the cluster added", () => {
    const inputs = object("ResourceQuota", "v1", { spec: { hard: { pods: "1" } } });
    const added = put(put(inputs, ["spec", "hard", "services"], "5"), ["status"], { hard: {} });
    expect(differs(inputs, inputs, { live: added }).changes).toBe(false);
    const drifted = put(added, ["spec", "hard", "pods"], "9");
    expect(differs(inputs, inputs, { live: drifted }).detailed).toEqual({
      "spec.hard.pods": { kind: "update", inputDiff: false },
    });
  });

  it.each([["spec.a"], ["spec"], ["spec.*"], ['spec["a"]']])("ignores changes of %s", (path) => {
    const before = object("Thing", "x.example/v1", { spec: { a: 1 } });
    expect(differs(before, object("Thing", "x.example/v1", { spec: { a: 2 } }), { ignore: [path] }).changes).toBe(
      false,
    );
  });

  it("takes no namespace and `default` for the same", () => {
    const bare = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } };
    expect(differs(bare, put(bare, ["metadata", "namespace"], "default")).changes).toBe(false);
  });

  it("reads the paths it writes", () => {
    for (const path of ["a.b[0].c", 'a["b.c"][1]', 'metadata.labels["x/y.z"]'])
      expect(formatPath(parsePath(path))).toBe(path);
  });
});

describe("state", () => {
  const inputs = {
    apiVersion: "x.example/v1",
    kind: "Thing",
    metadata: { name: "a" },
    spec: { p: "clear", q: ["clear"], r: "open" },
  };
  const marked: PropertyMap = { ...inputs, spec: { p: secret("clear"), q: [secret("clear")], r: "open" } };

  it("hides what was hidden, in outputs and inputs, and nothing else", () => {
    const state = checkpoint(inputs, { ...inputs, status: { s: 1 } }, marked, "x.example/v1", "m");
    for (const held of [state, state["__inputs"] as PropertyMap]) {
      const spec = held["spec"] as PropertyMap;
      expect([isSecret(spec["p"]), isSecret(spec["q"]), isSecret(spec["r"])]).toEqual([true, true, false]);
    }
    expect(state).toMatchObject({ __initialApiVersion: "x.example/v1", __fieldManager: "m", status: { s: 1 } });
    expect(parseCheckpoint(state)).toMatchObject({ inputs, fieldManager: "m" });
  });

  it("hides a Secret's data even if nothing was marked", () => {
    const live = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, data: { a: "YQ==" } };
    const state = checkpoint(live, live, live, "v1", "m");
    expect(isSecret(state["data"])).toBe(true);
    expect(isSecret((state["__inputs"] as PropertyMap)["data"])).toBe(true);
  });

  it("keeps neither field owners nor kubectl's annotation, and renames a CRD's dashed keys", () => {
    const live: BareMap = {
      apiVersion: "v1",
      kind: "Thing",
      metadata: {
        managedFields: [1],
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}", a: "b" },
      },
      spec: { "x-kubernetes-list-type": "set" },
    };
    const state = checkpoint({}, live, {}, "v1", "m");
    expect(state).toMatchObject({ metadata: { annotations: { a: "b" } }, spec: { x_kubernetes_list_type: "set" } });
    expect(JSON.stringify(state)).not.toMatch(/managedFields|last-applied/);
    expect(parseCheckpoint(state).live["spec"]).toEqual({ "x-kubernetes-list-type": "set" });
  });
});

describe("ownership", () => {
  it("moves from the creating manager to the applying one", () => {
    const fields = [
      { manager: "pulumi-kubernetes", operation: "Update", fieldsV1: { "f:a": {}, "f:m": { "f:x": {} } } },
      { manager: "mine", operation: "Apply", fieldsV1: { "f:m": { "f:y": {} } } },
      { manager: "kcm", operation: "Update", subresource: "status", fieldsV1: {} },
    ];
    expect(transferred(fields, "pulumi-kubernetes", "mine")).toEqual([
      fields[2],
      { manager: "mine", operation: "Apply", fieldsV1: { "f:a": {}, "f:m": { "f:x": {}, "f:y": {} } } },
    ]);
    expect(transferred(fields.slice(1), "pulumi-kubernetes", "mine")).toBeUndefined();
  });
});
