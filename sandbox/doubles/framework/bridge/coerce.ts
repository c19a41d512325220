import type { CheckFailure } from "../plugin";
import { isForeign, isList, isMap, UNKNOWN, type Bare, type BareMap } from "../value";
import type { Input, Inputs, Type } from "./schema";

/** A value in the table's type, and what was wrong with it. */
interface Coerced {
  readonly value: Bare;
  readonly failures: readonly CheckFailure[];
}

/**
 * The value as its declared type: like the bridge, numbers and booleans may come as text and the other way round.
 * Unknown values pass untouched.
 */
export function coerce(value: Bare, input: Input, property: string): Coerced {
  const typed = coerceType(value, input.type, property);
  if (typed.failures.length > 0 || typed.value === UNKNOWN) return typed;
  const reason = refuse(typed.value, input, property);
  return reason === undefined ? typed : { value: typed.value, failures: [{ property, reason }] };
}

function refuse(value: Bare, { oneOf, validate }: Input, property: string): string | undefined {
  if (oneOf !== undefined && typeof value === "string" && !oneOf.includes(value)) {
    const choices = oneOf.map((choice) => JSON.stringify(choice)).join(" ");
    return `expected ${property} to be one of [${choices}], got ${value}`;
  }
  return validate?.(value);
}

function coerceType(value: Bare, type: Type, property: string): Coerced {
  if (value === UNKNOWN) return { value, failures: [] };
  if (typeof type === "string") return coerceScalar(value, type, property);
  if ("list" in type || "set" in type) {
    const item = "list" in type ? type.list : type.set;
    if (!isList(value)) return mismatch(value, "list", property);
    return collect(value.map((entry, index) => coerceType(entry, item, `${property}[${index}]`)));
  }
  if (!isMap(value)) return mismatch(value, "object", property);
  if ("object" in type) return coerceObject(value, type.object, property);
  const kept = Object.entries(value).filter(([, entry]) => entry !== null);
  const entries = kept.map(([key, entry]) => ({
    key,
    ...coerceType(entry, type.map, `${property}.${key}`),
  }));
  return {
    value: Object.fromEntries(entries.map((entry) => [entry.key, entry.value])),
    failures: entries.flatMap((entry) => entry.failures),
  };
}

function collect(items: readonly Coerced[]): Coerced {
  return { value: items.map((item) => item.value), failures: items.flatMap((item) => item.failures) };
}

/** Every property of a map in its type; a property the table does not know, or misses, is a failure. */
export function coerceObject(
  values: BareMap,
  inputs: Inputs,
  at: string,
): { readonly value: BareMap; readonly failures: readonly CheckFailure[] } {
  const prefix = at === "" ? "" : `${at}.`;
  const failures: CheckFailure[] = [];
  const result: Record<string, Bare> = {};
  for (const [key, value] of Object.entries(values)) {
    // `__defaults` and its kind are the bridge's own notes; null is the same as absent.
    if (key.startsWith("__") || value === null) continue;
    const input = inputs[key];
    if (input === undefined) {
      failures.push({ property: prefix + key, reason: `Invalid or unknown key. Examine values at '${prefix}${key}'.` });
      continue;
    }
    const coerced = coerce(value, input, prefix + key);
    result[key] = coerced.value;
    failures.push(...coerced.failures);
  }
  for (const [key, input] of Object.entries(inputs)) {
    if (input.required && result[key] === undefined && !failures.some(({ property }) => property === prefix + key)) {
      failures.push({ property: prefix + key, reason: `Missing required property '${prefix}${key}'` });
    }
  }
  return { value: result, failures };
}

function coerceScalar(value: Bare, type: "string" | "number" | "integer" | "boolean", property: string): Coerced {
  const good = (coerced: Bare): Coerced => ({ value: coerced, failures: [] });
  if (type === "string") {
    if (typeof value === "string" || isForeign(value)) return good(value);
    if (typeof value === "number" || typeof value === "boolean") return good(String(value));
    return mismatch(value, type, property);
  }
  if (type === "boolean") {
    if (typeof value === "boolean") return good(value);
    return value === "true" || value === "false" ? good(value === "true") : mismatch(value, type, property);
  }
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) return mismatch(value, type, property);
  if (type === "integer" && !Number.isInteger(number)) return mismatch(value, type, property);
  return good(number);
}

function mismatch(value: Bare, expected: string, property: string): Coerced {
  const got = isList(value) ? "list" : isMap(value) ? "object" : typeof value;
  return { value, failures: [{ property, reason: `expected ${expected} type for '${property}', got ${got} type` }] };
}
