import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkSettings } from "../../config/check-settings";
import type { KubernetesObject } from "../../model/kubernetes";
import { compareVersions } from "../../model/version-order";
import { blastRadius } from "../../plan/blast-radius";
import { planDifference } from "../../plan/difference";
import type { EstatePlan } from "../../plan/plan";
import { blastRadiusText } from "../../review/rings";
import { plan, settings, tenant } from "../support/fixtures";

const existing = (ring: number) => ({ role: "workload", kind: "existing", ring });
/** Three workload clusters, each in a ring of its own, and one environment on each. */
const rings = (own: Record<string, unknown> = {}) =>
  settings({
    clusters: {
      "control-plane": { role: "control-plane", kind: "existing" },
      dev: existing(0),
      test: existing(1),
      prod: existing(2),
    },
    environments: {
      dev: { clusters: ["dev"] },
      test: { clusters: ["test"], promotesFrom: "dev" },
      prod: { clusters: ["prod"], promotesFrom: "test" },
    },
    addons: { "metrics-server": { version: "3.20.0" } },
    ...own,
  });
const tenants = [tenant("team-a"), tenant("large", { profile: "large" })];

const pods = (own: EstatePlan, name: string): string[] =>
  own.tenants
    .find((each) => each.name === name)
    ?.homes.map(({ cluster, objects }) => {
      const quota = objects.find(({ kind }) => kind === "ResourceQuota") as KubernetesObject;
      return `${cluster} ${(quota.spec as unknown as { hard: { pods: string } }).hard.pods}`;
    }) ?? [];

/** The chart's version on each cluster, wherever the release says it. */
const chartVersions = (own: EstatePlan): Record<string, string> =>
  Object.fromEntries(
    own.clusters.flatMap(({ name, platform }) => {
      const specs = platform.addons.filter(({ metadata }) => metadata.name === "addon-metrics-server");
      const said = /"(?:version|tag)":"(\d+\.\d+\.\d+)"/.exec(JSON.stringify(specs.map(({ spec }) => spec)))?.[1];
      return said === undefined ? [] : [[name, said]];
    }),
  );

describe("a change that goes ring by ring", () => {
  it.each([
    [0, ["dev 60", "prod 50", "test 50"]],
    [1, ["dev 60", "prod 50", "test 60"]],
    [2, ["dev 60", "prod 60", "test 60"]],
  ])("of a profile holds up to ring %i, and for its tenants alone", (upTo, expected) => {
    const rollout = { upTo, profiles: { standard: [{ set: "quota.pods", value: "60" }] } };
    const own = plan(tenants, rings({ rollout }));
    expect(pods(own, "team-a").sort()).toEqual(expected);
    expect(pods(own, "large")).toEqual(pods(plan(tenants, rings()), "large"));
  });

  it.each([
    [0, { dev: "3.21.0", test: "3.20.0", prod: "3.20.0" }],
    [1, { dev: "3.21.0", test: "3.21.0", prod: "3.20.0" }],
  ])("of an addon's version holds up to ring %i", (upTo, expected) => {
    const own = plan(tenants, rings({ rollout: { upTo, addons: { "metrics-server": "3.21.0" } } }));
    expect(chartVersions(own)).toMatchObject(expected);
    expect(chartVersions(plan(tenants, rings()))).toMatchObject({ dev: "3.20.0", test: "3.20.0", prod: "3.20.0" });
  });

  it("ends as what the settings say when it is written into them", () => {
    const value = { set: "quota.pods", value: "60" };
    const { profiles } = settings();
    const standard = { ...profiles["standard"], quota: { ...profiles["standard"]?.quota, pods: "60" } };
    const all = plan(tenants, rings({ rollout: { upTo: 2, profiles: { standard: [value] } } }));
    const written = plan(tenants, rings({ profiles: { ...profiles, standard } }));
    expect(planDifference(all, written)).toMatchObject({
      tenants: [],
      platform: { created: [], changed: [], deleted: [] },
    });
  });

  it("leaves an exception of a tenant over it", () => {
    const exception = {
      set: "quota.pods",
      value: "70",
      environment: "dev",
      reason: "r",
      approvedBy: "a",
      until: "2027-06-30",
    };
    const own = plan(
      [tenant("team-a", { exceptions: [exception] })],
      rings({ rollout: { upTo: 1, profiles: { standard: [{ set: "quota.pods", value: "60" }] } } }),
    );
    expect(pods(own, "team-a").sort()).toEqual(["dev 70", "prod 50", "test 60"]);
  });
});

