import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { addonLayers, platformDefinitions, type Addon } from "../../model/addon";
import { addons } from "../../model/addons";
import type { ClusterKind } from "../../model/home";
import type { Json } from "../../model/kubernetes";
import { fullImageName, mirroredImage } from "../../model/mirror";
import type { Values } from "../../model/values";
import { addonValues } from "../../plan/addons";
import { componentVersion, moduleDir } from "../../sandbox/toolchain/manifests";
import { mergeValues } from "../support/chart";
import { plan, settings } from "../support/fixtures";
import { publicHosts, textsOf } from "../support/images";

const mirror = { charts: "oci://mirror.example.com/charts", images: "mirror.example.com" };
const { estate } = plan([], settings({ mirror }));
const none = { values: {}, valuesByRing: {}, valuesByCluster: {} };

const valuesOf = (addon: Addon, kind: ClusterKind): Values =>
  addonValues(addon, none, { name: "dev", role: "workload", ring: 0, guardrails: "enforce", kind }, estate);

describe("the catalogue of addons", () => {
  it("has each name once, an exact version, and what each needs no later than itself", () => {
    const names = addons.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, version, needs = [], layer, summary } of addons) {
      expect(version, name).toMatch(/^v?\d+\.\d+\.\d+$/);
      expect(summary.length, name).toBeGreaterThan(10);
      for (const needed of needs) {
        const other = addons.find((one) => one.name === needed);
        expect(other, `${name} needs ${needed}`).toBeDefined();
        if (other !== undefined)
          expect(addonLayers.indexOf(other.layer)).toBeLessThanOrEqual(addonLayers.indexOf(layer));
      }
    }
  });

  it("gives every kind of object one owner, and takes none of the platform's own", () => {
    const groups = [...platformDefinitions, ...addons.flatMap(({ definitions = [] }) => definitions)];
    expect(groups.filter((group, index) => groups.indexOf(group) < index)).toEqual([]);
  });

  it("needs no null: Pulumi's provider would drop it", () => {
    for (const { name, values, valuesOn } of addons)
      expect(JSON.stringify({ values, valuesOn }), name).not.toContain("null");
  });
});

/** Parts of charts whose contents are not read here: they are off, or written for another tool. */
const readChart = async (addon: Addon): Promise<{ readonly values: unknown; readonly folder: string } | undefined> => {
  if ("not" in addon.rehearsed) return undefined;
  const { component, folder } = addon.rehearsed;
  const dir = await moduleDir(component).catch(() => undefined);
  if (dir === undefined) return undefined;
  const root = join(dir, folder);
  const file = readdirSync(root).find((name) => /^values(\.tmpl)?\.yaml$/.test(name)) ?? "values.yaml";
  return { values: parse(readFileSync(join(root, file), "utf8")), folder: root };
};

const rehearsed = addons.filter(({ rehearsed: how }) => !("not" in how));

describe.each(rehearsed.map((addon) => [addon.name, addon] as const))("the chart of %s", (_name, addon) => {
  it("is of the version that is pinned", async (context) => {
    if ("not" in addon.rehearsed) return;
    const { component, version } = addon.rehearsed;
    const module = componentVersion(component).replace(/^v/, "");
    const chart = await readChart(addon);
    if (chart === undefined) return context.skip("its module cannot be had here: that needs Go");
    const { version: own } = parse(readFileSync(join(chart.folder, "Chart.yaml"), "utf8")) as { version: string };
    // Some charts get their version when they are packed.
    expect([module, own]).toContain(version);
    expect(addon.version.replace(/^v/, "")).toBe(version);
  });

  it("takes no image from anywhere but the mirror, and knows every key", async (context) => {
    const chart = await readChart(addon);
    if (chart === undefined) return context.skip("its module cannot be had here: that needs Go");
    for (const kind of ["existing", "eks-auto", "eks-groups"] as const) {
      const own = valuesOf(addon, kind);
      const unused = "not" in addon.rehearsed ? {} : (addon.rehearsed.unused ?? {});
      const left = textsOf(mergeValues(chart.values, own) as Json)
        .filter((text) => publicHosts.test(text))
        .filter((text) => !Object.keys(unused).some((known) => text.startsWith(known)));
      expect(left).toEqual([]);
      for (const { at } of addon.images)
        expect(has(chart.values, at.slice(0, -1)), `${at.join(".")} is no place of the chart`).toBe(true);
      for (const key of Object.keys(addon.values)) expect(has(chart.values, [key]), key).toBe(true);
    }
  });

  it("brings no kinds but those that the catalogue says", async (context) => {
    const chart = await readChart(addon);
    if (chart === undefined) return context.skip("its module cannot be had here: that needs Go");
    const groups = new Set([...groupsBelow(chart.folder)]);
    // A chart's own parts may come from elsewhere, and what values switch off another entry has.
    const off = JSON.stringify(addon.values).includes('"crds":{"enabled":false}');
    if (!off) expect(addon.definitions ?? []).toEqual(expect.arrayContaining([...groups]));
  });
});

/** Whether a chart's values have something at a path. */
function has(values: unknown, path: readonly (string | number)[]): boolean {
  return path.every((key, index) => {
    const inside = path
      .slice(0, index)
      .reduce<unknown>((value, one) => (value as Record<string, unknown>)[one], values);
    return typeof inside === "object" && inside !== null && key in inside;
  });
}

/** API groups of the CustomResourceDefinitions below a folder; templates are read as far as they are YAML lines. */
function groupsBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => join(folder, name))
    .filter((file) => /\.ya?ml$/.test(file) && statSync(file).isFile())
    .flatMap((file) => {
      const text = readFileSync(file, "utf8");
      return [...text.matchAll(/^kind: CustomResourceDefinition$[\s\S]*?^ {2}group: "?([a-z0-9.-]+)/gm)].map(
        ([, group = ""]) => group,
      );
    });
}

describe("an image under the mirror", () => {
  it.each([
    ["quay.io/jetstack/cert-manager-controller", "mirror.example.com/jetstack/cert-manager-controller"],
    ["velero/velero", "mirror.example.com/velero/velero"],
    ["busybox", "mirror.example.com/library/busybox"],
    ["localhost/x:1", "mirror.example.com/x:1"],
    ["registry.example.com:5000/a/b@sha256:0", "mirror.example.com/a/b@sha256:0"],
  ])("%s is %s", (image, there) => {
    expect(mirroredImage(image, mirror)).toBe(there);
  });

  it("has its host as without one", () => {
    expect(fullImageName("velero/velero")).toBe("docker.io/velero/velero");
    expect(mirroredImage("velero/velero", undefined)).toBe("docker.io/velero/velero");
  });
});
