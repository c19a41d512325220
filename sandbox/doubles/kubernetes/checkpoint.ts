import { isList, isMap, reveal, unwrap, type Bare, type BareMap, type PropertyMap } from "../framework/value";
import { dropNulls, textAt, without } from "./fields";
import { annotateSecrets } from "./secrecy";

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

/** What the state of a resource says, taken apart. */
export interface Checkpoint {
  readonly inputs: BareMap;
  readonly live: BareMap;
  readonly initialApiVersion: string | undefined;
  readonly fieldManager: string | undefined;
}

/** Keys of a CRD's schema that no SDK can have as property names. */
const DASHED = [
  "x-kubernetes-embedded-resource",
  "x-kubernetes-int-or-string",
  "x-kubernetes-list-map-keys",
  "x-kubernetes-list-type",
  "x-kubernetes-map-type",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-validations",
];
const toUnderscore = new Map(DASHED.map((key) => [key, key.replaceAll("-", "_")]));
const toDash = new Map(DASHED.map((key) => [key.replaceAll("-", "_"), key]));

function rename(value: Bare, names: ReadonlyMap<string, string>): Bare {
  if (isList(value)) return value.map((item) => rename(item, names));
  return isMap(value) ? renameKeys(value, names) : value;
}

function renameKeys(map: BareMap, names: ReadonlyMap<string, string>): BareMap {
  return Object.fromEntries(Object.entries(map).map(([key, item]) => [names.get(key) ?? key, rename(item, names)]));
}

/** Inputs of the engine as an object for the API server: no secrets, no nulls, dashes back in place. */
export function toObject(inputs: PropertyMap): BareMap {
  return renameKeys(dropNulls(reveal(inputs)), toDash);
}

/** An object of the API server as properties for the engine. */
export function toProperties(object: BareMap): PropertyMap {
  return renameKeys(object, toUnderscore);
}

/** The state of a resource: the live object, and beside it what the program asked for and who manages the fields. */
export function checkpoint(
  inputs: BareMap,
  live: BareMap,
  fromInputs: PropertyMap,
  initialApiVersion: string,
  fieldManager: string,
): PropertyMap {
  const shown = annotateSecrets(toProperties(withoutNoise(live)), fromInputs);
  return {
    ...shown,
    __inputs: annotateSecrets(toProperties(inputs), fromInputs),
    __initialApiVersion: initialApiVersion,
    __fieldManager: fieldManager,
  };
}

/** Who owns which field, and what kubectl once sent, is of no use in a state and can be large. */
function withoutNoise(live: BareMap): BareMap {
  const bare = without(live, ["metadata", "managedFields"]);
  return textAt(bare, "metadata", "annotations", LAST_APPLIED) === undefined
    ? bare
    : without(bare, ["metadata", "annotations", LAST_APPLIED]);
}

/** Takes a state apart. */
export function parseCheckpoint(state: PropertyMap): Checkpoint {
  const { __inputs: inputs, __initialApiVersion: version, __fieldManager: manager, ...live } = state;
  const held = inputs === undefined ? {} : unwrap(inputs);
  return {
    inputs: isMap(held) ? toObject(held) : {},
    live: toObject(live),
    initialApiVersion: typeof version === "string" ? version : undefined,
    fieldManager: typeof manager === "string" ? manager : undefined,
  };
}
