import { equal, isEmpty } from "../framework/bridge/diff";
import type { Input, Inputs, Type } from "../framework/bridge/schema";
import type { Json, JsonMap } from "../framework/value";

/** How properties are called on the wire, where that is not just another spelling. */
export type Wire = Readonly<Record<string, string>>;

/** GitLab's spelling of a property: `defaultBranch` is `default_branch`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** The same input under several names, told in one text. */
export function each(names: string, input: Input): Inputs {
  return Object.fromEntries(words(names).map((name) => [name, input] as const));
}

/** The words of a text. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** A body: what is wanted and differs from the last state, and an empty value for what was there and no longer is. */
export function toWire(
  inputs: Inputs,
  names: readonly string[],
  news: JsonMap,
  olds: JsonMap = {},
  wire: Wire = {},
): JsonMap {
  const entries = changedNames(inputs, names, olds, news).map((name): [string, Json] => [
    wire[name] ?? snake(name),
    news[name] ?? emptyOf(inputs[name]?.type ?? "string"),
  ]);
  return Object.fromEntries(entries);
}

function emptyOf(type: Type): Json {
  if (type === "string") return "";
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return 0;
  return "list" in type || "set" in type ? [] : {};
}

/** Properties out of an answer. What is empty and was never given stays absent. */
export function fromWire(
  inputs: Inputs,
  names: readonly string[],
  answer: JsonMap,
  prior: JsonMap,
  wire: Wire = {},
): JsonMap {
  const entries = names.flatMap((name): [string, Json][] => {
    const found = answer[wire[name] ?? snake(name)] ?? null;
    const given = (prior[name] ?? null) !== null;
    if (found === null) return given ? [[name, zeroLike(prior[name])]] : [];
    return isEmpty(found) && !given && inputs[name]?.computed !== true ? [] : [[name, found]];
  });
  return Object.fromEntries(entries);
}

/** What the server does not tell is the zero value to the client: an empty text that is given stays one. */
function zeroLike(given: Json | undefined): Json {
  return isEmpty(given ?? null) ? (given ?? null) : null;
}

/** The properties that differ. */
export function changedNames(inputs: Inputs, names: readonly string[], olds: JsonMap, news: JsonMap): string[] {
  return names.filter((name) => {
    const input = inputs[name];
    const [before, after] = [olds[name] ?? null, news[name] ?? null];
    if (after === null) return input !== undefined && input.computed !== true && !isEmpty(before);
    if (before !== null && input?.equivalent?.(before, after) === true) return false;
    return !equal(input?.type ?? "string", before, after);
  });
}

/** True if any of these properties differ. */
export function changed(inputs: Inputs, names: readonly string[], olds: JsonMap, news: JsonMap): boolean {
  return changedNames(inputs, names, olds, news).length > 0;
}
