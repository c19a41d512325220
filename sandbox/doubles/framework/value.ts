/** What travels between the engine and a double, as plain JavaScript values. */

/** A value the engine does not know yet (only in preview). The engine's typed sentinels all decode to this one. */
export const UNKNOWN: unique symbol = Symbol("unknown");

const SECRET: unique symbol = Symbol("secret");
const FOREIGN: unique symbol = Symbol("foreign");

/**
 * A value the engine must encrypt in the state. May hold `UNKNOWN`; never holds another secret directly. Not a class:
 * typescript-eslint's no-unsafe-class-instance-assignment runs out of stack on recursive types that hold one.
 */
export interface Secret {
  readonly [SECRET]: Value;
}

/** An asset, an archive or a reference to a resource: carried through as it came. */
export interface Foreign {
  readonly [FOREIGN]: JsonMap;
}

/** Plain JSON. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap;

/** A plain JSON object. */
export interface JsonMap {
  readonly [key: string]: Json;
}

/** Any property value. */
export type Value =
  null | boolean | number | string | typeof UNKNOWN | Secret | Foreign | readonly Value[] | PropertyMap;

/** The properties of a resource, a provider configuration or a call. */
export interface PropertyMap {
  readonly [key: string]: Value;
}

/** A value without secret wrappers, which may still hold unknowns. */
export type Bare = null | boolean | number | string | typeof UNKNOWN | Foreign | readonly Bare[] | BareMap;

/** Properties without secret wrappers. */
export interface BareMap {
  readonly [key: string]: Bare;
}

/** Where a value sits inside a property map. */
export type Path = readonly (string | number)[];

/** Wraps a value as secret; one that is secret already stays as it is. */
export function secret(value: Value): Secret {
  return isSecret(value) ? value : { [SECRET]: value };
}

/** Wraps the raw form of an asset, an archive or a resource reference. */
export function foreign(raw: JsonMap): Foreign {
  return { [FOREIGN]: raw };
}

/** True for a value wrapped as secret (not for one that merely holds a secret). */
export function isSecret(value: Value | undefined): value is Secret {
  return typeof value === "object" && value !== null && SECRET in value;
}

/** True for an asset, an archive or a resource reference. */
export function isForeign(value: Value | undefined): value is Foreign {
  return typeof value === "object" && value !== null && FOREIGN in value;
}

/** What a secret holds; any other value is itself. */
export function unwrap(value: Value): Exclude<Value, Secret> {
  // `secret()` never nests, so what is inside is no secret.
  return isSecret(value) ? (value[SECRET] as Exclude<Value, Secret>) : value;
}

/** The raw form of an asset, an archive or a resource reference. */
export function rawOf(value: Foreign): JsonMap {
  return value[FOREIGN];
}

/** True for a list. (`Array.isArray` alone loses the element type of a readonly list.) */
export function isList(value: Json | undefined): value is readonly Json[];
export function isList(value: Bare | undefined): value is readonly Bare[];
export function isList(value: Value | undefined): value is readonly Value[];
export function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** True for a map of further values. */
export function isMap(value: Json | undefined): value is JsonMap;
export function isMap(value: Bare | undefined): value is BareMap;
export function isMap(value: Value | undefined): value is PropertyMap;
export function isMap(value: Value | undefined): boolean {
  return typeof value === "object" && value !== null && !isList(value) && !isSecret(value) && !isForeign(value);
}

/** True if the value, or anything in it, is unknown. */
export function containsUnknown(value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (value === UNKNOWN) return true;
  if (isSecret(value)) return containsUnknown(unwrap(value));
  if (isList(value)) return value.some(containsUnknown);
  return isMap(value) && Object.values(value).some(containsUnknown);
}

/** True if the value, or anything in it, is secret. */
export function containsSecret(value: Value | undefined): boolean {
  if (value === undefined) return false;
  if (isSecret(value)) return true;
  if (isList(value)) return value.some(containsSecret);
  return isMap(value) && Object.values(value).some(containsSecret);
}

/** The value with every secret unwrapped, at any depth. */
export function reveal(value: PropertyMap): BareMap;
export function reveal(value: Value): Bare;
export function reveal(value: Value): Bare {
  if (isSecret(value)) return reveal(unwrap(value));
  if (isForeign(value)) return value;
  if (isList(value)) return value.map((item) => reveal(item));
  if (isMap(value)) return mapValues(value, (item) => reveal(item));
  return value;
}

/** The outermost places of secrets in a value. */
export function secretPaths(value: Value, at: Path = []): Path[] {
  if (isSecret(value)) return [at];
  if (isList(value)) return value.flatMap((item, index) => secretPaths(item, [...at, index]));
  if (isMap(value)) return Object.entries(value).flatMap(([key, item]) => secretPaths(item, [...at, key]));
  return [];
}

/** The properties with the given places wrapped as secrets again; a place that is not there is passed over. */
export function conceal(properties: PropertyMap, paths: readonly Path[]): PropertyMap {
  const wrapped = paths.reduce<Value>((value, path) => concealAt(value, path), properties);
  return isMap(wrapped) ? wrapped : properties;
}

function concealAt(value: Value, path: Path): Value {
  const [step, ...rest] = path;
  if (step === undefined) return secret(value);
  if (isList(value)) return value.map((item, index) => (index === step ? concealAt(item, rest) : item));
  if (isMap(value)) {
    const inner = value[step];
    if (inner === undefined) return value;

    const wrapped = concealAt(inner, rest);
    return mapValues<Value, Value>(value, (item, key) => (key === step ? wrapped : item));
  }
  return value;
}

/**
 * The value as JSON, for a back end. Refuses unknowns: asking a server for something not known yet is a mistake of the
 * double, and the engine only does so in preview.
 */
export function toJson(value: PropertyMap): JsonMap;
export function toJson(value: Value): Json;
export function toJson(value: Value): Json {
  if (value === UNKNOWN) throw new Error("an unknown value cannot be sent to a back end");
  if (isSecret(value)) return toJson(unwrap(value));
  if (isForeign(value)) return rawOf(value);
  if (isList(value)) return value.map((item) => toJson(item));
  if (isMap(value)) return mapValues(value, (item) => toJson(item));
  return value;
}

/** Deep equality, blind to secrecy. Two unknowns are not equal: they may become anything. */
export function same(left: Value | undefined, right: Value | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  if (isSecret(left) || isSecret(right)) return same(unwrap(left), unwrap(right));
  if (left === UNKNOWN || right === UNKNOWN) return false;
  if (isForeign(left) || isForeign(right)) {
    return isForeign(left) && isForeign(right) && same(rawOf(left), rawOf(right));
  }
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, index) => same(item, right[index]));
  }
  if (isMap(left)) {
    if (!isMap(right)) return false;
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length && keys.every((key) => key in right && same(left[key], right[key]))
    );
  }
  return left === right;
}

/** A map with each value changed. */
export function mapValues<From, To>(
  map: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, change(value, key)]));
}
