import { describe, expect, it } from "vitest";
import { accessRowChanges, accessRows } from "../../plan/access-rows";
import { credentialEnds } from "../../plan/credentials";
import { planDifference } from "../../plan/difference";
import { widenedByPlan } from "../../review/plan-access";
import { differenceText } from "../../scripts/estate/difference-text";
import type { EstatePlan } from "../../plan/plan";
import { endingBy } from "../../scripts/estate/credentials";
import { plan, settings, tenant } from "../support/fixtures";

const before = plan([tenant("team-a"), tenant("team-b")]);
const told = (after: EstatePlan, old = before): string =>
  differenceText(planDifference(old, after), widenedByPlan(old, after));

describe("the difference of two plans", () => {
  it("is nothing between a plan and itself", () => {
    const same = planDifference(before, before);
    expect(same).toEqual({ tenants: [], untouched: 2, platform: { created: [], changed: [], deleted: [] } });
    expect(told(before)).toBe("nothing changes\ntenants that nothing changes for: 2");
  });

  it("names what a new tenant gets in every plane, and no other tenant", () => {
    const { tenants, untouched, platform } = planDifference(
      before,
      plan([tenant("team-a"), tenant("team-b"), tenant("team-c")]),
    );
    expect([tenants.map((each) => each.tenant), untouched]).toEqual([["team-c"], 2]);
    expect(platform).toEqual({ created: [], changed: [], deleted: [] });
    expect(tenants[0]?.created).toEqual(
      expect.arrayContaining([
        "dev/Namespace/team-c-dev",
        "gitlab/team-c/ops-prod",
        "registry/acme-team-c",
        "vault/dev/team-c-dev",
      ]),
    );
    expect([tenants[0]?.changed, tenants[0]?.deleted, tenants[0]?.access.gained.length]).toEqual([[], [], 6]);
  });

  it("tells a changed number by field, before and after", () => {
    const large = plan([tenant("team-a", { profile: "large" }), tenant("team-b")]);
    expect(told(large)).toContain("  ~ dev/team-a-dev/ResourceQuota/tenant\n      spec.hard.pods: 50 -> 200\n");
  });

  it("tells a tenant's way out, and the access that goes with it", () => {
    const out = plan([tenant("team-a", { lifecycle: { state: "retiring" } }), tenant("team-b")]);
    const text = told(out);
    expect(text).toMatch(
      /^team-a: \d+ new, \d+ changed, \d+ deleted; access widened: no; other tenants: none; active -> retiring\n/,
    );
    expect(told(before, out)).toMatch(/^team-a: .*; access widened: yes; other tenants: none; retiring -> active\n/);
    expect(text).toContain("access less: team-a-owners tenant-change in dev/team-a-dev");
    expect(told(plan([tenant("team-b")]))).toContain("access widened: no; other tenants: none; its file is gone\n");
  });

  it("names the other tenants that change beside one", () => {
    const text = told(plan([tenant("team-a", { profile: "large" }), tenant("team-b", { profile: "large" })]));
    expect(text).toMatch(/^team-a: .*; other tenants: team-b$/m);
    expect(text).toMatch(/^team-b: .*; other tenants: team-a$/m);
    expect(text).toMatch(/\ntenants that nothing changes for: 0$/);
  });

  it.each([
    ["a group that was not there, in Kubernetes and in Harbor", { access: { owners: { group: "leads" } } }, true],
    ["a profile", { profile: "large" }, false],
    ["an environment less", { environments: ["dev"] }, false],
    ["an application more, whose pipelines read the tenant's folder", { applications: [{ name: "web" }] }, true],
  ])("says whether access is wider after %s", (_what, change, wider) => {
    expect(widenedByPlan(before, plan([tenant("team-a", change), tenant("team-b")]))).toEqual(
      new Set(wider ? ["team-a"] : []),
    );
  });

  it("takes what a new tenant or a new namespace brings for no more access", () => {
    expect(widenedByPlan(plan([tenant("team-b")]), before)).toEqual(new Set());
    const both = settings({ environments: { dev: { clusters: ["dev", "prod"] }, prod: { clusters: ["prod"] } } });
    const one = settings({ environments: { dev: { clusters: ["dev"] }, prod: { clusters: ["prod"] } } });
    const tenants = [tenant("team-a"), tenant("team-b")];
    expect(widenedByPlan(plan(tenants, one), plan(tenants, both))).toEqual(new Set());
  });

  it("tells what all share apart from tenants", () => {
    const other = plan([tenant("team-a"), tenant("team-b")], settings({ credentials: { issued: "2026-11-02" } }));
    const { platform } = planDifference(before, other);
    expect(platform.changed.find(({ thing }) => thing === "estate")?.fields).toContainEqual({
      path: "credentials.issued",
      before: "2026-11-01",
      after: "2026-11-02",
    });
  });
});

