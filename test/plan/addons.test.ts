import { beforeAll, describe, expect, it } from "vitest";
import { addons } from "../../model/addons";
import { foundations } from "../../model/addon";
import { clusterKind, goesTo } from "../../model/addon-choice";
import type { ClusterKind } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { label } from "../../model/labels";
import { addonValues } from "../../plan/addons";
import type { EstatePlan } from "../../plan/plan";
import { Definitions } from "../support/definitions";
import { plan, settings, tenant } from "../support/fixtures";

/** Everything of the catalogue, everywhere. */
const everywhere = ["control-plane", "dev", "prod"];
const all = Object.fromEntries(addons.map(({ name }) => [name, { clusters: everywhere }]));
const mirror = { charts: "oci://mirror.example.com/charts", images: "mirror.example.com" };

const on = (cluster: string, planned: EstatePlan): readonly KubernetesObject[] =>
  planned.clusters.find(({ name }) => name === cluster)?.platform.addons ?? [];
const release = (name: string, cluster: string, choices: Record<string, unknown>) =>
  on(cluster, plan([], settings({ addons: choices }))).find(
    ({ kind, metadata }) => kind === "HelmRelease" && metadata.name === `addon-${name}`,
  )?.spec as undefined | { readonly dependsOn?: { readonly name: string }[]; readonly values: unknown };

describe("addons", () => {
  it("are none unless the settings name them", () => {
    for (const { platform } of plan([]).clusters) {
      expect(platform.addons).toEqual([]);
      expect(platform.namespaces.map(({ metadata }) => metadata.name)).toEqual(["flux-system", "external-secrets"]);
    }
  });

  it("go to clusters of the catalogue's roles and kinds, or to those that are named", () => {
    const choices = { "mariadb-operator-crds": {}, "metrics-server": { clusters: ["dev"] }, "gateway-crds": {} };
    const planned = plan([], settings({ addons: choices }));
    const names = (cluster: string) =>
      on(cluster, planned)
        .filter(({ kind }) => kind === "HelmRelease")
        .map(({ metadata }) => metadata.name);
    expect(names("control-plane")).toEqual(["addon-gateway-crds", "addon-mariadb-operator-crds"]);
    expect(names("dev")).toEqual(["addon-gateway-crds", "addon-metrics-server"]);
    expect(names("prod")).toEqual(["addon-gateway-crds"]);
  });

  it("take values from catalogue, estate, ring and cluster, the last on top", () => {
    const choices = {
      "prometheus-operator-crds": {},
      "cert-manager": {},
      "kube-prometheus-stack": {
        values: { prometheus: { prometheusSpec: { retention: "7d" } }, extra: { list: [1, 2], gone: "x" } },
        valuesByRing: { "1": { prometheus: { prometheusSpec: { retention: "30d" } }, extra: { gone: null } } },
        valuesByCluster: { prod: { extra: { list: [3] } } },
      },
    };
    const values = (cluster: string) => release("kube-prometheus-stack", cluster, choices)?.values;
    expect(values("dev")).toMatchObject({
      prometheus: { prometheusSpec: { retention: "7d", ruleSelectorNilUsesHelmValues: false } },
      extra: { list: [1, 2], gone: "x" },
    });
    expect(values("prod")).toMatchObject({
      prometheus: { prometheusSpec: { retention: "30d", ruleSelectorNilUsesHelmValues: false } },
      extra: { list: [3] },
    });
    expect(JSON.stringify(values("prod"))).not.toContain("gone");
  });

  it("differ by who made the cluster, and on EKS by who brings its nodes", () => {
    const names = (kind: ClusterKind) =>
      addons.filter((addon) => goesTo(addon, "workload", kind)).map(({ name }) => name);
    expect(names("existing")).toContain("metrics-server");
    expect(names("existing")).not.toContain("aws-load-balancer-controller");
    expect(names("eks-auto")).not.toContain("aws-load-balancer-controller");
    expect(names("eks-auto")).not.toContain("metrics-server");
    expect(names("eks-groups")).toContain("aws-load-balancer-controller");
    const stack = addons.find(({ name }) => name === "kube-prometheus-stack");
    if (stack === undefined) throw new Error("no such addon");
    const none = { values: {}, valuesByRing: {}, valuesByCluster: {} };
    const values = (kind: ClusterKind) =>
      addonValues(
        stack,
        none,
        { name: "dev", role: "workload", ring: 0, guardrails: "enforce", kind },
        plan([]).estate,
      );
    expect(values("eks-auto")).toMatchObject({ kubeEtcd: { enabled: false } });
    expect(values("existing")).not.toHaveProperty("kubeEtcd");
    expect(clusterKind({ kind: "eks", compute: { kind: "groups" } })).toBe("eks-groups");
    expect(clusterKind({ kind: "existing" })).toBe("existing");
  });

  it("know the estate's facts, those of one's own too", () => {
    const choices = {
      "gateway-crds": {},
      "external-dns": {},
      ours: {
        chart: "ours",
        repository: "oci://charts.example.com/ours",
        version: "1.2.3",
        namespace: "ours",
        values: { cluster: "${estate.cluster}", kept: "${HOSTNAME}" },
      },
    };
    expect(release("external-dns", "dev", choices)?.values).toMatchObject({
      txtOwnerId: "acme-dev",
      domainFilters: ["platform.example.com"],
    });
    expect(release("ours", "prod", choices)?.values).toEqual({ cluster: "prod", kept: "${HOSTNAME}" });
  });

  it("wait for the kinds and certificates that others bring, for what they name, and for nothing else", () => {
    const after = (name: string) => (release(name, "dev", all)?.dependsOn ?? []).map((one) => one.name);
    const bases = addons.filter(({ layer }) => foundations.includes(layer)).map(({ name }) => `addon-${name}`);
    expect(after("gateway-crds")).toEqual([]);
    expect(after("cert-manager")).toEqual([
      "addon-gateway-crds",
      "addon-mariadb-operator-crds",
      "addon-prometheus-operator-crds",
    ]);
    expect(after("velero").sort()).toEqual(bases.sort());
    // No circle, whatever is chosen: each waits for what comes before it in this order.
    const done = new Set<string>();
    for (let left = addons.map(({ name }) => name); left.length > 0;) {
      const next = left.filter((name) => after(name).every((one) => done.has(one)));
      expect(next, left.join()).not.toEqual([]);
      for (const name of next) done.add(`addon-${name}`);
      left = left.filter((name) => !next.includes(name));
    }
  });

  it("run in namespaces of the platform, under the strictest Pod Security that all of one can bear", () => {
    const { namespaces } = plan([], settings({ addons: all })).clusters[0]?.platform ?? { namespaces: [] };
    const enforced = Object.fromEntries(
      namespaces.map(({ metadata }) => [metadata.name, metadata.labels?.["pod-security.kubernetes.io/enforce"]]),
    );
    expect(enforced).toMatchObject({ "cert-manager": "restricted", monitoring: "privileged", velero: "baseline" });
    for (const { metadata } of namespaces) expect(metadata.labels?.[label.tenant]).toBeUndefined();
  });
});

