import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { label } from "../../model/labels";
import { tenantNameLength, tenantNamePattern } from "../../model/names";
import type { EstatePlan } from "../../plan/plan";
import { Definitions } from "../support/definitions";
import { eks, eksSettings, threeClusters } from "../support/eks";
import { plan, settings, tenant } from "../support/fixtures";

const profiles = (nodePool: unknown) => ({ standard: { quota: { pods: "50" }, nodePool } });
const raise = (
  nodePool: unknown,
  change: Record<string, unknown> = {},
  own: Record<string, unknown> = {},
): EstatePlan => plan([tenant("team-a", own)], eksSettings({ profiles: profiles(nodePool), ...change }));

const home = ({ tenants }: EstatePlan, cluster: string) => {
  const found = tenants[0]?.homes.find((one) => one.cluster === cluster);
  if (found === undefined) throw new Error(`no home on ${cluster}`);
  return found;
};
const pools = (of: EstatePlan, cluster: string): KubernetesObject[] =>
  home(of, cluster).objects.filter(({ kind }) => kind === "NodePool");

describe("a pool of nodes", () => {
  it("is the home's own: by its label, its taint and its name", () => {
    const planned = raise({ cpu: "64" });
    expect(home(planned, "dev").namespace.metadata.labels?.[label.pool]).toBe("team-a-dev");
    const [pool] = pools(planned, "dev");
    expect(pool).toMatchObject({
      apiVersion: "karpenter.sh/v1",
      metadata: { name: "tenant-team-a-dev" },
      spec: {
        template: {
          metadata: { labels: { "estate.dev/pool": "team-a-dev", "estate.dev/tenant": "team-a" } },
          spec: {
            nodeClassRef: { group: "eks.amazonaws.com", kind: "NodeClass", name: "default" },
            taints: [{ key: "estate.dev/pool", value: "team-a-dev", effect: "NoSchedule" }],
          },
        },
      },
    });
  });

  it.each(["required", "optional"])("says on the namespace that it is %s", (use) => {
    expect(home(raise({ cpu: "64", use }), "dev").namespace.metadata.labels?.[label.poolUse]).toBe(use);
  });

  it.each([
    ["cpu alone", { cpu: "64" }, { cpu: "64" }, "on-demand", ["amd64"]],
    ["both limits", { cpu: "64000m", memory: "262144Mi" }, { cpu: "64", memory: "256Gi" }, "on-demand", ["amd64"]],
    ["spot", { cpu: "8", capacity: "spot" }, { cpu: "8" }, "spot", ["amd64"]],
    ["both processors", { cpu: "8", arch: ["arm64", "amd64"] }, { cpu: "8" }, "on-demand", ["amd64", "arm64"]],
  ])("is limited and chosen as the profile says: %s", (_what, said, limits, capacity, arch) => {
    const [pool] = pools(raise(said), "prod");
    const { spec } = pool as unknown as {
      spec: { limits: unknown; template: { spec: { requirements: { key: string; values: string[] }[] } } };
    };
    expect(spec.limits).toEqual(limits);
    const required = Object.fromEntries(spec.template.spec.requirements.map(({ key, values }) => [key, values]));
    expect(required).toMatchObject({ "karpenter.sh/capacity-type": [capacity], "kubernetes.io/arch": arch });
    // Auto Mode knows no labels of karpenter.k8s.aws.
    expect(Object.keys(required).filter((key) => key.includes("k8s.aws"))).toEqual([]);
  });

  it("is not there without a word in the profile", () => {
    const planned = raise(undefined);
    expect(pools(planned, "dev")).toEqual([]);
    expect(home(planned, "dev").namespace.metadata.labels).not.toHaveProperty(label.pool);
  });

  it("is only on clusters of Auto Mode, and the namespaces of others say nothing of it", () => {
    const groups = { compute: { kind: "groups", groups: { general: { instanceTypes: ["m7i.large"], max: 6 } } } };
    const planned = raise({ cpu: "64" }, { clusters: { ...threeClusters, dev: eks(20, groups) } });
    expect(pools(planned, "prod")).toHaveLength(1);
    const brought = plan([tenant("team-a")], settings({ profiles: profiles({ cpu: "64" }) }));
    for (const other of [planned, brought]) {
      expect(pools(other, "dev")).toEqual([]);
      expect(home(other, "dev").namespace.metadata.labels).not.toHaveProperty(label.pool);
    }
  });

  it("comes by an exception in one environment", () => {
    const exception = { reason: "r", approvedBy: "a", until: "2027-06-30", environment: "prod" };
    const planned = raise(undefined, {}, { exceptions: [{ set: "nodePool", value: { cpu: "16" }, ...exception }] });
    expect(pools(planned, "dev")).toEqual([]);
    expect(pools(planned, "prod")).toHaveLength(1);
  });

  it("stays with a tenant that is suspended: its nodes go by themselves, and its pods come back to it", () => {
    expect(pools(raise({ cpu: "64" }, {}, { lifecycle: { state: "suspended" } }), "dev")).toHaveLength(1);
  });

  it("has a virtual cluster in it with all its pods", () => {
    const release = home(raise({ cpu: "64" }, {}, { isolation: "vcluster" }), "dev").objects.find(
      ({ kind }) => kind === "HelmRelease",
    );
    expect(release?.spec).toMatchObject({
      values: {
        controlPlane: {
          statefulSet: {
            scheduling: {
              nodeSelector: { "estate.dev/pool": "team-a-dev" },
              tolerations: [{ key: "estate.dev/pool", value: "team-a-dev", effect: "NoSchedule" }],
            },
          },
        },
        sync: {
          toHost: { pods: { enforceTolerations: ["estate.dev/pool=team-a-dev:NoSchedule"] } },
          fromHost: { nodes: { selector: { labels: { "estate.dev/pool": "team-a-dev" } } } },
        },
      },
    });
  });

  it("is shared by no two homes of a cluster", () => {
    const name = fc.stringMatching(tenantNamePattern).filter((text) => text.length <= tenantNameLength);
    const both = { dev: { clusters: ["dev"] }, prod: { clusters: ["dev"], promotesFrom: "dev" } };
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 2, maxLength: 6 }), (names) => {
        const { tenants } = plan(
          names.map((one) => tenant(one)),
          eksSettings({ profiles: profiles({ cpu: "64" }), environments: both }),
        );
        const all = tenants.flatMap(({ homes }) => homes);
        const made = all.flatMap(({ objects }) => objects.filter(({ kind }) => kind === "NodePool"));
        expect(new Set(made.map(({ metadata }) => metadata.name)).size).toBe(all.length);
        const values = all.map(({ namespace }) => namespace.metadata.labels?.[label.pool]);
        expect(new Set(values).size).toBe(all.length);
        for (const value of values) expect(value?.length).toBeLessThanOrEqual(63);
      }),
      { numRuns: 20 },
    );
  });
});

describe("a pool's manifest", () => {
  let definitions: Definitions;
  beforeAll(async () => {
    definitions = await Definitions.load("karpenter");
  });

  it.each([{ cpu: "64" }, { cpu: "64", memory: "256Gi", capacity: "spot", arch: ["arm64"] }])(
    "is what Karpenter's own definition takes: %o",
    (said) => {
      for (const pool of pools(raise(said), "dev")) expect(definitions.complaints(pool)).toEqual([]);
      expect(pools(raise(said), "dev")).toHaveLength(1);
    },
  );

  it("is held: a field that is not there is refused", () => {
    const [pool] = pools(raise({ cpu: "64" }), "dev");
    const wrong = { ...pool, spec: { ...(pool?.spec as object), limit: {} } } as unknown as KubernetesObject;
    expect(definitions.complaints(wrong)).not.toEqual([]);
  });
});
