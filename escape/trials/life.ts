import type { Manifest } from "@estate/clients";
import {
  creates,
  home,
  mallory,
  patches,
  platformReconciler,
  replaces,
  type Attack,
  type Control,
  type Trial,
} from "../attack";

/** What is tried with one offence, besides making it. */
export interface Life extends Pick<Trial, "attacks" | "controls"> {
  readonly before: readonly Manifest[];
}

const named = (object: Manifest, name: string): Manifest => ({ ...object, metadata: { ...object.metadata, name } });

/**
 * What else an offence can be: something good is changed into it, the platform makes it, and what is older than the rule is
 * touched without being changed. The offence is `bad`; `good` differs from it in nothing else.
 */
export function life(
  { threat, what, reason }: Omit<Attack, "attempt" | "twin">,
  name: string,
  bad: Manifest,
  good: Manifest,
  { older = true }: { readonly older?: boolean } = {},
): Life {
  const [stands, old] = [named(good, `${name}-stands`), named(bad, `${name}-older`)];
  const becomes = (next: Manifest): Attack["attempt"] =>
    replaces(stands, (now) => ({
      ...next,
      metadata: { ...next.metadata, name: `${name}-stands`, resourceVersion: now.metadata.resourceVersion ?? "" },
    }));
  const touched: Control = {
    what: `a touch of what is older: ${what}`,
    attempt: patches(old, { metadata: { labels: { touched: "x" } } }, mallory),
  };
  return {
    before: [stands, ...(older ? [old] : [])],
    attacks: [{ threat, what: `${what}, by a change`, attempt: becomes(bad), reason, twin: becomes(good) }],
    controls: [
      {
        what: `the platform makes ${what}`,
        attempt: creates(
          { ...bad, metadata: { ...bad.metadata, namespace: bad.metadata.namespace ?? home } },
          platformReconciler,
        ),
      },
      ...(older ? [touched] : []),
    ],
  };
}

/** Puts lives into a trial. */
export function withLives(trial: Trial, ...lives: readonly Life[]): Trial {
  return {
    ...trial,
    before: [...(trial.before ?? []), ...lives.flatMap(({ before }) => before)],
    attacks: [...trial.attacks, ...lives.flatMap(({ attacks }) => attacks)],
    controls: [...trial.controls, ...lives.flatMap(({ controls }) => controls)],
  };
}
