import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { guardrails } from "../../guardrails";
import { trialEstate } from "../../escape/estate";
import { ClusterSuite } from "../../escape/suite";
import { trials } from "../../escape/trials";
import type { Outcome } from "../../escape/mutation/mutant";
import type { Verdict } from "../../escape/verdict";

// What no tenant can do on a cluster, by a real API server's word: each refusal with its reason, and each with a twin that
// passes. Then the same again with each line of what refuses missing, and every time something must be noticed.

let suite: ClusterSuite;

beforeAll(async () => {
  suite = await ClusterSuite.start();
});

afterAll(() => suite.end());

const faults = (verdicts: readonly Verdict[]): string[] =>
  verdicts.flatMap(({ what, fault }) => (fault === undefined ? [] : [`${what}: ${fault}`]));
const missed = (outcomes: readonly Outcome[]): string[] =>
  outcomes.filter(({ noticed }) => noticed === undefined).map(({ of, without }) => `${of} without ${without}`);

describe("with the rights that Estate gives", () => {
  it("everybody may do what is written down, and nothing else", async () => {
    expect(await suite.rightsNotAsRecorded()).toEqual([]);
  });

  it("nobody of a tenant does by their own rights what the worst case is refused", async () => {
    const verdicts = await suite.identities();
    expect(verdicts.length).toBeGreaterThan(1000);
    expect(faults(verdicts)).toEqual([]);
  });

  it("each verb on each kind that somebody has no right to ends at RBAC, at home, at a neighbour's and outside", async () => {
    const { asked, faults: found } = await suite.refusals();
    expect(asked).toBeGreaterThan(10_000);
    expect(found).toEqual([]);
  });

  it("each rule and each binding that is missing is noticed", async () => {
    const outcomes = await suite.mutateRights();
    expect(outcomes.length).toBeGreaterThan(100);
    expect(missed(outcomes)).toEqual([]);
  });
});

describe("in the worst case, under a RoleBinding to cluster-admin", () => {
  beforeAll(() => suite.grantWorstCase());

  it.each(trials)("$guardrail holds", async (trial) => {
    expect(faults(await suite.holds(trial))).toEqual([]);
  });

  it("tries every guardrail", () => {
    expect(trials.map(({ guardrail }) => guardrail).sort()).toEqual(
      guardrails(trialEstate().estate)
        .map(({ name }) => name)
        .sort(),
    );
  });

  it("kubectl-mtb's checks pass, each for its own reason", async () => {
    const verdicts = await suite.benchmark();
    expect(verdicts).toHaveLength(18);
    expect(faults(verdicts)).toEqual([]);
  });

  it("each line of a policy that is missing is noticed, and all is whole after", async () => {
    const outcomes = await suite.mutatePolicies();
    expect(outcomes.length).toBeGreaterThan(200);
    expect(missed(outcomes)).toEqual([]);
    expect(faults(await suite.worstCase())).toEqual([]);
  });
});