describe("no later ring is ahead of an earlier one", () => {
  const version = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)).map((parts) => parts.join("."));

  it("whatever version goes how far: what the settings let through is never newer in a later ring", () => {
    const count = { passed: 0, refused: 0 };
    fc.assert(
      fc.property(version, version, fc.integer({ min: 0, max: 2 }), (now, next, upTo) => {
        const own = rings({
          addons: { "metrics-server": { version: now } },
          rollout: { upTo, addons: { "metrics-server": next } },
        });
        const errors = checkSettings(own, { placeOf: () => ({ file: "x" }) }).filter(
          ({ severity }) => severity === "error",
        );
        const { dev = "", test = "", prod = "" } = chartVersions(plan([], own));
        const isOrdered = compareVersions(dev, test) >= 0 && compareVersions(test, prod) >= 0;
        if (errors.length === 0) {
          count.passed += 1;
          expect(isOrdered).toBe(true);
        } else {
          count.refused += 1;
          expect(errors.map(({ code }) => code)).toEqual(["P052"]);
        }
      }),
      { numRuns: 80 },
    );
    expect(Math.min(count.passed, count.refused)).toBeGreaterThan(5);
  });

  it.each([
    ["1.35", "1.36", -1],
    ["1.9", "1.10", -1],
    ["v1.2.3", "1.2.3", 0],
    ["1.2.3-rc.1", "1.2.3", -1],
    ["1.2.3-rc.2", "1.2.3-rc.10", -1],
    ["1.2.3-alpha", "1.2.3-1", 1],
    ["1.2.3-alpha", "1.2.3-alpha.1", -1],
    ["1.2.3+build", "1.2.3", 0],
    ["2.0.0", "10.0.0", -1],
  ])("%s and %s are ordered as Semantic Versioning says", (a, b, order) => {
    expect(Math.sign(compareVersions(a, b))).toBe(order);
    expect(Math.sign(compareVersions(b, a))).toBe(order === 0 ? 0 : -order);
  });
});

describe("how far a change reaches", () => {
  const reach = (before: EstatePlan, after: EstatePlan) => blastRadius(planDifference(before, after), before, after);
  const before = plan(tenants, rings());

  it("is told ring by ring: a profile that changes everywhere, and one that goes by rings", () => {
    const { profiles } = settings();
    const standard = { ...profiles["standard"], quota: { pods: "60" } };
    const everywhere = reach(before, plan(tenants, rings({ profiles: { ...profiles, standard } })));
    expect(everywhere.map(({ ring, clusters, tenants: who, changed }) => ({ ring, clusters, who, changed }))).toEqual([
      { ring: 0, clusters: ["dev"], who: ["team-a"], changed: 1 },
      { ring: 1, clusters: ["test"], who: ["team-a"], changed: 1 },
      { ring: 2, clusters: ["prod"], who: ["team-a"], changed: 1 },
    ]);
    expect(blastRadiusText(everywhere)).toEqual([
      "ring 0: 1 cluster (dev), 1 tenant (team-a): 0 new, 1 changed, 0 deleted",
      "ring 1: 1 cluster (test), 1 tenant (team-a): 0 new, 1 changed, 0 deleted",
      "ring 2: 1 cluster (prod), 1 tenant (team-a): 0 new, 1 changed, 0 deleted",
      "what is there changes in rings 0 and 1 and 2 at once; estate:rollout takes a version or a profile from ring to ring (docs/rings.md)",
    ]);
    const rollout = { upTo: 0, profiles: { standard: [{ set: "quota.pods", value: "60" }] } };
    const first = reach(before, plan(tenants, rings({ rollout })));
    expect(blastRadiusText(first)).toEqual(["ring 0: 1 cluster (dev), 1 tenant (team-a): 0 new, 1 changed, 0 deleted"]);
    // The next step changes the next ring and no other.
    const second = reach(plan(tenants, rings({ rollout })), plan(tenants, rings({ rollout: { ...rollout, upTo: 1 } })));
    expect(second.map(({ ring }) => ring)).toEqual([1]);
  });

  it("of a version: what all share on the clusters of the ring, and no tenant", () => {
    const own = plan(tenants, rings({ rollout: { upTo: 0, addons: { "metrics-server": "3.21.0" } } }));
    expect(reach(before, own)).toEqual([
      {
        ring: 0,
        clusters: ["control-plane", "dev"],
        tenants: [],
        created: 0,
        changed: expect.any(Number) as number,
        deleted: 0,
      },
    ]);
  });

  it("of a tenant that comes is no change of what is there, however many rings it has", () => {
    const more = reach(before, plan([...tenants, tenant("search")], rings()));
    expect(more.map(({ ring, tenants: who, changed, deleted }) => [ring, who, changed, deleted])).toEqual([
      [0, ["search"], 0, 0],
      [1, ["search"], 0, 0],
      [2, ["search"], 0, 0],
    ]);
    expect(blastRadiusText(more)).toHaveLength(3);
    expect(reach(before, before)).toEqual([]);
  });

  it("names a few of many", () => {
    const many = Array.from({ length: 10 }, (_, index) => `t${String(index)}`);
    expect(
      blastRadiusText([{ ring: 0, clusters: ["dev"], tenants: many, created: 1, changed: 0, deleted: 0 }]),
    ).toEqual([
      "ring 0: 1 cluster (dev), 10 tenants (t0, t1, t2, t3, t4, t5, t6, t7, and 2 more): 1 new, 0 changed, 0 deleted",
    ]);
  });
});

