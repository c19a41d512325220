import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { trialEstate } from "../../escape/estate";
import { missedOf } from "../../escape/mutation/mutant";
import { clusterPart, partOf, type ClusterFindings } from "../../escape/report";
import { ClusterSuite } from "../../escape/suite";
import { trials } from "../../escape/trials";
import { faultsOf } from "../../escape/verdict";
import { guardrails } from "../../guardrails";

// What no tenant can do on a cluster, by a real API server's word: each refusal with its reason, and each with a twin that
// passes. Then the same again with each line of what refuses missing, and every time something must be noticed.

let suite: ClusterSuite;
const found: { -readonly [Key in keyof ClusterFindings]?: ClusterFindings[Key] } = {};

beforeAll(async () => {
  suite = await ClusterSuite.start();
});

afterAll(() => suite.end());

describe("with the rights that Estate gives", () => {
  it("everybody may do what is written down, and nothing else", async () => {
    expect(await suite.rightsNotAsRecorded()).toEqual([]);
  });

  it("nobody of a tenant does by their own rights what the worst case is refused", async () => {
    found.identities = await suite.identities();
    expect(found.identities.length).toBeGreaterThan(1000);
    expect(faultsOf(found.identities)).toEqual([]);
  });

  it("each verb on each kind that somebody has no right to ends at RBAC, at home, at a neighbour's and outside", async () => {
    found.refusals = await suite.refusals();
    expect(found.refusals.asked).toBeGreaterThan(10_000);
    expect(found.refusals.faults).toEqual([]);
  });

  it("each rule and each binding that is missing is noticed", async () => {
    found.rights = await suite.mutateRights();
    expect(found.rights.length).toBeGreaterThan(100);
    expect(missedOf(found.rights)).toEqual([]);
  });
});

describe("in the worst case, under a RoleBinding to cluster-admin", () => {
  beforeAll(() => suite.grantWorstCase());

  it.each(trials)("$guardrail holds", async (trial) => {
    const verdicts = await suite.holds(trial);
    found.worstCase = [...(found.worstCase ?? []), ...verdicts];
    expect(faultsOf(verdicts)).toEqual([]);
  });

  it("tries every guardrail", () => {
    expect(trials.map(({ guardrail }) => guardrail).sort()).toEqual(
      guardrails(trialEstate().estate)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it("kubectl-mtb's checks pass, each for its own reason", async () => {
    found.benchmark = await suite.benchmark();
    expect(found.benchmark).toHaveLength(18);
    expect(faultsOf(found.benchmark)).toEqual([]);
  });

  it("each line of a policy that is missing is noticed, and all is whole after", async () => {
    found.policies = await suite.mutatePolicies();
    expect(found.policies.length).toBeGreaterThan(200);
    expect(missedOf(found.policies)).toEqual([]);
    expect(faultsOf(await suite.worstCase())).toEqual([]);
  });
});

it("the page tells these figures: npm run escape -- --write", () => {
  expect(clusterPart(found as ClusterFindings)).toBe(partOf("cluster"));
});
