import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { placeless } from "../../config/source";
import { builtin } from "../../features";
import { checkTenants } from "../../tenants/check";
import type { TenantEntry } from "../../tenants/entry";
import { settings, tenant } from "../support/fixtures";

const own = settings();
const environments = Object.keys(own.environments);

// Few letters and the ends that derived names have, so that names meet often.
const part = fc.constantFrom("a", "b", "ab", "dev", "prod", "owners", "acme", "kube", "flux", "system");
const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("-"));

function entryOf(tenantName: string, formerName?: string): TenantEntry {
  const file = `tenants/${tenantName}.yaml`;
  return {
    name: tenantName,
    file,
    source: placeless(file, {}),
    tenant: tenant(tenantName, formerName === undefined ? {} : { formerName }),
  };
}

function problemsOf(entries: readonly TenantEntry[]): string[] {
  return checkTenants(entries, own, builtin, placeless("Pulumi.dev.yaml", {})).map(({ code }) => code);
}

/** What a tenant's name makes in each system, written down a second time on purpose. */
function madeFrom(tenantName: string): string[] {
  return [
    ...environments.map((environment) => `namespace ${tenantName}-${environment}`),
    `registry acme-${tenantName}`,
    ...["owners", "developers", "operations"].map((role) => `group ${tenantName}-${role}`),
  ];
}

describe("names of tenants that pass together", () => {
  it("meet nowhere, and are nobody else's", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 5 }), (names) => {
        if (problemsOf(names.map((each) => entryOf(each))).length > 0) return;
        const made = names.flatMap(madeFrom);
        expect(new Set(made).size).toBe(made.length);
        const bare = made.map((each) => each.replace(/^.* /, ""));
        expect(names.filter((each) => bare.includes(each))).toEqual([]);
        expect(bare.filter((each) => each.startsWith("kube-") || each === "flux-system")).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("pass when one begins with the other", () => {
    expect(problemsOf([entryOf("team-a"), entryOf("team-ab")])).toEqual([]);
  });

  it("are kept for the tenant that had them", () => {
    fc.assert(
      fc.property(name, name, (first, second) => {
        fc.pre(first !== second && problemsOf([entryOf(first), entryOf(second)]).length === 0);
        expect(problemsOf([entryOf(second), entryOf("newcomer", second)])).toContain("N011");
      }),
    );
  });

  it("are judged the same in any order", () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 4 }), (names) => {
        const forwards = problemsOf(names.map((each) => entryOf(each)));
        const backwards = problemsOf([...names].reverse().map((each) => entryOf(each)));
        expect(backwards.sort()).toEqual(forwards.sort());
      }),
    );
  });
});
