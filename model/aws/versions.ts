import { addDays } from "../date";

/** How long AWS supports a minor of Kubernetes: days as text, because the model has no clock. */
export interface Support {
  /** The last day of standard support; after it the cluster costs six times as much, or is upgraded. */
  readonly standardUntil: string;
  readonly extendedUntil: string;
}

/**
 * The minors that Estate makes clusters of. `asOf` is the day on which AWS' calendar was read; a minor whose days AWS had
 * not published then has none.
 */
export const eksVersions = {
  asOf: "2026-11-21",
  minors: {
    "1.35": { standardUntil: "2027-03-27", extendedUntil: "2028-03-27" },
    "1.36": undefined,
  },
} as const satisfies { readonly asOf: string; readonly minors: Readonly<Record<string, Support | undefined>> };

/** A minor that a cluster may have. */
export type EksVersion = keyof typeof eksVersions.minors;

/** The minors as a list, oldest first. */
export const eksMinors = ["1.35", "1.36"] as const satisfies readonly EksVersion[];

/** The last day of a minor's standard support, where AWS has named it. */
export function supportOf(version: EksVersion): Support | undefined {
  return eksVersions.minors[version];
}

/**
 * Whether a cluster has to move soon: undefined while it has not. `today` comes from the caller, a command and never the
 * plan: a date must not stop somebody else's deployment.
 */
export function supportWarning(version: EksVersion, today: string, { withinDays = 60 } = {}): string | undefined {
  const support = supportOf(version);
  if (support === undefined) return undefined;
  if (addDays(today, withinDays) < support.standardUntil) return undefined;
  const verb = today > support.standardUntil ? "ended" : "ends";
  return `standard support of Kubernetes ${version} ${verb} on ${support.standardUntil}`;
}

/**
 * Versions of what AWS manages. GitLab 19 wants PostgreSQL 17 and a Redis of the 7.2 line, and Harbor works with both. Only
 * PostgreSQL's major is said: minors come by themselves, and a run that named one would fight with AWS.
 */
export const dataVersions = {
  postgres: { version: "17", family: "postgres17" },
  valkey: { version: "7.2", family: "valkey7" },
} as const;