describe("the GitOps engine's objects of addons", () => {
  let definitions: Definitions;
  beforeAll(async () => {
    definitions = await Definitions.load("helm-controller", "source-controller", "flux-operator");
  }, 300_000);

  it.each([
    ["their own registries", undefined],
    ["a mirror", mirror],
  ] as const)("are what the real CRDs take, from %s", (_where, from) => {
    const planned = plan([tenant("virtual", { isolation: "vcluster" })], settings({ addons: all, mirror: from }));
    const objects = planned.clusters.flatMap(({ platform: { addons: own, gitops } }) => [
      ...own,
      ...(gitops === undefined ? [] : [gitops.instance]),
    ]);
    expect(objects.length).toBeGreaterThan(3 * 2 * addons.length);
    for (const object of objects) expect(definitions.complaints(object), object.metadata.name).toEqual([]);
    const tenants = planned.tenants.flatMap(({ homes }) => homes.flatMap((home) => home.objects));
    for (const object of tenants)
      expect(definitions.complaints(object) ?? [], JSON.stringify(object.metadata)).toEqual([]);
  });

  it("are refused by that check when a field has no such name", () => {
    const [source] = on("dev", plan([], settings({ addons: { "cert-manager": {} } })));
    if (source === undefined) throw new Error("no object");
    expect(definitions.complaints({ ...source, spec: { ...(source.spec as object), reff: 1 } })).not.toEqual([]);
  });

  it("stand in the platform's namespace, act as the platform, and are pinned", () => {
    for (const object of on("prod", plan([], settings({ addons: all })))) {
      const { metadata, spec } = object;
      expect(metadata).toMatchObject({ namespace: "flux-system", labels: { [label.managed]: "true" } });
      expect(metadata.labels?.[label.tenant]).toBeUndefined();
      if (object.kind === "HelmRelease")
        expect(spec).toMatchObject({
          serviceAccountName: "platform-reconciler",
          install: { crds: "CreateReplace" },
          upgrade: { crds: "CreateReplace", remediation: { retries: 3 } },
          driftDetection: { mode: "warn" },
        });
      if (object.kind === "ResourceSet") expect(spec).toMatchObject({ serviceAccountName: "platform-reconciler" });
    }
    const text = JSON.stringify(on("prod", plan([], settings({ addons: all }))));
    expect(text).not.toMatch(/latest|"version":"[~^*]/);
  });

  it("meet no object of a tenant, whatever that is called", () => {
    const names = on("dev", plan([], settings({ addons: all }))).map(({ metadata }) => metadata.name);
    expect(names.every((name) => name.startsWith("addon-"))).toBe(true);
    // A tenant's releases there begin with `vcluster-`.
    const planned = plan([tenant("addon", { isolation: "vcluster" })], settings({ addons: all }));
    expect(planned.tenants[0]?.homes.length).toBe(2);
  });
});
