/** Access levels by name, as they are on the wire. */
export const level = {
  none: 0,
  minimal: 5,
  guest: 10,
  planner: 15,
  reporter: 20,
  developer: 30,
  maintainer: 40,
  owner: 50,
  admin: 60,
} as const;

/** The levels a member can have. */
export const memberLevels: readonly number[] = [5, 10, 15, 20, 30, 40, 50];

const descriptions: Readonly<Record<number, string>> = {
  0: "No one",
  30: "Developers + Maintainers",
  40: "Maintainers",
  50: "Owners",
  60: "Administrators",
};

/** A level of a protected ref in words. */
export const describeLevel = (value: number): string => descriptions[value] ?? String(value);
