import { containsUnknown, isList, isMap, mapValues, type Bare, type BareMap } from "../framework/value";
import { at, textAt, without } from "./fields";
import { canonicalQuantity } from "./quantity";
import { groupOf, isBuiltIn } from "./token";

/** Fields that only the server sets; in inputs they mean nothing. */
const READ_ONLY = [
  "creationTimestamp",
  "deletionGracePeriodSeconds",
  "deletionTimestamp",
  "generation",
  "managedFields",
  "resourceVersion",
  "uid",
].map((field) => ["metadata", field] as const);

/** Keys under which the built-in kinds keep maps of quantities. */
const QUANTITIES = new Set([
  "hard",
  "limits",
  "requests",
  "capacity",
  "allocatedResources",
  "max",
  "min",
  "default",
  "defaultRequest",
  "maxLimitRequestRatio",
  "overhead",
  "podFixed",
]);

/**
 * Inputs in the form in which the server would write them, so that two ways to say the same do not differ: quantities
 * in their canonical form and a Secret's `stringData` as `data`. Custom resources are not touched, nor is anything that
 * holds unknowns: the real plugin normalises neither.
 */
export function normalize(object: BareMap): BareMap {
  const builtIn = isBuiltIn(groupOf(textAt(object, "apiVersion") ?? "v1"));
  const typed = builtIn && !containsUnknown(object) ? withCanonicalQuantities(withSecretData(object)) : object;
  return without(typed, ...READ_ONLY);
}

function withSecretData(object: BareMap): BareMap {
  const texts = object["stringData"];
  if (object["kind"] !== "Secret" || object["apiVersion"] !== "v1" || !isMap(texts)) return object;
  const data = isMap(object["data"]) ? object["data"] : {};
  const encoded = mapValues(texts, (text) => (typeof text === "string" ? Buffer.from(text).toString("base64") : text));
  return { ...without(object, ["stringData"]), data: { ...data, ...encoded } };
}

function withCanonicalQuantities(object: BareMap): BareMap {
  const spec = at(object, "spec");
  if (spec === undefined || object["kind"] === "CustomResourceDefinition") return object;
  return { ...object, spec: canonical(spec) };
}

function canonical(value: Bare): Bare {
  if (isList(value)) return value.map((item) => canonical(item));
  if (!isMap(value)) return value;
  return mapValues(value, (item, key) => (QUANTITIES.has(key) && isMap(item) ? quantities(item) : canonical(item)));
}

function quantities(values: BareMap): Bare {
  return mapValues(values, (value) => {
    // A number is allowed too, and comes back as text.
    if (typeof value === "number") return canonicalQuantity(String(value));
    return typeof value === "string" ? canonicalQuantity(value) : value;
  });
}
