import type { Attack, Control, Trial } from "./attack";
import type { GuardedCluster } from "./guarded-cluster";

/** What was tried, and what was wrong with the answer; no fault, and it was as it must be. */
export interface Verdict {
  readonly what: string;
  readonly threat?: number;
  readonly fault?: string;
}

/** What was not as it must be, as lines. */
export const faultsOf = (verdicts: readonly Verdict[]): string[] =>
  verdicts.flatMap(({ what, fault }) => (fault === undefined ? [] : [`${what}: ${fault}`]));

/** What a refusal by an admission policy names: `estate-pods`. */
export const policyIn = (said: string): string | undefined => /ValidatingAdmissionPolicy '([^']+)'/.exec(said)?.[1];

/** Whether the attack is refused with its reason; what was said instead. */
export async function refused(cluster: GuardedCluster, { attempt, reason }: Attack): Promise<string | undefined> {
  const said = await cluster.says(attempt);
  return said.startsWith("403 ") && said.includes(reason) ? undefined : `awaited 403 and "${reason}", and saw: ${said}`;
}

/** Whether a control, or an attack's twin, is admitted; what was said instead. */
export async function admitted(
  cluster: GuardedCluster,
  { attempt }: Pick<Control, "attempt">,
): Promise<string | undefined> {
  const said = await cluster.says(attempt);
  return said === "ok" ? undefined : `awaited ok, and saw: ${said}`;
}

/** Tries everything of a trial: attacks with their twins, and controls. */
export async function hold(cluster: GuardedCluster, { guardrail, attacks, controls }: Trial): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const add = (what: string, fault: string | undefined, threat?: number): void => {
    verdicts.push({
      what: `${guardrail}: ${what}`,
      ...(threat === undefined ? {} : { threat }),
      ...(fault === undefined ? {} : { fault }),
    });
  };
  for (const attack of attacks) {
    add(`refuses ${attack.what}`, await refused(cluster, attack), attack.threat);
    add(`admits the twin of ${attack.what}`, await admitted(cluster, { attempt: attack.twin }));
  }
  for (const control of controls) add(`lets be: ${control.what}`, await admitted(cluster, control));
  return verdicts;
}
