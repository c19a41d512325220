import { countedAnyway } from "../../model/profile";
import { canonicalQuantity } from "../../model/quantity";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { label } from "../../model/labels";
import { tenantNameLength, tenantNamePattern } from "../../model/names";
import { objectAddress } from "../../model/kubernetes";
import type { EstatePlan } from "../../plan/plan";
import type { TenantPlan } from "../../plan/tenant";
import { plan, settings, tenant } from "../support/fixtures";

const name = fc.stringMatching(tenantNamePattern).filter((text) => text.length <= tenantNameLength);
const someTenant = fc.record({
  name,
  isolation: fc.constantFrom("namespace", "vcluster"),
  profile: fc.constantFrom("standard", "large"),
  state: fc.constantFrom("active", "suspended", "retiring", "removed"),
  environments: fc.option(fc.subarray(["dev", "prod"], { minLength: 1 }), { nil: undefined }),
});
const someTenants = fc.uniqueArray(someTenant, { selector: (one) => one.name, minLength: 1, maxLength: 6 });

type Drawn = typeof someTenant extends fc.Arbitrary<infer T> ? T : never;
const made = ({ name: own, isolation, profile, state, environments }: Drawn) =>
  tenant(own, { isolation, profile, lifecycle: { state }, ...(environments === undefined ? {} : { environments }) });

/** Everything of the plan that becomes a resource, by an address that does not change with its content. */
function items({ clusters, tenants }: EstatePlan): Map<string, { readonly owner: string; readonly text: string }> {
  const result = new Map<string, { owner: string; text: string }>();
  for (const cluster of clusters)
    result.set(`cluster ${cluster.name}`, { owner: "platform", text: JSON.stringify(cluster) });
  for (const { name: owner, homes, secretReaders, repositories, registry, pipelines } of tenants) {
    for (const request of [repositories, registry, pipelines]) {
      if (request !== undefined) result.set(`${owner} ${request.capability}`, { owner, text: JSON.stringify(request) });
    }
    for (const { cluster, namespace, objects } of homes) {
      for (const object of [namespace, ...objects])
        result.set(`${cluster}/${objectAddress(object)}`, { owner, text: JSON.stringify(object) });
    }
    for (const reader of secretReaders)
      result.set(`${reader.cluster}/vault/${reader.name}`, { owner, text: JSON.stringify(reader) });
  }
  return result;
}

/** Owners of what differs between two plans. */
function changed(before: EstatePlan, after: EstatePlan): Set<string> {
  const old = items(before);
  const now = items(after);
  const owners = new Set<string>();
  for (const [address, { owner, text }] of now) if (old.get(address)?.text !== text) owners.add(owner);
  for (const [address, { owner }] of old) if (!now.has(address)) owners.add(owner);
  return owners;
}

describe("the plan", () => {
  it("is plain data, the same each time, in any order of the tenant files", () => {
    fc.assert(
      fc.property(someTenants, (drawn) => {
        const tenants = drawn.map(made);
        const one = plan(tenants);
        expect(JSON.parse(JSON.stringify(one))).toEqual(one);
        expect(JSON.stringify(plan([...tenants].reverse()))).toBe(JSON.stringify(one));
      }),
      { numRuns: 40 },
    );
  });

  it("of one more tenant differs in that tenant only", () => {
    fc.assert(
      fc.property(someTenants, someTenant, (drawn, extra) => {
        fc.pre(drawn.every((other) => other.name !== extra.name));
        const tenants = drawn.map(made);
        const owners = changed(plan(tenants), plan([...tenants, made(extra)]));
        expect([...owners]).toEqual(extra.state === "removed" ? [] : [extra.name]);
      }),
      { numRuns: 60 },
    );
  });

  it("of a changed profile differs in exactly its tenants, and replaces nothing", () => {
    fc.assert(
      fc.property(someTenants, (drawn) => {
        const tenants = drawn.map(made);
        const profiles = settings().profiles;
        const before = plan(tenants);
        const raised = settings({
          profiles: { ...profiles, large: { quota: { "requests.cpu": "40", "requests.memory": "64Gi", pods: "250" } } },
        });
        const after = plan(tenants, raised);
        const affected = drawn
          .filter(({ profile, state }) => profile === "large" && state !== "removed")
          .map((one) => one.name);
        expect([...changed(before, after)].sort()).toEqual(affected.sort());
        // The same addresses on both sides: nothing comes, goes or is renamed, so nothing is replaced.
        expect([...items(after).keys()]).toEqual([...items(before).keys()]);
      }),
      { numRuns: 40 },
    );
  });

  it("writes quantities as the API server does, so that a preview after an up is clean", () => {
    const odd = settings({
      profiles: { standard: { quota: { "requests.cpu": "8000m", "requests.memory": "16384Mi", pods: "050" } } },
    });
    const [home] = plan([tenant("team-a")], odd).tenants[0]?.homes ?? [];
    const quota = home?.objects.find(({ kind }) => kind === "ResourceQuota");
    expect(quota?.spec).toEqual({
      hard: { ...countedAnyway, pods: "50", "requests.cpu": "8", "requests.memory": "16Gi" },
    });
    for (const text of Object.values(countedAnyway)) expect(canonicalQuantity(text)).toBe(text);
  });

  it("counts what a profile does not name, and by the profile's number what it names", () => {
    const named = settings({ profiles: { standard: { quota: { configmaps: "7" } } } });
    const [home] = plan([tenant("team-a")], named).tenants[0]?.homes ?? [];
    const quota = home?.objects.find(({ kind }) => kind === "ResourceQuota");
    expect(quota?.spec).toMatchObject({ hard: { configmaps: "7", secrets: countedAnyway["secrets"] } });
  });

  it("applies an exception where it says and nowhere else", () => {
    const exception = {
      set: "network.allowInternet",
      value: true,
      environment: "prod",
      reason: "card provider",
      approvedBy: "security",
      until: "2027-06-30",
    };
    const [own] = plan([tenant("team-a", { exceptions: [exception] })]).tenants;
    const opened = (environment: string) =>
      own?.homes
        .find((home) => home.environment === environment)
        ?.objects.some(({ metadata }) => metadata.name === "allow-internet");
    expect(opened("prod")).toBe(true);
    expect(opened("dev")).toBe(false);
  });
});

