import type { Manifest } from "@estate/clients";
import { isList, isMap, mapValues, type Bare, type BareMap, type Json, type JsonMap } from "../framework/value";

/** The value at a place inside an object, if there is one. */
export function at(value: Bare | undefined, ...path: readonly (string | number)[]): Bare | undefined {
  return path.reduce<Bare | undefined>((inner, step) => {
    if (isList(inner)) return typeof step === "number" ? inner[step] : undefined;
    return isMap(inner) ? inner[step] : undefined;
  }, value);
}

/** The text at a place; anything but a text, or an empty one, counts as missing. */
export function textAt(value: Bare | undefined, ...path: readonly (string | number)[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : undefined;
}

/** The number at a place. */
export function numberAt(value: Bare | undefined, ...path: readonly (string | number)[]): number | undefined {
  const found = at(value, ...path);
  return typeof found === "number" ? found : undefined;
}

/** The object with a field set (`undefined` removes it); objects on the way are made. */
export function put(object: BareMap, path: readonly string[], value: Bare | undefined): BareMap {
  const [step, ...rest] = path;
  if (step === undefined) return object;
  const { [step]: inner, ...others } = object;
  if (rest.length > 0) {
    if (value === undefined && !isMap(inner)) return object;
    return { ...object, [step]: put(isMap(inner) ? inner : {}, rest, value) };
  }
  return value === undefined ? others : { ...object, [step]: value };
}

/** The object without some fields. */
export function without(object: BareMap, ...paths: readonly (readonly string[])[]): BareMap {
  return paths.reduce((rest, path) => put(rest, path, undefined), object);
}

/** The value without the null fields of its objects, which the engine's protocol takes for absent. */
export function dropNulls(value: BareMap): BareMap;
export function dropNulls(value: Bare): Bare;
export function dropNulls(value: Bare): Bare {
  if (isList(value)) return value.map((item) => dropNulls(item));
  if (!isMap(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== null);
  return mapValues(Object.fromEntries(kept), (item) => dropNulls(item));
}

/** An annotation of an object. */
export function annotation(object: Bare | undefined, name: string): string | undefined {
  return textAt(object, "metadata", "annotations", name);
}

/** `namespace/name`, or `name` of an object without a namespace: the id of a resource. */
export function idOf(object: BareMap): string {
  const namespace = textAt(object, "metadata", "namespace");
  const name = textAt(object, "metadata", "name") ?? "";
  return namespace === undefined ? name : `${namespace}/${name}`;
}

/** An id taken apart. */
export function parseId(id: string): { readonly namespace: string | undefined; readonly name: string } {
  const [first = "", second] = id.split("/");
  return second === undefined ? { namespace: undefined, name: first } : { namespace: first, name: second };
}

/** An answer of the API server as plain JSON; it came out of a JSON parser. */
export function fromManifest(manifest: Manifest): JsonMap {
  return manifest as unknown as JsonMap;
}

/** A whole object for the API server. */
export function toManifest(object: JsonMap): Manifest {
  const { apiVersion, kind, metadata } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string" || !isMap(metadata)) {
    throw new Error("a Kubernetes object needs apiVersion, kind and metadata");
  }
  return object as unknown as Manifest;
}

/** Deep equality of plain values. */
export function equal(left: Json | undefined, right: Json | undefined): boolean {
  if (isList(left)) {
    return isList(right) && left.length === right.length && left.every((item, index) => equal(item, right[index]));
  }
  if (isMap(left)) {
    if (!isMap(right)) return false;
    const keys = Object.keys(left);
    return keys.length === Object.keys(right).length && keys.every((key) => equal(left[key], right[key]));
  }
  return left === right;
}