describe("who can do what where", () => {
  it("is told for every plane", () => {
    const rows = accessRows(before).filter((row) => row.tenant === "team-a");
    expect(rows).toContainEqual({
      tenant: "team-a",
      who: "team-a-developers",
      may: "tenant-view",
      plane: "kubernetes",
      where: "prod/team-a-prod",
    });
    expect(rows).toContainEqual({
      tenant: "team-a",
      who: "members of roles/owners",
      may: "maintainer",
      plane: "gitlab",
      where: "platform/tenants/team-a",
    });
    expect(rows).toContainEqual({
      tenant: "team-a",
      who: "team-a-operations",
      may: "limitedguest",
      plane: "registry",
      where: "acme-team-a",
    });
    expect(new Set(rows.map(({ plane }) => plane)).size).toBe(4);
  });

  it.each([
    ["suspended", ["reporter", "reporter", "reporter"], ["limitedguest", "limitedguest", "limitedguest"]],
    ["retiring", [], []],
  ])("is to look, or nothing, for people of a tenant that is %s", (state, repositories, images) => {
    const rows = accessRows(plan([tenant("team-a", { lifecycle: { state } })]));
    const of = (wanted: string) => rows.filter(({ plane }) => plane === wanted).map(({ may }) => may);
    expect(of("gitlab")).toEqual(repositories);
    expect(of("registry")).toEqual(images);
  });

  it("changes with a group: one more, one less in each place", () => {
    const other = plan([tenant("team-a", { access: { owners: { group: "leads" } } }), tenant("team-b")]);
    const { gained, lost } = accessRowChanges(accessRows(before), accessRows(other));
    expect(gained.map(({ who, where }) => `${who} ${where}`)).toEqual([
      "leads dev/team-a-dev",
      "leads prod/team-a-prod",
      "leads acme-team-a",
    ]);
    expect(lost.map(({ who }) => who)).toEqual(["team-a-owners", "team-a-owners", "team-a-owners"]);
  });
});

describe("ends of credentials", () => {
  const ends = credentialEnds(plan([tenant("team-a")]));

  it("count from the day of issue: 365 days for repositories, 90 for images", () => {
    expect(ends.map(({ ends: day, credential }) => `${day} ${credential}`)).toEqual([
      "2027-01-30 robot ci of registry project acme-team-a",
      "2027-01-30 robot pull-dev of registry project acme-team-a",
      "2027-01-30 robot pull-prod of registry project acme-team-a",
      "2027-11-01 access token for promotions into ops-prod",
      "2027-11-01 deploy token of ops-dev",
      "2027-11-01 deploy token of ops-prod",
    ]);
  });

  it.each([
    ["2027-01-29", 0],
    ["2027-01-30", 3],
    ["2027-10-31", 3],
    ["2027-11-01", 6],
  ])("by %s are %i", (day, count) => {
    expect(endingBy(ends, day)).toHaveLength(count);
  });

  it("are none of a tenant on its way out", () => {
    expect(credentialEnds(plan([tenant("team-a", { lifecycle: { state: "retiring" } })]))).toEqual([]);
  });
});
