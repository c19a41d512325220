import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import {
  foreign,
  isForeign,
  isList,
  isMap,
  isSecret,
  mapValues,
  rawOf,
  secret,
  UNKNOWN,
  unwrap,
  type Json,
  type JsonMap,
  type PropertyMap,
  type Value,
} from "./value";

/** The key by which the engine marks an object that stands for something else. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";
const FOREIGN = new Set([
  "c44067f5952c0a294b673a41bacd8c17", // asset
  "0def7320c3a5731c473e5ecbe6d01bc7", // archive
  "5cf8f73096256a8f31e491e813e4eb8e", // resource reference
]);

/** The engine has one sentinel per type; a plugin may answer with the one for strings whatever the type. */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWNS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7", // bool
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421", // number
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2", // array
  "030794c1-ac77-496b-92df-f27374a8bd58", // asset
  "e48ece36-62e2-4504-bad9-02848725956a", // archive
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff", // object
]);

/** A message of the engine as plain values; an absent one is empty. */
export function decode(struct: Struct | undefined): PropertyMap {
  if (struct === undefined) return {};
  return mapValues(toJsonMap(struct), decodeValue);
}

/** Plain values as a message for the engine. `undefined` is left out, as JSON does. */
export function encode(properties: PropertyMap): Struct {
  return Struct.fromJavaScript(mapValues(defined(properties), encodeValue));
}

function toJsonMap(struct: Struct): JsonMap {
  return struct.toJavaScript();
}

/** One value out of the engine's form. */
export function decodeValue(value: Json): Value {
  if (typeof value === "string") return UNKNOWNS.has(value) ? UNKNOWN : value;
  if (isList(value)) return value.map(decodeValue);
  if (!isMap(value)) return value;
  const signature = value[SIGNATURE];
  if (signature === SECRET) return secret(decodeValue(value["value"] ?? null));
  if (signature === OUTPUT) return decodeOutput(value);
  if (typeof signature === "string" && FOREIGN.has(signature)) return foreign(value);
  return mapValues(value, decodeValue);
}

/** An output value is unknown when it has no value; whom it depends on is the engine's own concern. */
function decodeOutput(output: JsonMap): Value {
  const inner = output["value"] === undefined ? UNKNOWN : decodeValue(output["value"]);
  return output["secret"] === true ? secret(inner) : inner;
}

/** One value in the engine's form. */
export function encodeValue(value: Value): Json {
  if (value === UNKNOWN) return UNKNOWN_STRING;
  if (isSecret(value)) return { [SIGNATURE]: SECRET, value: encodeValue(unwrap(value)) };
  if (isForeign(value)) return rawOf(value);
  if (isList(value)) return value.map(encodeValue);
  return isMap(value) ? mapValues(defined(value), encodeValue) : value;
}

function defined(properties: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.entries(properties).filter(([, value]: [string, unknown]) => value !== undefined));
}
