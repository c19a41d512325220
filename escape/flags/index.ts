import type { FlagAttack, FlagGap } from "./attack";
import { helmAttacks } from "./helm";
import { kustomizeAttacks, kustomizeGaps } from "./kustomize";
import { notificationAttacks } from "./notification";
import { sourceAttacks } from "./sources";

/** What the flags of Flux' controllers refuse. */
export const flagAttacks: readonly FlagAttack[] = [
  ...kustomizeAttacks,
  ...helmAttacks,
  ...notificationAttacks,
  ...sourceAttacks,
];

/** What goes through in spite of them. */
export const flagGaps: readonly FlagGap[] = kustomizeGaps;
