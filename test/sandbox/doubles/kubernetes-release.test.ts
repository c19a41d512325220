import { afterEach, describe, expect, it } from "vitest";
import { Engine } from "../../../sandbox/doubles/framework/engine";
import { isSecret, secret, UNKNOWN, type PropertyMap } from "../../../sandbox/doubles/framework/value";
import { KubernetesPlugin } from "../../../sandbox/doubles/kubernetes/plugin";
import { componentOf } from "../../../sandbox/doubles/kubernetes/release/inputs";
import { fromRecord, toRecord, type Revision } from "../../../sandbox/doubles/kubernetes/release/record";
import { Rig } from "./framework/rig";

const RELEASE = "kubernetes:helm.sh/v3:Release";

let rig: Rig | undefined;
afterEach(() => rig?.stop());

async function unreachable(): Promise<Rig> {
  rig = await Rig.of(new KubernetesPlugin(new Engine(), "4.34.2", {}));
  await rig.configure({ kubeconfig: "{}" });
  return rig;
}

describe("releases", () => {
  const inputs: PropertyMap = { chart: "oci://ghcr.io/x/charts/flux-operator", values: { a: 1 } };

  it.each<[string, PropertyMap, RegExp | undefined]>([
    ["are good", inputs, undefined],
    ["with an unknown property", { ...inputs, wait: true }, /wait: unknown property/],
    [
      "with an unknown repository option",
      { ...inputs, repositoryOpts: { url: "x" } },
      /repositoryOpts.url: unknown property/,
    ],
    ["without a chart", { values: {} }, /chart: Missing required property/],
    ["with a text for a flag", { ...inputs, skipAwait: "yes" }, /skipAwait must be a boolean/],
    ["with unknown values", { ...inputs, values: UNKNOWN }, undefined],
  ])("%s", async (_, news, reason) => {
    const { failures } = await (await unreachable()).check(RELEASE, news);
    if (reason === undefined) expect(failures).toEqual([]);
    else expect(failures.join("\n")).toMatch(reason);
  });

  it("get a name, a namespace and a timeout, and keep the name", async () => {
    const to = await unreachable();
    const first = await to.good(RELEASE, inputs);
    expect(first).toMatchObject({
      name: expect.stringMatching(/^thing-[0-9a-f]{8}$/) as string,
      namespace: "default",
      timeout: 300,
    });
    expect(await to.good(RELEASE, inputs, { ...first, name: "kept" })).toMatchObject({ name: "kept" });
    expect(await to.good(RELEASE, { ...inputs, skipAwait: true })).not.toHaveProperty("timeout");
  });

  it("preview what only an installation knows as unknown", async () => {
    const { state, id } = await (await unreachable()).make(RELEASE, inputs, true);
    expect(id).toBe("");
    expect(state).toMatchObject({ status: UNKNOWN, resourceNames: UNKNOWN, values: { a: 1 } });
    expect(isSecret(state["__inputs"])).toBe(true);
  });

  it("replace for another name only, the new one first", async () => {
    const to = await unreachable();
    const news = await to.good(RELEASE, { ...inputs, name: "a" });
    const held = { id: "default/a", inputs: news, state: { ...news, __inputs: secret(news) } };
    expect(await to.diff(RELEASE, held, news)).toMatchObject({ changes: "none" });
    expect(await to.diff(RELEASE, held, { ...news, values: { a: 2 } })).toMatchObject({
      changes: "some",
      replaces: [],
    });
    expect(await to.diff(RELEASE, held, { ...news, values: { a: 2 } }, ["values"])).toMatchObject({ changes: "none" });
    expect(await to.diff(RELEASE, held, { ...news, name: "b" })).toMatchObject({
      replaces: ["name"],
      deleteBeforeReplace: false,
    });
  });

  it.each([
    ["oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator", "flux-operator"],
    ["external-secrets", "external-secrets"],
    ["./charts/thing-1.2.3.tgz", "thing"],
  ])("find the component of %s", (chart, component) => expect(componentOf(chart)).toBe(component));

  it("are recorded as Helm does", () => {
    const revision: Revision = {
      name: "r",
      namespace: "n",
      revision: 2,
      status: "deployed",
      chart: "c",
      version: "1.0.0",
      values: { a: 1 },
      manifest: "",
      description: "Upgrade complete",
      firstDeployed: "t",
      lastDeployed: "t",
    };
    const record = toRecord(revision);
    expect(record).toMatchObject({
      type: "helm.sh/release.v1",
      metadata: {
        name: "sh.helm.release.v1.r.v2",
        labels: { owner: "helm", name: "r", status: "deployed", version: "2" },
      },
    });
    expect(fromRecord(JSON.parse(JSON.stringify(record)) as never)).toEqual(revision);
  });

  it("of charts as components are refused plainly", async () => {
    const plugin = new KubernetesPlugin(new Engine(), "4.34.2", {});
    const request = { getType: () => "kubernetes:helm.sh/v4:Chart" };
    await expect(plugin.construct(request as never)).rejects.toThrow(
      "kubernetes:helm.sh/v4:Chart is not simulated by this double",
    );
  });
});
