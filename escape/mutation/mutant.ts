/** One line taken out of what holds tenants, and how the suite took it. */
export interface Mutant {
  /** What it is taken out of: a policy, a role, a controller. */
  readonly of: string;
  /** What is missing. */
  readonly without: string;
}

/** What nobody noticed, as lines. */
export const missedOf = (outcomes: readonly Outcome[]): string[] =>
  outcomes.filter(({ noticed }) => noticed === undefined).map(({ of, without }) => `${of} without ${without}`);

/** Whether the suite noticed: the first thing that was not as it must be; nothing when it did not. */
export interface Outcome extends Mutant {
  readonly noticed?: string;
  /** What was awaited and seen instead, where something had to be waited for and did not come. */
  readonly missed?: string;
}
