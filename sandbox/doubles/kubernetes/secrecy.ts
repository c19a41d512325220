import { containsSecret, isMap, mapValues, secret, type PropertyMap, type Value } from "../framework/value";

/**
 * Copies secrecy from inputs to what came of them. Objects are gone into, so that one secret value does not hide a whole
 * object; a list with a secret anywhere becomes secret as a whole, since its items may move. A Secret's `data` and
 * `stringData` always become secret, and nothing else of it: exactly what the real plugin does.
 */
export function annotateSecrets(outs: PropertyMap, ins: PropertyMap): PropertyMap {
  if (outs["kind"] === "Secret") {
    return mapValues(outs, (value, key) => (key === "data" || key === "stringData" ? secret(value) : value));
  }
  return mapValues(outs, (value, key) => annotate(value, ins[key]));
}

function annotate(out: Value, input: Value | undefined): Value {
  if (isMap(out) && isMap(input)) return annotateSecrets(out, input);
  return containsSecret(input) ? secret(out) : out;
}
