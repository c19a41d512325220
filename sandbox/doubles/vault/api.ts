import { VaultStatusError } from "@estate/clients/vault";
import { equal, isEmpty } from "../framework/bridge/diff";
import type { Input, Inputs, Type } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import { isMap, type BareMap, type Json, type JsonMap } from "../framework/value";
import type { Session } from "./session";

/** Vault's spelling of a property: `tokenMaxTtl` is `token_max_ttl`. */
export function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** A body for Vault: what is wanted, and an empty value for what was there and no longer is. */
export function toApi(inputs: Inputs, names: readonly string[], news: JsonMap, olds: JsonMap = {}): JsonMap {
  const entries = names.flatMap((name): [string, Json][] => {
    const wanted = news[name] ?? null;
    if (wanted !== null) return [[snake(name), wanted]];
    const input = inputs[name];
    const before = olds[name] ?? null;
    return input === undefined || input.computed || isEmpty(before) ? [] : [[snake(name), emptyOf(input.type)]];
  });
  return Object.fromEntries(entries);
}

function emptyOf(type: Type): Json {
  if (type === "string") return "";
  if (type === "boolean") return false;
  if (type === "integer" || type === "number") return 0;
  return "list" in type || "set" in type ? [] : {};
}

/** Properties out of Vault's answer. What is empty and was never given stays absent. */
export function fromApi(inputs: Inputs, names: readonly string[], data: JsonMap, prior: JsonMap): JsonMap {
  const entries = names.flatMap((name): [string, Json][] => {
    const found = data[snake(name)] ?? null;
    const given = (prior[name] ?? null) !== null;
    if (found === null) return given ? [[name, null]] : [];
    return isEmpty(found) && !given && !inputs[name]?.computed ? [] : [[name, found]];
  });
  return Object.fromEntries(entries);
}

/** True if any of these properties differ. */
export function changed(inputs: Inputs, names: readonly string[], olds: JsonMap, news: JsonMap): boolean {
  return names.some((name) => {
    const [before, after] = [olds[name] ?? null, news[name] ?? null];
    const type = inputs[name]?.type ?? "string";
    if (after === null) return !inputs[name]?.computed && !isEmpty(before);
    return !equal(type, before, after);
  });
}

/** The data Vault has at a path, as plain JSON. Any 404 is absence, also that of the mount the path belongs to. */
export async function dataAt({ client }: Session, path: string): Promise<JsonMap | undefined> {
  try {
    return asJson((await client.read(path))?.data);
  } catch (error) {
    if (error instanceof VaultStatusError && error.status === 404) return undefined;
    throw error;
  }
}

/** Deletes what is at a path, if it is there. */
export async function remove({ client }: Session, path: string): Promise<void> {
  try {
    await client.delete(path);
  } catch (error) {
    if (!(error instanceof VaultStatusError) || error.status !== 404) throw error;
  }
}

/** Vault answers JSON; the client only says that it is a map. */
export function asJson(data: Readonly<Record<string, unknown>> | undefined): JsonMap | undefined {
  return data as JsonMap | undefined;
}

/** Every object takes it; only Enterprise has it. */
export const namespace: Input = { type: "string", forceNew: true };

/** Refuses a namespace: the sandbox's Vault would quietly write to the root. */
export function noNamespace(inputs: BareMap): CheckFailure[] {
  const given = inputs["namespace"];
  return typeof given === "string" && given !== ""
    ? [{ property: "namespace", reason: "namespaces are a matter of Vault Enterprise: the sandbox's Vault has none" }]
    : [];
}

/** A validator: a path without slashes at its ends. */
export function noEdgeSlashes(value: unknown): string | undefined {
  return typeof value === "string" && (value.startsWith("/") || value.endsWith("/"))
    ? `cannot write to a path starting or ending in "/", got ${value}`
    : undefined;
}

/** A validator: text that is a JSON object. */
export function jsonObject(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const parsed = parse(value);
  return parsed !== undefined && isMap(parsed) ? undefined : "contains an invalid JSON object";
}

/** True if two texts are the same JSON. */
export function sameJson(left: Json, right: Json): boolean {
  if (typeof left !== "string" || typeof right !== "string") return false;
  const [before, after] = [parse(left), parse(right)];
  return before !== undefined && after !== undefined && equal({ map: "string" }, before, after);
}

function parse(json: string): Json | undefined {
  try {
    return JSON.parse(json) as Json;
  } catch {
    return undefined;
  }
}