describe("values of a cluster", () => {
  const valuesOf = (own: EstatePlan, cluster: string): Record<string, unknown> => {
    const facts = own.clusters.find(({ name }) => name === cluster)?.platform.facts;
    return JSON.parse((facts?.["data"] as Record<string, string>)["values.yaml"] ?? "") as Record<string, unknown>;
  };
  const clusterValues = {
    common: {
      region: "eu",
      logs: { host: "logs.example.com", port: 12201 },
      metrics: { replicas: 1, retention: "7d" },
    },
    rings: { "2": { logs: { host: "logs.example.com", port: 12202 }, metrics: { replicas: 2 } } },
    clusters: { prod: { metrics: { storageClass: "fast" }, custom: { cluster: "mine", team: ["a"] } } },
  };

  it("are merged: for all, for the ring, for the cluster", () => {
    const own = plan(tenants, rings({ clusterValues }));
    expect(valuesOf(own, "dev")).toMatchObject({
      logs: { host: "logs.example.com", port: 12_201, protocol: "tcp" },
      metrics: { replicas: 1, retention: "7d" },
    });
    expect(valuesOf(own, "prod")).toEqual({
      region: "eu",
      logs: { host: "logs.example.com", port: 12_202, protocol: "tcp" },
      metrics: { replicas: 2, retention: "7d", storageClass: "fast" },
      custom: { cluster: "mine", team: ["a"] },
      estate: "acme",
      domain: "platform.example.com",
      cluster: "prod",
      role: "workload",
      ring: 2,
      environments: ["prod"],
    });
  });

  it("go to an addon that asks for them, below its own values, and to no other", () => {
    const spec = (own: EstatePlan) =>
      own.clusters
        .find(({ name }) => name === "dev")
        ?.platform.addons.find(
          ({ kind, metadata }) => kind === "HelmRelease" && metadata.name === "addon-metrics-server",
        )?.spec as { valuesFrom?: unknown };
    const asking = rings({ addons: { "metrics-server": { version: "3.20.0", clusterValues: true } } });
    expect(spec(plan([], asking)).valuesFrom).toEqual([
      { kind: "ConfigMap", name: "cluster-values", valuesKey: "values.yaml" },
    ]);
    expect(spec(plan([], rings())).valuesFrom).toBeUndefined();
    const facts = plan([], asking).clusters[0]?.platform.facts.metadata;
    expect([facts?.namespace, facts?.labels?.["reconcile.fluxcd.io/watch"]]).toEqual(["flux-system", "Enabled"]);
  });
});
