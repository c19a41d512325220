import type { Attempt, GuardedCluster, Person, Tried } from "./guarded-cluster";
import { home, mallory, virtual, type Trial } from "./attack";
import type { Identity } from "./identities";
import type { Verdict } from "./verdict";
import { policyIn } from "./verdict";

/** The same attempt by somebody else. */
function by(tried: Tried, person: Person, place: (attempt: Attempt) => Attempt): Tried {
  const changed = (attempt: Attempt): Attempt => ({ ...place(attempt), as: person });
  return typeof tried === "function" ? async (client) => changed(await tried(client)) : changed(tried);
}

/** Something in a virtual cluster's home instead of the plain one. */
export function moved<T>(thing: T): T {
  // The version is the other object's.
  const text = JSON.stringify(thing, (key, value: unknown) => (key === "resourceVersion" ? undefined : value));
  return JSON.parse(text.replaceAll(home, virtual).replaceAll("acme-team-a/", "acme-virtual/")) as T;
}

/** Who made an attempt: only what the worst case tries is tried by others, too. */
async function triedByWorst(cluster: GuardedCluster, tried: Tried): Promise<boolean> {
  const attempt = typeof tried === "function" ? await tried(cluster.client) : tried;
  return attempt.as === mallory;
}

/**
 * Everything that the worst case tries, tried by somebody with the rights that they really have: RBAC refuses it, or a
 * guardrail does. `virtualHome` tries it where the identity is at home in a virtual cluster's namespace.
 */
export async function triedBy(
  cluster: GuardedCluster,
  trials: readonly Trial[],
  identity: Identity,
  virtualHome: boolean,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { guardrail, attacks } of trials) {
    for (const { threat, what, attempt, plain = false } of attacks) {
      if (plain && virtualHome) continue;
      if (!(await triedByWorst(cluster, attempt))) continue;
      const said = await cluster.says(by(attempt, identity, virtualHome ? moved : (same) => same));
      const refused =
        said.startsWith("403 ") && (/cannot \w+ resource/.test(said) || (policyIn(said) ?? "").startsWith("estate-"));
      verdicts.push({
        what: `${identity.name}: ${guardrail} refuses ${what}`,
        threat,
        ...(refused ? {} : { fault: `awaited 403 by RBAC or by a guardrail, and saw: ${said}` }),
      });
    }
  }
  return verdicts;
}