describe("a tenant's life", () => {
  const planned = (state: string): TenantPlan => {
    const [own] = plan([tenant("team-a", { lifecycle: { state } })]).tenants;
    if (own === undefined) throw new Error("no tenant in the plan");
    return own;
  };
  const objects = (own: TenantPlan, kind: string) =>
    own.homes.flatMap((home) => home.objects).filter((object) => object.kind === kind);

  it("active: people and reconciler have their roles", () => {
    const own = planned("active");
    expect(own.access.map(({ group, role, namespace }) => `${group} ${role} ${namespace}`)).toEqual([
      "team-a-owners tenant-change team-a-dev",
      "team-a-developers tenant-change team-a-dev",
      "team-a-operations tenant-operate team-a-dev",
      "team-a-owners tenant-view team-a-prod",
      "team-a-developers tenant-view team-a-prod",
      "team-a-operations tenant-operate team-a-prod",
    ]);
    expect(objects(own, "Kustomization").map(({ spec }) => (spec as { suspend?: boolean }).suspend)).toEqual([
      undefined,
      undefined,
    ]);
    expect(own.secretReaders).toHaveLength(2);
  });

  it("suspended: nothing is delivered or started, people look, data and namespaces stay", () => {
    const own = planned("suspended");
    expect(own.homes).toHaveLength(2);
    expect(new Set(own.access.map(({ role }) => role))).toEqual(new Set(["tenant-view"]));
    expect(objects(own, "Kustomization").map(({ spec }) => (spec as { suspend?: boolean }).suspend)).toEqual([
      true,
      true,
    ]);
    expect(objects(own, "ResourceQuota").map(({ spec }) => (spec as { hard: { pods: string } }).hard.pods)).toEqual([
      "0",
      "0",
    ]);
    expect(objects(own, "RoleBinding").some(({ metadata }) => metadata.name === "reconciler")).toBe(false);
  });

  it("retiring: no credential and no access is left, namespaces stay", () => {
    const own = planned("retiring");
    expect(own.homes).toHaveLength(2);
    expect(own.secretReaders).toEqual([]);
    expect(own.access).toEqual([]);
    expect(objects(own, "RoleBinding")).toEqual([]);
  });

  it("removed: nothing is left but the name", () => {
    expect(planned("removed")).toEqual({
      name: "team-a",
      state: "removed",
      homes: [],
      secretReaders: [],
      needs: [],
      access: [],
    });
  });
});

describe("what a home holds", () => {
  it("is what the golden list says", () => {
    const lines = plan([tenant("team-a"), tenant("team-ab", { isolation: "vcluster" })]).tenants.flatMap(
      ({ homes, secretReaders }) => [
        ...homes.flatMap(({ cluster, namespace, objects }) =>
          [namespace, ...objects].map((object) => `${cluster} ${object.apiVersion} ${objectAddress(object)}`),
        ),
        ...secretReaders.map(({ cluster, name: reader, folders }) => `${cluster} vault ${reader} ${folders.join(" ")}`),
      ],
    );
    expect(lines).toMatchSnapshot();
  });

  it("names its tenant on every object", () => {
    for (const { name: owner, homes } of plan([tenant("team-a"), tenant("team-ab", { isolation: "vcluster" })])
      .tenants) {
      for (const { namespace, objects } of homes) {
        for (const object of [namespace, ...objects]) expect(object.metadata.labels?.[label.tenant]).toBe(owner);
      }
    }
  });
});
