import type { BridgedResource, Input } from "../framework/bridge/schema";

/** Arbitrary values; another value is another result. */
export const keepers: Input = { type: { map: "string" }, forceNew: true };

/** What every resource here has in common: nothing outside the state exists, and nothing changes in place. */
export const inStateOnly: Pick<BridgedResource<null>, "half" | "read" | "delete"> = {
  half: "framework",
  read: () => Promise.resolve({}),
  delete: () => Promise.resolve(),
};

/** A validator: a number of at least so much. */
export function atLeast(least: number): (value: unknown) => string | undefined {
  return (value) =>
    typeof value === "number" && value < least ? `expected a value of at least ${least}, got ${value}` : undefined;
}
