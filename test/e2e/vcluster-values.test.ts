import { countedAnyway } from "../../model/profile";
import { Ajv2020 } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, it } from "vitest";
import { chartObjects } from "../../features/vcluster/chart";
import { Chart, mergeValues } from "../support/chart";
import { eksSettings } from "../support/eks";
import { plan, settings, tenant } from "../support/fixtures";
import { store, type Store } from "../../features/vcluster/store";

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
    const { secrets, serviceaccounts, services } = chartObjects(name, { kind: "embedded" });
    expect(made.sort()).toEqual(
      [
        ...secrets.map((one) => `Secret/${one}`),
        ...serviceaccounts.map((one) => `ServiceAccount/${one}`),
        ...services.map((one) => `Service/${one}`),
        `StatefulSet/${name}`,
      ].sort(),
    );
  });

  it("lets every pod of it pull with the home's own credential", () => {
    const accounts = chart.renderAll(name, merged).filter(({ kind }) => kind === "ServiceAccount");
    const workload = accounts.find((account) => at(account, "metadata", "name") === `vc-workload-${name}`);
    expect(workload?.["imagePullSecrets"]).toEqual([{ name: "image-pull" }]);
    expect(objects.some(({ kind, metadata }) => kind === "ExternalSecret" && metadata.name === "image-pull")).toBe(
      true,
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

const stores: [string, Record<string, unknown>][] = [
  ["etcd of its own", { kind: "etcd", replicas: 3 }],
  [
    "a database elsewhere",
    {
      kind: "database",
      licensed: true,
      dataSource: "mysql://vcluster@tcp(db.example.com:3306)/${database}",
      network: "10.0.32.0/20",
    },
  ],
];

describe.each(stores)("with %s", (_what, written) => {
  const chosen: Store = store.parse(written);
  const profiles = { standard: { quota: { pods: "50" }, vcluster: { storage: "9Gi", store: written } } };
  const own = plan([tenant("virtual", { isolation: "vcluster" })], settings({ profiles })).tenants[0]?.homes[0]
    ?.objects;
  const object = (kind: string, named: string) =>
    own?.find((each) => each.kind === kind && each.metadata.name === named) ?? {};
  const given = at(object("HelmRelease", `vcluster-${name}`), "spec", "values") as Record<string, unknown>;
  const enabled = { etcd: ["etcd", "deploy"], database: ["database", "external"], embedded: [] }[chosen.kind];

  it("the values pass the chart's schema, and name one store", () => {
    const check = new Ajv2020({ strict: false, allErrors: true }).compile(chart.schema);
    const whole = chart.merged(given);
    expect(check(given), JSON.stringify(check.errors)).toBe(true);
    expect(check(whole), JSON.stringify(check.errors)).toBe(true);
    expect(at(whole, "controlPlane", "backingStore", ...enabled, "enabled")).toBe(true);
    // The chart itself refuses two.
    const two = chart.merged({
      controlPlane: {
        backingStore: { etcd: { deploy: { enabled: true } }, database: { embedded: { enabled: true } } },
      },
    });
    expect(() => chart.renderAll(name, two)).toThrow("you can only enable one backingStore at the same time");
  });

  it("the chart makes what the release's identity may write, and no more", () => {
    const made = chart.renderAll(name, chart.merged(given));
    const { secrets, serviceaccounts, services } = chartObjects(name, chosen);
    const workloads =
      chosen.kind === "etcd" ? [`Deployment/${name}`, `StatefulSet/${name}-etcd`] : [`Deployment/${name}`];
    expect(made.map((each) => `${String(each["kind"])}/${String(at(each, "metadata", "name"))}`).sort()).toEqual(
      [
        ...secrets.map((one) => `Secret/${one}`),
        ...serviceaccounts.map((one) => `ServiceAccount/${one}`),
        ...services.map((one) => `Service/${one}`),
        ...workloads,
      ].sort(),
    );
    const rules = object("Role", "vcluster-release") as unknown as {
      rules: { apiGroups: string[]; resources: string[] }[];
    };
    const apps = rules.rules
      .filter(({ apiGroups }) => apiGroups.includes("apps"))
      .flatMap(({ resources }) => resources);
    expect(apps.sort()).toEqual(chosen.kind === "etcd" ? ["deployments", "statefulsets"] : ["deployments"]);
    for (const each of made.filter(({ kind }) => kind === "Deployment" || kind === "StatefulSet")) {
      const pod = at(each, "spec", "template", "spec");
      expect(at(pod, "securityContext", "runAsNonRoot"), String(each["kind"])).toBe(true);
      const containers = [at(pod, "initContainers") ?? [], at(pod, "containers")].flat();
      for (const container of containers)
        expect(at(container, "securityContext")).toMatchObject({
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          runAsNonRoot: true,
        });
    }
  });

  it("its control plane reaches the store and nothing else of it is open", () => {
    const egress = at(object("NetworkPolicy", "vcluster-control-plane"), "spec", "egress") as unknown[];
    if (chosen.kind === "database") {
      expect(egress).toContainEqual({
        ports: [{ port: 3306, protocol: "TCP" }],
        to: [{ ipBlock: { cidr: "10.0.32.0/20" } }],
      });
      expect(at(given, "controlPlane", "backingStore", "database", "external", "dataSource")).toBe(
        "mysql://vcluster@tcp(db.example.com:3306)/virtual_dev",
      );
      expect(at(given, "controlPlane", "statefulSet", "image", "repository")).toBe("loft-sh/vcluster-pro");
      return;
    }
    const policy = object("NetworkPolicy", "vcluster-store");
    const [etcd] = chart.renderAll(name, chart.merged(given)).filter(({ kind }) => kind === "StatefulSet");
    const labels = at(etcd, "spec", "template", "metadata", "labels");
    expect(labels).toMatchObject(at(policy, "spec", "podSelector", "matchLabels") as object);
    expect(at(policy, "spec", "podSelector", "matchExpressions")).toEqual([
      { key: "vcluster.loft.sh/managed-by", operator: "DoesNotExist" },
    ]);
    expect(at(etcd, "spec", "replicas")).toBe(3);
    expect(JSON.stringify(at(etcd, "spec", "volumeClaimTemplates"))).toContain('"storage":"9Gi"');
    expect(egress).toContainEqual({
      ports: [{ port: 2379, protocol: "TCP" }],
      to: [{ podSelector: at(policy, "spec", "podSelector") }],
    });
  });
});

describe("under Argo CD", () => {
  const central = plan([tenant("virtual", { isolation: "vcluster" })], settings({ gitops: { kind: "argocd" } }))
    .tenants[0];
  const application = central?.central?.deliveries.find(({ kind }) => kind === "Application");
  const given = at(application, "spec", "source", "helm", "valuesObject") as Record<string, unknown>;

  it("the values pass the chart's schema, too, and add to Flux's the trust in the control plane alone", () => {
    const check = new Ajv2020({ strict: false, allErrors: true }).compile(chart.schema);
    const whole = chart.merged(given);
    expect(check(given), JSON.stringify(check.errors)).toBe(true);
    expect(check(whole), JSON.stringify(check.errors)).toBe(true);
    const [theirs, ours] = [merged, whole].map((each) => chart.render("statefulset.yaml", name, each)[0]);
    const container = (each: unknown) => {
      const all = at(each, "spec", "template", "spec", "containers") as object[];
      return all.find((one) => at(one, "name") === "syncer");
    };
    const more = (path: string, of: (each: unknown) => unknown) => {
      const [before, after] = [theirs, ours].map((each) => at(of(each), path) as unknown[]);
      return after?.filter((one) => !before?.some((other) => JSON.stringify(other) === JSON.stringify(one)));
    };
    expect(more("volumes", (each) => at(each, "spec", "template", "spec"))).toEqual([
      { name: "authentication", configMap: { name: "vcluster-authentication" } },
    ]);
    expect(more("volumeMounts", container)).toEqual([
      { name: "authentication", mountPath: "/etc/estate", readOnly: true },
    ]);
    const [config] = chart.render("config-secret.yaml", name, whole);
    const text = Buffer.from(String(at(config, "data", "config.yaml")), "base64").toString();
    expect(text).toContain("--authentication-config=/etc/estate/authentication.yaml");
    expect(
      chart
        .renderAll(name, whole)
        .map(({ kind }) => String(kind))
        .sort(),
    ).toEqual(
      chart
        .renderAll(name, merged)
        .map(({ kind }) => String(kind))
        .sort(),
    );
  });
});
