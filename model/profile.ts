import type { Json } from "./kubernetes";

/** A ResourceQuota's hard limits by resource name; canonical quantities. */
export type Quota = Readonly<Record<string, string>>;

/** What a container gets when it says nothing, and the most it may ask for. */
export interface ContainerLimits {
  readonly defaultRequest: Readonly<Record<string, string>>;
  readonly default: Readonly<Record<string, string>>;
  readonly max: Readonly<Record<string, string>>;
}

/** A deviation from the profile with a reason and an end. */
export interface Exception {
  /** A dotted path into the profile: `network.allowInternet`, `quota.requests.cpu`. */
  readonly set: string;
  readonly value: Json;
  /** Only in this environment; everywhere when absent. */
  readonly environment?: string | undefined;
  readonly reason: string;
  readonly approvedBy: string;
  /** Last day on which it holds, `YYYY-MM-DD`. The plan has no clock: an ended exception warns and is removed by a job. */
  readonly until: string;
}

type JsonObject = Readonly<Record<string, Json>>;

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Splits an exception's path into the profile's keys. Under `quota` and `limits.*` the rest is one key, because resource
 * names carry dots themselves (`requests.cpu`).
 */
export function exceptionPath(set: string): readonly string[] {
  const [first = "", ...rest] = set.split(".");
  if (first === "quota") return [first, rest.join(".")];
  if (first === "limits") return [first, rest[0] ?? "", rest.slice(1).join(".")];
  return [first, ...rest];
}

function setAt(target: JsonObject, path: readonly string[], value: Json): JsonObject {
  const [key, ...rest] = path;
  if (key === undefined) return target;
  const inner = target[key];
  return { ...target, [key]: rest.length === 0 ? value : setAt(isObject(inner) ? inner : {}, rest, value) };
}

/** The profile as it holds in one environment: later exceptions win. */
export function applyExceptions(
  profile: JsonObject,
  exceptions: readonly Pick<Exception, "set" | "value" | "environment">[],
  environment: string,
): JsonObject {
  return exceptions
    .filter((exception) => exception.environment === undefined || exception.environment === environment)
    .reduce((result, exception) => setAt(result, exceptionPath(exception.set), exception.value), profile);
}

/**
 * What every home's quota counts, whether or not its profile names it: who may make one object may otherwise make as many
 * as the API server's storage holds, and that is everybody's. A profile that names one of them says its own number. No custom
 * resources: until the controller manager has found a new kind, a quota that counts it refuses all objects of it.
 */
export const countedAnyway: Quota = {
  configmaps: "500",
  persistentvolumeclaims: "20",
  pods: "100",
  replicationcontrollers: "10",
  resourcequotas: "5",
  secrets: "500",
  services: "100",
  "services.loadbalancers": "0",
  "services.nodeports": "0",
};
