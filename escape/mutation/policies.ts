import { isManifest, KubernetesStatusError, type Manifest } from "@estate/clients";
import type { Attack, Control, Trial } from "../attack";
import type { GuardedCluster } from "../guarded-cluster";
import { admitted, policyIn, refused } from "../verdict";
import type { Mutant, Outcome } from "./mutant";

/** A guardrail with a part of it missing, as the objects that then stand in the cluster. */
export interface PolicyMutant extends Mutant {
  /** What replaces an object, or the object that is taken away. */
  readonly change: { readonly replace: Manifest } | { readonly remove: Manifest };
}

interface ResourceRule {
  readonly resources: readonly string[];
  readonly operations: readonly string[];
}

interface PolicySpec {
  readonly matchConstraints: { readonly resourceRules: readonly ResourceRule[] };
  readonly matchConditions?: readonly { readonly name: string }[];
  readonly validations: readonly { readonly message: string }[];
}

const without = <T>(list: readonly T[], index: number): T[] => list.filter((_, at) => at !== index);

/** Each way in which one line of a policy can be missing. */
function partsMissing(policy: Manifest): PolicyMutant[] {
  const spec = policy["spec"] as PolicySpec;
  const { resourceRules: rules } = spec.matchConstraints;
  const mutant = (what: string, changed: Partial<PolicySpec>): PolicyMutant => ({
    of: policy.metadata.name ?? "",
    without: what,
    change: { replace: { ...policy, spec: { ...spec, ...changed } } },
  });
  const ofRules = (what: string, changed: readonly ResourceRule[]): PolicyMutant[] =>
    // The API server takes no policy without a rule: that is the policy missing, which is tried besides.
    changed.length === 0
      ? []
      : [mutant(what, { matchConstraints: { ...spec.matchConstraints, resourceRules: changed } })];
  /** One entry of one list of a rule; with the last entry the rule goes. */
  const entries = (key: keyof ResourceRule): PolicyMutant[] =>
    rules.flatMap((rule, index) =>
      rule[key].flatMap((entry, at) => {
        const left = without(rule[key], at);
        const changed = rules.flatMap((other, place) =>
          place !== index ? [other] : left.length === 0 ? [] : [{ ...rule, [key]: left }],
        );
        return ofRules(`${key} ${entry}${key === "operations" ? ` of ${rule.resources.join(", ")}` : ""}`, changed);
      }),
    );
  return [
    ...entries("resources"),
    ...entries("operations"),
    ...(spec.matchConditions ?? []).map(({ name }, index) =>
      mutant(`the exemption ${name}`, { matchConditions: without(spec.matchConditions ?? [], index) }),
    ),
    // The last one cannot go either.
    ...(spec.validations.length === 1
      ? []
      : spec.validations.map(({ message }, index) =>
          mutant(`the demand "${message}"`, { validations: without(spec.validations, index) }),
        )),
  ];
}

/** Every single removal from the guardrails: policies, bindings, and each line of a policy. */
export function policyMutants(objects: readonly unknown[]): PolicyMutant[] {
  return objects.filter(isManifest).flatMap((object): PolicyMutant[] => {
    const of = object.metadata.name ?? "";
    if (object.kind === "ValidatingAdmissionPolicyBinding")
      return [{ of, without: "its binding", change: { remove: object } }];
    return [{ of, without: "the policy itself", change: { remove: object } }, ...partsMissing(object)];
  });
}

/** Attacks and controls by the policy that they are about. */
interface Probes {
  /** Those that the policy itself refuses. */
  readonly attacks: ReadonlyMap<string, readonly Attack[]>;
  readonly admissions: readonly Pick<Control, "what" | "attempt">[];
}

async function probesOf(cluster: GuardedCluster, trials: readonly Trial[]): Promise<Probes> {
  const attacks = new Map<string, Attack[]>();
  for (const attack of trials.flatMap((trial) => trial.attacks)) {
    const name = policyIn(await cluster.says(attack.attempt)) ?? "";
    attacks.set(name, [...(attacks.get(name) ?? []), attack]);
  }
  const twins = trials.flatMap((trial) =>
    trial.attacks.map(({ what, twin }) => ({ what: `the twin of ${what}`, attempt: twin })),
  );
  return { attacks, admissions: [...trials.flatMap(({ controls }) => controls), ...twins] };
}

/** The first thing that is not as it must be, and that this policy is about. */
async function noticed(
  cluster: GuardedCluster,
  { of, without: what }: Mutant,
  probes: Probes,
): Promise<string | undefined> {
  if (!what.startsWith("the exemption ")) {
    for (const attack of probes.attacks.get(of) ?? [])
      if ((await refused(cluster, attack)) !== undefined) return attack.what;
    return undefined;
  }
  // An exemption that is missing refuses what must be admitted, and the refusal names the policy.
  for (const control of probes.admissions) {
    const fault = await admitted(cluster, control);
    if (fault !== undefined && policyIn(fault) === of) return control.what;
  }
  return undefined;
}

/** Writes an object as it is to be. The controller that checks a policy's expressions may note what it found in between. */
async function make(cluster: GuardedCluster, object: Manifest, attempts = 5): Promise<void> {
  const found = await cluster.client.find(object);
  try {
    if (found === undefined) await cluster.client.create(object);
    else await cluster.client.replace({ ...found, spec: object["spec"] });
  } catch (error) {
    const changed = error instanceof KubernetesStatusError && error.reason === "Conflict";
    if (!changed || attempts <= 1) throw error;
    await make(cluster, object, attempts - 1);
  }
}

/**
 * Takes out one line after the other, tries what the policy is about, and puts it back. Different policies' lines are out
 * at the same time: what a policy refuses is known from the whole, and no other one says so in its place.
 */
export async function mutatePolicies(
  cluster: GuardedCluster,
  objects: readonly unknown[],
  trials: readonly Trial[],
): Promise<Outcome[]> {
  const whole = new Map(
    objects.filter(isManifest).map((object) => [`${object.kind} ${String(object.metadata.name)}`, object]),
  );
  const probes = await probesOf(cluster, trials);
  const queues = new Map<string, PolicyMutant[]>();
  for (const mutant of policyMutants(objects)) queues.set(mutant.of, [...(queues.get(mutant.of) ?? []), mutant]);
  const outcomes: Outcome[] = [];
  for (let round = [...queues.values()].flatMap((queue) => queue.splice(0, 1)); round.length > 0;) {
    for (const { change } of round) {
      if ("replace" in change) await make(cluster, change.replace);
      else await cluster.client.delete(change.remove);
    }
    await cluster.inForce();
    for (const mutant of round) {
      const seen = await noticed(cluster, mutant, probes);
      const { of, without: what } = mutant;
      outcomes.push({ of, without: what, ...(seen === undefined ? {} : { noticed: seen }) });
    }
    for (const { change } of round) {
      const { kind, metadata } = "replace" in change ? change.replace : change.remove;
      const object = whole.get(`${kind} ${String(metadata.name)}`);
      if (object !== undefined) await make(cluster, object);
    }
    round = [...queues.values()].flatMap((queue) => queue.splice(0, 1));
  }
  await cluster.inForce();
  return outcomes;
}
