import { describe, expect, it } from "vitest";
import { guardrails } from "../../guardrails";
import { assertInvariants } from "../../plan/invariants";
import { notices } from "../../plan/notices";
import type { EstatePlan } from "../../plan/plan";
import { plan, settings } from "../support/fixtures";

const { clusters } = settings();
const devWarns = { ...clusters, dev: { ...clusters["dev"], guardrails: "warn" } };

/** How many bindings of a cluster do what with what is denied. */
function actions({ clusters: planned }: EstatePlan, cluster: string): ReadonlyMap<string, readonly string[]> {
  const objects = planned.find(({ name }) => name === cluster)?.platform.guardrails ?? [];
  return new Map(
    objects
      .filter(({ kind }) => kind === "ValidatingAdmissionPolicyBinding")
      .map(({ metadata, spec }) => [
        metadata.name,
        (spec as unknown as { readonly validationActions: readonly string[] }).validationActions,
      ]),
  );
}

describe("guardrails of a cluster", () => {
  it("deny, unless its settings say that they warn", () => {
    const estate = plan([], settings({ clusters: devWarns }));
    expect(new Set([...actions(estate, "prod").values()].flat())).toEqual(new Set(["Deny"]));
    expect(actions(estate, "dev").get("estate-images")).toEqual(["Warn", "Audit"]);
    expect(notices(estate)).toEqual([expect.stringMatching(/^guardrails only warn on cluster dev: /)]);
    expect(notices(plan([]))).toEqual([]);
  });

  it("deny where the cluster's own word differs from the estate's", () => {
    const own = { ...clusters, prod: { ...clusters["prod"], guardrails: "enforce" } };
    const estate = plan([], settings({ guardrails: "warn", clusters: own, protect: true }));
    expect(actions(estate, "prod").get("estate-images")).toEqual(["Deny"]);
    expect(actions(estate, "dev").get("estate-images")).toEqual(["Warn", "Audit"]);
    expect(notices(estate)[0]).toContain(
      "THIS ESTATE IS PROTECTED, AND guardrails only warn on clusters control-plane, dev",
    );
  });

  it("deny in any mode where all else rests on them, and a plan without that is stopped", () => {
    const estate = plan([], settings({ clusters: devWarns }));
    const always = guardrails(estate.estate).flatMap(({ name, always: why }) => (why === undefined ? [] : [name]));
    expect(always).toContain("labels");
    const denying = [...actions(estate, "dev")].flatMap(([name, [action]]) => (action === "Deny" ? [name] : []));
    expect(denying).toContain("estate-labels");
    const broken = {
      ...estate,
      clusters: estate.clusters.map((cluster) => ({
        ...cluster,
        platform: {
          ...cluster.platform,
          guardrails: cluster.platform.guardrails.filter(({ metadata }) => metadata.name !== "estate-labels"),
        },
      })),
    };
    expect(() => {
      assertInvariants(broken);
    }).toThrow(/dev: nothing enforces estate-labels/);
    expect(() => {
      assertInvariants(estate);
    }).not.toThrow();
  });
});
