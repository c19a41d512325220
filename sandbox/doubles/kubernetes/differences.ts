import type { DiffKind } from "../framework/plugin";
import { isList, isMap, same, UNKNOWN, type Bare, type BareMap } from "../framework/value";
import { contains, formatPath, parsePath, type PropertyPath } from "./property-path";
import type { Pattern } from "./replacements";

/** One place that differs. */
export interface Difference {
  readonly path: PropertyPath;
  readonly kind: DiffKind;
  /** A removed input: the old value is what the program asked for, not what the cluster made of it. */
  readonly inputDiff: boolean;
}

/** What separates the wanted object from the last live one (already cut down to the shape of the old inputs). */
export function differences(
  old: BareMap,
  wanted: BareMap,
  replacing: readonly Pattern[],
  ignoreChanges: readonly string[],
): readonly Difference[] {
  const ignored = ignoreChanges.map(parsePath);
  return [...compareMaps([], old, wanted, replacing)].filter(
    ({ path }) => !ignored.some((outer) => contains(outer, path)),
  );
}

/** The differences as the engine wants them, keyed by place. */
export function toDetailed(
  found: readonly Difference[],
): Record<string, { readonly kind: DiffKind; readonly inputDiff: boolean }> {
  return Object.fromEntries(found.map(({ path, kind, inputDiff }) => [formatPath(path), { kind, inputDiff }]));
}

function* compareMaps(
  path: PropertyPath,
  old: BareMap,
  wanted: BareMap,
  replacing: readonly Pattern[],
): Generator<Difference> {
  for (const key of new Set([...Object.keys(wanted), ...Object.keys(old)])) {
    yield* compare([...path, key], old[key], wanted[key], replacing);
  }
}

function* compare(
  path: PropertyPath,
  old: Bare | undefined,
  wanted: Bare | undefined,
  replacing: readonly Pattern[],
): Generator<Difference> {
  if (old !== undefined && wanted !== undefined) {
    if (isMap(old) && isMap(wanted)) {
      yield* compareMaps(path, old, wanted, replacing);
      return;
    }
    if (isList(old) && isList(wanted)) {
      for (let index = 0; index < Math.max(old.length, wanted.length); index++) {
        yield* compare([...path, index], old[index], wanted[index], replacing);
      }
      return;
    }
    if (wanted !== UNKNOWN && same(old, wanted)) return;
  }
  if (old === undefined && (wanted === undefined || isHollow(wanted))) return;
  if (wanted === undefined && old !== undefined && isHollow(old)) return;
  yield difference(path, old, wanted, replacing);
}

/**
 * Empty lists, objects and texts are not written back by the API server (most of its fields are "omitempty"), so such a
 * one and none are the same. The real plugin reaches this by a round trip through Go's types, which a double has not.
 */
function isHollow(value: Bare): boolean {
  if (isList(value)) return value.length === 0;
  return value === "" || (isMap(value) && Object.keys(value).length === 0);
}

function difference(
  path: PropertyPath,
  old: Bare | undefined,
  wanted: Bare | undefined,
  replacing: readonly Pattern[],
): Difference {
  const kind = wanted === undefined ? "delete" : old === undefined ? "add" : "update";
  const replaces = replacing.some((pattern) => touches(pattern, path, wanted));
  return { path, kind: replaces ? `${kind}-replace` : kind, inputDiff: wanted === undefined };
}

/** A change at a place replaces if it is at or inside a replacing one, or if the new value there holds a replacing one. */
function touches(pattern: Pattern, path: PropertyPath, wanted: Bare | undefined): boolean {
  if (contains(pattern, path)) return true;
  if (path.length >= pattern.length || !path.every((step, index) => matches(pattern[index], step))) return false;
  return holds(wanted, pattern.slice(path.length));
}

function matches(pattern: string | undefined, step: string | number): boolean {
  return pattern === "*" || pattern === step;
}

function holds(value: Bare | undefined, pattern: Pattern): boolean {
  const [step, ...rest] = pattern;
  if (step === undefined) return value !== undefined;
  if (isList(value)) return step === "*" && value.some((item) => holds(item, rest));
  return isMap(value) && holds(value[step], rest);
}
