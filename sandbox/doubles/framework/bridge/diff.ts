import type { DiffKind, DiffRequest, DiffResult } from "../plugin";
import { containsUnknown, isList, isMap, reveal, same, UNKNOWN, type Bare, type BareMap, type Json } from "../value";
import { defaulted, planned } from "./check";
import type { BridgedResource, Input, Type } from "./schema";

/** What of a resource Diff looks at. */
type Compared = Pick<BridgedResource<never>, "half" | "inputs" | "autoname" | "plan">;

/** One place that differs. */
interface Change {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
}

/** Compares the last state with the wanted inputs, as Terraform plans. Secrecy alone is no difference. */
export function diff(resource: Compared, request: DiffRequest): DiffResult {
  const olds = reveal(request.olds);
  const given = reveal(request.news);
  const news = planned(resource, given, olds);
  const detailed: Record<string, { kind: DiffKind }> = {};
  const replaces: string[] = [];
  const diffs: string[] = [];
  for (const [key, input] of Object.entries(resource.inputs)) {
    const changes = compareInput(key, input, olds[key] ?? null, news[key] ?? null).filter(
      ({ path }) => !request.ignoreChanges.some((ignored) => covers(ignored, path)),
    );
    if (changes.length === 0) continue;
    diffs.push(key);
    const whole = input.forceNew === true || input.forceNew?.(news) === true;
    const forcesNew = (path: string): boolean =>
      whole || input.forceNewAt?.some((place) => covers(`${key}.${place}`, path)) === true;
    if (changes.some(({ path }) => forcesNew(path))) replaces.push(key);
    for (const { path, kind } of changes) detailed[path] = { kind: forcesNew(path) ? `${kind}-replace` : kind };
  }
  const named = given["name"] !== undefined && !defaulted(request.news).includes("name");
  return {
    changes: diffs.length > 0,
    replaces,
    diffs,
    detailed,
    // With a name of its own choosing the new one would clash with the old one: the old one goes first.
    deleteBeforeReplace: replaces.length > 0 && resource.half === "sdk" && resource.autoname === true && named,
  };
}

/** The changes Terraform would see in one input: none for what it cannot tell apart. */
export function compareInput(path: string, input: Input, old: Bare, wanted: Bare): Change[] {
  // Terraform never stores write-only values, so it cannot see them change.
  if (input.writeOnly) return [];
  if (wanted === null) {
    return input.computed === true || isEmpty(old) ? [] : [{ path, kind: "delete" }];
  }
  if (input.equivalent !== undefined && !containsUnknown(wanted) && !containsUnknown(old) && old !== null) {
    if (input.equivalent(known(old), known(wanted))) return [];
  }
  return compare(path, input.type, old, wanted);
}

function compare(path: string, type: Type, old: Bare, wanted: Bare): Change[] {
  if (equal(type, old, wanted)) return [];
  if (isEmpty(old)) return isEmpty(wanted) ? [] : [{ path, kind: "add" }];
  if (wanted === UNKNOWN) return [{ path, kind: "update" }];
  if (typeof type === "object" && "object" in type && isMap(old) && isMap(wanted)) {
    return Object.entries(type.object).flatMap(([key, input]) =>
      compareInput(`${path}.${key}`, input, old[key] ?? null, wanted[key] ?? null),
    );
  }
  if (typeof type === "object" && "map" in type && isMap(old) && isMap(wanted))
    return compareMaps(path, type, old, wanted);
  if (typeof type === "object" && isList(old) && isList(wanted)) return compareLists(path, type, old, wanted);
  return [{ path, kind: "update" }];
}

function compareMaps(path: string, type: { readonly map: Type }, old: BareMap, wanted: BareMap): Change[] {
  const keys = [...new Set([...Object.keys(old), ...Object.keys(wanted)])].sort();
  return keys.flatMap((key): Change[] => {
    const at = /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
    const before = old[key] ?? null;
    const after = wanted[key] ?? null;
    if (after === null) return before === null ? [] : [{ path: at, kind: "delete" }];
    if (before === null) return [{ path: at, kind: "add" }];
    return compare(at, type.map, before, after);
  });
}

function compareLists(
  path: string,
  type: Exclude<Type, string>,
  old: readonly Bare[],
  wanted: readonly Bare[],
): Change[] {
  const item: Type = "list" in type ? type.list : "set" in type ? type.set : "string";
  return Array.from({ length: Math.max(old.length, wanted.length) }).flatMap((_, index): Change[] => {
    const at = `${path}[${index}]`;
    const before = old[index];
    const after = wanted[index];
    if (after === undefined) return [{ path: at, kind: "delete" }];
    if (before === undefined) return [{ path: at, kind: "add" }];
    return compare(at, item, before, after);
  });
}

/** True if a value is the same as another of its type: members of a set may stand in any order. */
export function equal(type: Type, left: Bare, right: Bare): boolean {
  if (same(left, right)) return true;
  if (typeof type === "string" || containsUnknown(left) || containsUnknown(right)) return false;
  if ("set" in type) {
    if (!isList(left) || !isList(right) || left.length !== right.length) return false;
    const rest = [...right];
    return left.every((item) => {
      const index = rest.findIndex((other) => equal(type.set, item, other));
      if (index >= 0) rest.splice(index, 1);
      return index >= 0;
    });
  }
  return false;
}

/** Terraform's older SDK cannot tell a zero value from an absent one. */
export function isEmpty(value: Bare): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (isList(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(isEmpty);
}

/** True if an `ignoreChanges` path covers a place: itself or anything above it. `*` stands for any step. */
function covers(ignored: string, path: string): boolean {
  const [pattern, steps] = [split(ignored), split(path)];
  return pattern.length <= steps.length && pattern.every((step, index) => step === "*" || step === steps[index]);
}

function split(path: string): string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[([^\]]*)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, plain]) => quoted ?? index ?? plain ?? "",
  );
}

/** A value already known to hold no unknowns. */
function known(value: Bare): Json {
  return value as Json;
}
