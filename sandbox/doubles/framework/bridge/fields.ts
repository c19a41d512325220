import { isList, isMap, type Json, type JsonMap } from "../value";

/** Typed access to plain values, for resources: Check has made the types right, so a wrong one is a mistake of ours. */

/** A text that must be there. */
export function text(map: JsonMap, key: string): string {
  const value = map[key];
  if (typeof value === "string") return value;
  throw new Error(`${key} is not a string`);
}

/** A text, if there. */
export function textOr<Fallback>(map: JsonMap, key: string, fallback: Fallback): string | Fallback {
  const value = map[key];
  return typeof value === "string" ? value : fallback;
}

/** A number, if there. */
export function numberOr<Fallback>(map: JsonMap, key: string, fallback: Fallback): number | Fallback {
  const value = map[key];
  return typeof value === "number" ? value : fallback;
}

/** A truth value; absent is false. */
export function flag(map: JsonMap, key: string): boolean {
  return map[key] === true;
}

/** A list; absent is empty. */
export function list(map: JsonMap, key: string): readonly Json[] {
  const value = map[key];
  return isList(value) ? value : [];
}

/** A list of texts; absent is empty. */
export function texts(map: JsonMap, key: string): readonly string[] {
  return list(map, key).filter((item) => typeof item === "string");
}

/** A map; absent is empty. */
export function submap(map: JsonMap, key: string): JsonMap {
  const value = map[key];
  return isMap(value) ? value : {};
}

/** The map without what is absent. */
export function present(map: Readonly<Record<string, Json | undefined>>): JsonMap {
  const entries = Object.entries(map).filter(
    (entry): entry is [string, Json] => entry[1] !== undefined && entry[1] !== null,
  );
  return Object.fromEntries(entries);
}
