import type { Json } from "./kubernetes";

/** Values of a chart. */
export type Values = { readonly [key: string]: Json };

const isMap = (value: Json | undefined): value is Values =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One map with its keys in order, and without what is null: that is said to a map below, and to nobody else. */
function settled(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(settled);
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== null)
      .sort(([a], [b]) => compare(a, b))
      .map(([key, inner]) => [key, settled(inner)]),
  );
}

function laid(below: Values, above: Values): Values {
  const merged: Record<string, Json> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = Object.hasOwn(below, key) ? below[key] : undefined;
    merged[key] = isMap(old) && isMap(value) ? laid(old, value) : value;
  }
  return merged;
}

/**
 * Values laid over each other, the last on top: maps merge key by key, lists and scalars replace, null takes a key away. It
 * takes it from the layers below it here; what a chart has of its own a null cannot remove, since Pulumi's provider drops it
 * on the way. Keys come out in order, so that equal settings give equal text.
 */
export function mergeValues(...layers: readonly (Values | undefined)[]): Values {
  const merged = layers.reduce<Values>((below, above) => (above === undefined ? below : laid(below, above)), {});
  return settled(merged) as Values;
}

/**
 * The same values with one at a path of keys and list positions. What is missing on the way is made; a list only has the
 * items that are there already.
 */
export function withValue(values: Values, path: readonly (string | number)[], value: Json): Values {
  return set(values, path, value) as Values;
}

function set(inside: Json | undefined, path: readonly (string | number)[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (typeof key === "number") {
    const list: readonly Json[] = Array.isArray(inside) ? (inside as readonly Json[]) : [];
    if (key >= list.length) throw new RangeError(`the values have no item ${String(key + 1)} here`);
    return list.map((item, index) => (index === key ? set(item, rest, value) : item));
  }
  const map: Values = isMap(inside) ? inside : {};
  return { ...map, [key]: set(Object.hasOwn(map, key) ? map[key] : undefined, rest, value) };
}

/** Every text in a value, replaced. */
export function mapTexts<T extends Json>(value: T, replace: (text: string) => string): T;
export function mapTexts(value: Json, replace: (text: string) => string): Json {
  if (typeof value === "string") return replace(value);
  if (Array.isArray(value)) return (value as readonly Json[]).map((item) => mapTexts(item, replace));
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, replace)]));
}
