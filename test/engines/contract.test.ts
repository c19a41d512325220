import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tenantRole } from "../../model/platform";
import { tenantNamePattern } from "../../model/names";
import type { EstatePlan } from "../../plan/plan";
import type { TenantPlan } from "../../plan/tenant";
import { homeObjects } from "../../plan/invariants";
import { credentials, deliveries, imageWrites } from "../support/deliveries";
import { plan, settings, tenant } from "../support/fixtures";

// What every GitOps engine holds to, asked of the plan's objects alone by an evaluator of each (test/support/deliveries.ts).

const products = {
  shop: { repository: "https://git.example.com/shop.git", path: "kustomize", channels: { stable: "^2" } },
};
const shop = [{ name: "shop", source: { kind: "product", product: "shop" } }];
const environments = {
  dev: { clusters: ["dev"] },
  prod: { clusters: ["prod", "dev"], promotesFrom: "dev", promotion: "merge-request" },
};
const repository = (name: string, environment: string): string =>
  `https://gitlab.example.com/platform/tenants/${name}/ops-${environment}.git`;

const found = ({ tenants }: EstatePlan, name: string): TenantPlan => {
  const own = tenants.find((one) => one.name === name);
  if (own === undefined) throw new Error(`no tenant ${name} in the plan`);
  return own;
};

describe.each([
  { name: "flux", gitops: { kind: "flux" }, isolations: ["namespace", "vcluster"] },
  { name: "flux-hub", gitops: { kind: "flux", topology: "hub" }, isolations: ["namespace"] },
  { name: "argocd", gitops: { kind: "argocd" }, isolations: ["namespace", "vcluster"] },
])("$name", ({ gitops, isolations }) => {
  const own = settings({ gitops, products, environments });
  const estate = (...tenants: Parameters<typeof plan>[0]): EstatePlan => plan(tenants, own);

  describe.each(isolations)("with isolation %s", (isolation) => {
    const at = (state: string) =>
      estate(tenant("team-a", { isolation, applications: shop, lifecycle: { state } }), tenant("team-ab"));
    const place = (cluster: string, home: string) => ({
      cluster: isolation === "vcluster" ? `${cluster}/${home}` : cluster,
      namespace: home,
      as: `system:serviceaccount:${home}:reconciler`,
    });

    it("brings the tenant's own repository and its products to its homes, as its reconciler, and nothing else", () => {
      const planned = at("active");
      const places = [
        ["dev", "dev"],
        ["dev", "prod"],
        ["prod", "prod"],
      ] as const;
      const expected = places.flatMap(([cluster, environment]) => [
        {
          repository: repository("team-a", environment),
          revision: "main",
          ...place(cluster, `team-a-${environment}`),
        },
        { repository: products.shop.repository, revision: "^2", ...place(cluster, `team-a-${environment}`) },
      ]);
      const sorted = expected.map((one) => JSON.stringify(one)).sort();
      expect(deliveries(found(planned, "team-a"), planned).map((one) => JSON.stringify(one))).toEqual(sorted);
    });

    it.each(["suspended", "retiring"])("brings nothing of a tenant that is %s, by a second lock, too", (state) => {
      const planned = at(state);
      const one = found(planned, "team-a");
      expect(deliveries(one, planned)).toEqual([]);
      const bindings = homeObjects(one).filter(({ object }) => object.kind === "RoleBinding");
      expect(
        bindings.filter(({ object }) => (object["roleRef"] as { name: string }).name === tenantRole.reconcile),
      ).toEqual([]);
      expect(deliveries(found(planned, "team-ab"), planned)).toHaveLength(3);
    });

    it("has no credential of a tenant on its way out, and nothing of a removed one", () => {
      const retiring = found(at("retiring"), "team-a");
      expect(retiring.secretReaders).toEqual([]);
      expect(credentials(retiring)).toEqual([]);
      expect(homeObjects(retiring).filter(({ object }) => object.kind === "ExternalSecret")).toEqual([]);
      const removed = found(at("removed"), "team-a");
      expect(homeObjects(removed)).toEqual([]);
      expect(removed.secretReaders).toEqual([]);
    });

    it("reads the repository with what lies in the environment's own folder", () => {
      const one = found(at("active"), "team-a");
      const read = credentials(one);
      expect(new Set(read.map(({ from }) => from))).toEqual(new Set(["team-a/dev/delivery", "team-a/prod/delivery"]));
      for (const { url, project, from } of read) {
        if (url === undefined) continue;
        const [, environment = ""] = from.split("/");
        expect([url, project]).toEqual([repository("team-a", environment), `team-a-${environment}`]);
      }
    });
  });

  it("writes new images into the repository of an open environment, by its own login, while the tenant is active", () => {
    const applications = [
      { name: "web", imageUpdates: { range: "^1.x-0" } },
      { name: "api", imageUpdates: { range: ">=1.2.0 <2.0.0" } },
      { name: "old" },
    ];
    const at = (state: string) => estate(tenant("team-a", { applications, lifecycle: { state } }), tenant("team-ab"));
    const write = (image: string, range: string) => ({
      image: `harbor.example.com/acme-team-a/${image}`,
      range,
      repository: repository("team-a", "dev"),
      branch: "main",
      by: "team-a/dev/delivery",
    });
    const active = at("active");
    expect(imageWrites(found(active, "team-a"), active)).toEqual([
      write("web", "^1.x-0"),
      write("api", ">=1.2.0 <2.0.0"),
    ]);
    expect(imageWrites(found(active, "team-ab"), active)).toEqual([]);
    for (const state of ["suspended", "retiring"])
      expect(imageWrites(found(at(state), "team-a"), at(state))).toEqual([]);
  });

  it("names nothing of another tenant, whatever they are called", () => {
    const name = fc.stringMatching(tenantNamePattern).filter((text) => text.length <= 20);
    fc.assert(
      fc.property(name, fc.stringMatching(/^[a-z0-9]{1,5}$/), (first, ending) => {
        const second = `${first}${ending}`;
        const more = [...shop, { name: "web", imageUpdates: { range: "^1" } }];
        const planned = estate(
          tenant(first, { applications: more, notifications: [{ kind: "slack" }] }),
          tenant(second),
        );
        for (const [one, other] of [
          [first, second],
          [second, first],
        ] as const) {
          const mine = found(planned, one);
          const theirs = new Set([other, ...found(planned, other).homes.map((home) => home.namespace.metadata.name)]);
          const text = JSON.stringify([homeObjects(mine), mine.central, mine.secretReaders]);
          const words = text.match(/[a-z0-9]+(-[a-z0-9]+)*/g) ?? [];
          // A name may be a word that everybody says.
          const everybody = new Set(
            JSON.stringify(
              homeObjects(found(estate(tenant("x9x9", { notifications: [{ kind: "slack" }] })), "x9x9")),
            ).match(/[a-z0-9]+(-[a-z0-9]+)*/g),
          );
          expect(words.filter((word) => theirs.has(word) && !everybody.has(word))).toEqual([]);
          expect(deliveries(mine, planned).filter(({ namespace }) => theirs.has(namespace))).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });
});
