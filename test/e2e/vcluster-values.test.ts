import { countedAnyway } from "../../model/profile";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { chartObjects } from "../../features/vcluster/release";
import { Chart, mergeValues } from "../support/chart";
import { eksSettings } from "../support/eks";
import { plan, tenant } from "../support/fixtures";

// What Helm makes of the release: our values over the chart's own, and the chart's templates over both. The renderer of
// test/support/ was held against helm 3.20.2, object by object.

const name = "virtual-dev";
const home = plan([tenant("virtual", { isolation: "vcluster" })]).tenants[0]?.homes[0];
const objects = home?.objects ?? [];
const release = objects.find(({ kind }) => kind === "HelmRelease");
const { values } = release?.spec as unknown as { values: Record<string, unknown> };

let chart: Chart;
let merged: unknown;
beforeAll(async () => {
  chart = await Chart.load("vcluster", "chart");
  merged = chart.merged(values);
});

/** Whatever is at a path. */
function at(value: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

describe("merging, as Helm does it", () => {
  it("goes key by key, replaces lists, and takes away what is null", () => {
    const own = { map: { kept: 1, gone: null, list: [3], deep: { own: true } }, extra: 5 };
    expect(mergeValues({ map: { kept: 0, gone: 1, list: [1, 2], deep: { theirs: true } } }, own)).toEqual({
      map: { kept: 1, list: [3], deep: { theirs: true, own: true } },
      extra: 5,
    });
  });
});

describe("values of the vCluster release", () => {
  const complaints = (candidate: unknown): string[] => {
    const check = new Ajv2020({ strict: false, allErrors: true }).compile(chart.schema);
    return check(candidate)
      ? []
      : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
  };

  it("pass the chart's own schema, alone and over the chart's", () => {
    expect(complaints(values)).toEqual([]);
    expect(complaints(merged)).toEqual([]);
  });

  it("in a pool of nodes do, too, and put the control plane there without a right beyond the namespace", () => {
    const profiles = { standard: { quota: { pods: "50" }, nodePool: { cpu: "64" } } };
    const [planned] = plan([tenant("virtual", { isolation: "vcluster" })], eksSettings({ profiles })).tenants;
    const inPool = planned?.homes[0]?.objects.find(({ kind }) => kind === "HelmRelease");
    const { values: own } = inPool?.spec as unknown as { values: Record<string, unknown> };
    const whole = chart.merged(own);
    expect(complaints(own)).toEqual([]);
    expect(complaints(whole)).toEqual([]);
    const [statefulSet] = chart.render("statefulset.yaml", name, whole);
    expect(at(statefulSet, "spec", "template", "spec")).toMatchObject({
      nodeSelector: { "estate.dev/pool": name },
      tolerations: [{ key: "estate.dev/pool", value: name, effect: "NoSchedule" }],
    });
    const auto = chart.merged({ ...own, rbac: { clusterRole: { enabled: "auto" } } });
    expect(chart.render("clusterrole.yaml", name, auto)).toEqual([]);
  });

  it("of an older form do not: the schema refuses what the chart no longer knows", () => {
    const controlPlane = { ...(values["controlPlane"] as object), distro: { k3s: { enabled: true } } };
    expect(complaints({ ...values, controlPlane })).not.toEqual([]);
  });

  it("need no null: Pulumi's provider would drop it", () => {
    expect(JSON.stringify(values)).not.toContain("null");
  });

  it("take the embedded store, and no other", () => {
    const store = at(merged, "controlPlane", "backingStore");
    const enabled = (part: unknown, path: string): string[] =>
      typeof part === "object" && part !== null
        ? [
            ...(at(part, "enabled") === true ? [path] : []),
            ...Object.entries(part).flatMap(([key, inner]) => enabled(inner, `${path}/${key}`)),
          ]
        : [];
    // The chart's switch of a part of deployed etcd counts only once that is on.
    expect(enabled(store, "").filter((path) => !path.startsWith("/etcd/deploy/"))).toEqual(["/database/embedded"]);
  });

  it("take the build without licensed parts, and tell nobody", () => {
    expect(at(merged, "controlPlane", "statefulSet", "image", "repository")).toBe("loft-sh/vcluster-oss");
    expect(at(merged, "telemetry", "enabled")).toBe(false);
    expect(at(merged, "policies", "podSecurityStandard")).toBe("restricted");
  });
});

describe("what the chart makes of them", () => {
  it("is exactly what the release's identity may write", () => {
    const made = chart
      .renderAll(name, merged)
      .map((object) => `${String(object["kind"])}/${String(at(object, "metadata", "name"))}`);
    const { secrets, serviceaccounts, services } = chartObjects(name);
    expect(made.sort()).toEqual(
      [
        ...secrets.map((one) => `Secret/${one}`),
        ...serviceaccounts.map((one) => `ServiceAccount/${one}`),
        ...services.map((one) => `Service/${one}`),
        `StatefulSet/${name}`,
      ].sort(),
    );
  });

  it("counts and limits by the profile alone: no quota, limits or network rules beside the home's own", () => {
    const limiting = ["ResourceQuota", "LimitRange", "NetworkPolicy", "Role", "ClusterRole"];
    const made = chart.renderAll(name, merged).map(({ kind }) => String(kind));
    expect(made.filter((kind) => limiting.includes(kind))).toEqual([]);
    // Why: whatever a profile says, the chart's own numbers stay beside it.
    const on = chart.merged({ policies: { resourceQuota: { enabled: true, quota: { pods: "50" } } } });
    expect(at(on, "policies", "resourceQuota", "quota")).toMatchObject({ pods: "50", "count/pods": 20 });
    expect(objects.find(({ kind }) => kind === "ResourceQuota")?.spec).toEqual({
      hard: { ...countedAnyway, "requests.cpu": "8", "requests.memory": "16Gi", pods: "50" },
    });
    expect(objects.filter(({ kind }) => kind === "LimitRange")).toHaveLength(1);
  });

  it("runs no container as root or with more than Pod Security `restricted` allows", () => {
    const [statefulSet] = chart.render("statefulset.yaml", name, merged);
    const pod = at(statefulSet, "spec", "template", "spec");
    expect(at(pod, "securityContext")).toMatchObject({
      runAsNonRoot: true,
      fsGroup: 12345,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const containers = [at(pod, "initContainers"), at(pod, "containers")].flat() as object[];
    expect(containers.map((container) => at(container, "name"))).toEqual(["kubernetes", "syncer"]);
    for (const container of containers) {
      expect(at(container, "securityContext")).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
        runAsNonRoot: true,
        runAsUser: 12345,
        runAsGroup: 12345,
        seccompProfile: { type: "RuntimeDefault" },
      });
    }
    expect(containers.map((container) => at(container, "image"))).toEqual([
      expect.stringMatching(/^ghcr\.io\/loft-sh\/kubernetes:v/),
      expect.stringMatching(/^ghcr\.io\/loft-sh\/vcluster-oss:/),
    ]);
  });

  it("would give the control plane the very rules that the platform's Role gives it", () => {
    const [role] = chart.render("role.yaml", name, chart.merged({ ...values, rbac: { role: { enabled: true } } }));
    const own = objects.find(({ kind, metadata }) => kind === "Role" && metadata.name === `vc-${name}`);
    expect(own?.["rules"]).toEqual(role?.["rules"]);
    // And nothing beyond the namespace, even if the chart were asked for what its `auto` finds necessary.
    const auto = chart.merged({ ...values, rbac: { clusterRole: { enabled: "auto" } } });
    expect(chart.render("clusterrole.yaml", name, auto)).toEqual([]);
  });
});
