import { afterAll, beforeAll, expect, it } from "vitest";
import { GuardedCluster } from "../../escape/guarded-cluster";
import { missedOf } from "../../escape/mutation/mutant";
import { mutatePolicies } from "../../escape/mutation/policies";
import { argoObjects as trial } from "../../escape/trials/argo-objects";
import { faultsOf, hold } from "../../escape/verdict";
import { argoObjects } from "../../guardrails/argo-objects";
import { crds } from "../../sandbox";
import { plan, settings, tenant } from "../support/fixtures";

// The guardrail that is in force with Argo CD alone: attacks with their twins, and each of its lines taken out.

let cluster: GuardedCluster;

beforeAll(async () => {
  const definitions = (await Promise.all(["argo-cd", "argocd-image-updater"].map((name) => crds(name)))).flat();
  const estate = plan([tenant("team-a"), tenant("team-ab")], settings({ gitops: { kind: "argocd" } }));
  cluster = await GuardedCluster.start(estate, definitions as never[]);
  await cluster.apply(trial.before ?? []);
});

afterAll(() => cluster.end());

it("what Argo CD works by is the platform's, whoever was given rights in its namespace", async () => {
  expect(faultsOf(await hold(cluster, trial))).toEqual([]);
});

it("each line of it that is missing is noticed", async () => {
  const outcomes = await mutatePolicies(cluster, argoObjects.objects, [trial]);
  expect(outcomes.length).toBeGreaterThan(10);
  expect(missedOf(outcomes)).toEqual([]);
});
