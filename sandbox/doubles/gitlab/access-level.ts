import type { Input } from "../framework/bridge/schema";
import type { Json, JsonMap } from "../framework/value";

/** Access levels have names in programs, and numbers on the wire. */
const LEVELS: Readonly<Record<string, number>> = {
  "no one": 0,
  minimal: 5,
  guest: 10,
  planner: 15,
  reporter: 20,
  security_manager: 25,
  developer: 30,
  maintainer: 40,
  owner: 50,
  admin: 60,
};

/** What may be given as a member's level. */
export const memberLevels: readonly string[] = Object.keys(LEVELS).filter((name) => name !== "admin");

/** What may be given as a level that a branch or tag is protected with. */
export const protectionLevels: readonly string[] = ["no one", "developer", "maintainer", "admin"];

/** A property that holds a member's level. */
export const memberLevel: Input = { type: "string", required: true, oneOf: memberLevels };

/** The number of a level. */
export function levelNumber(name: string): number {
  const found = LEVELS[name];
  if (found === undefined) throw new Error(`${name} is no access level`);
  return found;
}

/** The name of a level in an answer; undefined for one that has none. */
export function levelName(value: Json | undefined): string | undefined {
  return Object.keys(LEVELS).find((name) => LEVELS[name] === value);
}

/** The name of an entry's level, as a property. */
export function levelOf(entry: JsonMap, key: string): JsonMap {
  const name = levelName(entry[key]);
  return name === undefined ? {} : { accessLevel: name };
}
