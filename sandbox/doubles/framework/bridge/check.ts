import { createHash, randomBytes } from "node:crypto";
import type { Autonaming, CheckFailure, CheckRequest, CheckResult } from "../plugin";
import { conceal, isList, reveal, secretPaths, type Bare, type BareMap, type Path, type PropertyMap } from "../value";
import { coerceObject } from "./coerce";
import type { BridgedResource, Inputs, Type } from "./schema";

/** The note the bridge keeps in the inputs: which of them it filled in itself. */
export const DEFAULTS = "__defaults";

/** What of a resource Check looks at. */
type Checked = Pick<BridgedResource<never>, "half" | "inputs" | "autoname" | "validate">;

/** Checks the inputs of a resource as the bridge does, and fills in what it fills in. */
export function check(resource: Checked, request: CheckRequest): CheckResult {
  const secrets = secretPaths(request.news);
  const news = reveal(request.news);
  const defaults = findDefaults(resource, request, news);
  const { value, failures } = coerceObject({ ...news, ...defaults }, resource.inputs, "");
  const crossed = failures.length > 0 ? [] : (resource.validate?.(value) ?? []);
  const inputs = { ...value, [DEFAULTS]: Object.keys(defaults).sort() };
  return {
    inputs: conceal(inputs, [...secrets, ...schemaSecrets(resource.inputs)]),
    failures: [...failures, ...crossed],
  };
}

function findDefaults(resource: Checked, request: CheckRequest, news: BareMap): BareMap {
  const defaults: Record<string, Bare> = {};
  if (resource.half === "sdk") Object.assign(defaults, schemaDefaults(resource.inputs, news));
  if (resource.autoname && (news["name"] ?? null) === null) {
    const name = autoname(request);
    if (name !== undefined) defaults["name"] = name;
  }
  return defaults;
}

/** The table's defaults for what is not given. */
export function schemaDefaults(inputs: Inputs, given: BareMap): BareMap {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([key, input]) =>
      input.default === undefined || (given[key] ?? null) !== null ? [] : [[key, input.default]],
    ),
  );
}

/** The inputs as they are planned: the plugin-framework half adds its defaults only here. */
export function planned(
  resource: Pick<BridgedResource<never>, "half" | "inputs" | "plan">,
  given: BareMap,
  olds?: BareMap,
): BareMap {
  const plain = Object.fromEntries(Object.entries(given).filter(([key]) => !key.startsWith("__")));
  const full = resource.half === "sdk" ? plain : { ...schemaDefaults(resource.inputs, plain), ...plain };
  return resource.plan?.(full, olds) ?? full;
}

/** The name the bridge gave last time, else one of the project's making, else the logical name and seven digits. */
function autoname(request: CheckRequest): string | undefined {
  const olds = request.olds === undefined ? {} : reveal(request.olds);
  const old = olds["name"];
  if (typeof old === "string" && defaulted(olds).includes("name")) return old;
  const wish: Autonaming | undefined = request.autonaming;
  if (wish?.mode === "disable") return undefined;
  if (wish !== undefined && wish.proposedName !== "") return wish.proposedName;
  const seed = request.randomSeed.length > 0 ? request.randomSeed : randomBytes(16);
  return `${request.name}-${createHash("sha256").update(seed).digest("hex").slice(0, 7)}`;
}

/** The names of inputs the bridge filled in. */
export function defaulted(inputs: PropertyMap): readonly string[] {
  const list = inputs[DEFAULTS];
  return isList(list) ? list.filter((key) => typeof key === "string") : [];
}

/** Where the table alone makes inputs secret. */
export function schemaSecrets(inputs: Inputs): Path[] {
  return Object.entries(inputs).flatMap(([key, input]): Path[] => {
    if (input.secret) return [[key]];
    if (typeof input.type !== "object") return [];
    if ("object" in input.type) return schemaSecrets(input.type.object).map((path) => [key, ...path]);
    // Which members there are, a table does not say: a list that holds secrets is one.
    return holdsSecrets(input.type) ? [[key]] : [];
  });
}

function holdsSecrets(type: Type): boolean {
  if (typeof type === "string") return false;
  if ("object" in type) return schemaSecrets(type.object).length > 0;
  return holdsSecrets("list" in type ? type.list : "set" in type ? type.set : type.map);
}

/** Failures for names of which more than one is given, or none though one must be. */
export function choose(inputs: BareMap, names: readonly string[], needOne: boolean): CheckFailure[] {
  const given = names.filter((name) => inputs[name] !== undefined);
  const list = names.map((name) => JSON.stringify(name)).join(", ");
  if (given.length > 1) {
    return given.map((property) => ({
      property,
      reason: `only one of ${list} can be specified, but ${given.join(", ")} were`,
    }));
  }
  return given.length === 0 && needOne
    ? [{ property: names[0] ?? "", reason: `one of ${list} must be specified` }]
    : [];
}

/** Failures for a property that is given without another it needs. */
export function needs(inputs: BareMap, property: string, other: string): CheckFailure[] {
  return inputs[property] !== undefined && inputs[other] === undefined
    ? [{ property, reason: `"${property}": all of \`${property},${other}\` must be specified` }]
    : [];
}
