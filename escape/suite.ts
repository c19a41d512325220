import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import type { EstatePlan } from "../plan/plan";
import { home, neighbour, virtual, type Trial } from "./attack";
import { trialEstate } from "./estate";
import { GuardedCluster } from "./guarded-cluster";
import { identitiesOf, stranger } from "./identities";
import { benchmark } from "./mtb";
import { missedOf, type Outcome } from "./mutation/mutant";
import { mutatePolicies } from "./mutation/policies";
import { mutateRights } from "./mutation/rbac";
import { moved, triedBy } from "./people";
import { rightsOf, servedKinds, sweep, type Served, type Sweep } from "./rights";
import { trials } from "./trials";
import type { ClusterFindings } from "./report";
import { faultsOf, hold, type Verdict } from "./verdict";
import { worstCase } from "./worst-case";
import { differences, rbacObjects, recordOf, viewsOf, type RightsRecord } from "./views";

/** Where the rights of everybody stand: written by `npm run escape -- --record`, and read by people before it is committed. */
const recordFile = join(__dirname, "rights.yaml");

/** The suite on one cluster: what its API server lets through, of whom. */
export class ClusterSuite {
  private constructor(
    readonly cluster: GuardedCluster,
    private readonly plan: EstatePlan,
    private readonly served: readonly Served[],
  ) {}

  /** Starts a cluster with the trial estate on it, and what the trials need; nobody has more than Estate gave. */
  static async start(): Promise<ClusterSuite> {
    const plan = trialEstate();
    const definitions = trials.flatMap((trial) => trial.definitions ?? []);
    const cluster = await GuardedCluster.start(plan, definitions, ["dev", "prod"]);
    try {
      for (const { before = [] } of trials) {
        await cluster.apply(before);
        await cluster.apply(before.filter(({ metadata }) => metadata.namespace === home).map(moved));
      }
      return new ClusterSuite(cluster, plan, await servedKinds(cluster.client));
    } catch (thrown) {
      await cluster.end();
      throw thrown;
    }
  }

  end(): Promise<void> {
    return this.cluster.end();
  }

  /** What is tried in the worst case, tried by everybody of a tenant with the rights that they have. */
  async identities(): Promise<Verdict[]> {
    const plain = identitiesOf("team-a", home, "namespace");
    const [syncer] = identitiesOf("virtual", virtual, "vcluster").slice(-1);
    const verdicts: Verdict[] = [];
    for (const identity of plain) verdicts.push(...(await triedBy(this.cluster, trials, identity, false)));
    if (syncer !== undefined) verdicts.push(...(await triedBy(this.cluster, trials, syncer, true)));
    return verdicts;
  }

  /** Each verb on each kind that somebody has no right to, by the request itself, in their home, a neighbour's, and outside. */
  async refusals(): Promise<Sweep> {
    const faults: string[] = [];
    let asked = 0;
    // Elsewhere nothing is allowed but what everybody may who is logged in: a right that reached there would be found.
    const elsewhere = await rightsOf(this.cluster.client, stranger, "default", this.served);
    for (const { person, namespace } of viewsOf(this.plan).filter(({ name }) => /^(team-a|virtual)-/.test(name))) {
      const own = await rightsOf(this.cluster.client, person, namespace, this.served);
      for (const [place, allowed] of [
        [namespace, own],
        [neighbour, elsewhere],
        [undefined, elsewhere],
      ] as const) {
        const swept = await sweep(this.cluster.client, person, this.served, allowed, place);
        asked += swept.asked;
        faults.push(...swept.faults);
      }
    }
    return { asked, faults };
  }

  private async rights(): Promise<RightsRecord> {
    return recordOf(this.cluster.client, viewsOf(this.plan), this.served);
  }

  /** Writes down what everybody may do; gives the file. */
  async record(): Promise<string> {
    const text =
      "# What everybody of a tenant, and of the platform, may do. Made by `npm run escape -- --record`; read it before you commit it.\n";
    writeFileSync(recordFile, text + stringify(await this.rights(), { lineWidth: 0 }));
    return recordFile;
  }

  /** Where what everybody may do is not what is written down. */
  async rightsNotAsRecorded(): Promise<string[]> {
    return differences(await this.rights(), parse(readFileSync(recordFile, "utf8")) as RightsRecord);
  }

  /** Gives somebody all that a RoleBinding can give, in every home. From here on only guardrails hold them. */
  async grantWorstCase(): Promise<void> {
    await this.cluster.apply(worstCase());
  }

  /** A guardrail's attacks with their twins, and its controls, in the worst case. */
  holds(trial: Trial): Promise<Verdict[]> {
    return hold(this.cluster, trial);
  }

  /** The same of all. */
  async worstCase(): Promise<Verdict[]> {
    const verdicts: Verdict[] = [];
    for (const trial of trials) verdicts.push(...(await this.holds(trial)));
    return verdicts;
  }

  /** Everything, in its order: what people have by right, then the worst case. */
  async all(): Promise<{ readonly findings: ClusterFindings; readonly faults: readonly string[] }> {
    const identities = await this.identities();
    const refusals = await this.refusals();
    const rights = await this.mutateRights();
    await this.grantWorstCase();
    const worstCase = await this.worstCase();
    const benchmark = await this.benchmark();
    const policies = await this.mutatePolicies();
    const after = await this.worstCase();
    return {
      findings: { identities, refusals, worstCase, benchmark, policies, rights },
      faults: [
        ...[identities, worstCase, benchmark, after].flatMap(faultsOf),
        ...refusals.faults,
        ...[policies, rights].flatMap(missedOf).map((one) => `nobody noticed ${one}`),
      ],
    };
  }

  benchmark(): Promise<Verdict[]> {
    return benchmark(this.cluster);
  }

  /** The suite again without each line of each policy. */
  mutatePolicies(): Promise<Outcome[]> {
    const guardrails = this.plan.clusters.find(({ name }) => name === "dev")?.platform.guardrails ?? [];
    return mutatePolicies(this.cluster, guardrails, trials);
  }

  /** The suite again without each rule of each role, and each binding; before the worst case is granted. */
  async mutateRights(): Promise<Outcome[]> {
    return mutateRights(this.cluster, rbacObjects(this.plan), viewsOf(this.plan), this.served, await this.rights());
  }
}
