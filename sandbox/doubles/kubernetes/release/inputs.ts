import type { CheckFailure, CheckRequest, CheckResult } from "../../framework/plugin";
import {
  containsUnknown,
  isList,
  isMap,
  isSecret,
  reveal,
  UNKNOWN,
  type Bare,
  type BareMap,
  type PropertyMap,
} from "../../framework/value";
import { textAt } from "../fields";
import { autoname } from "../names";

/** The default of Helm's own `--timeout`. */
const TIMEOUT_SECONDS = 300;

type Kind = "string" | "boolean" | "number" | "object" | "list";

/** Every input of a Release. `manifest`, `resourceNames` and `status` may come along, and are made anew. */
const INPUTS: Readonly<Record<string, Kind>> = {
  allowNullValues: "boolean",
  atomic: "boolean",
  chart: "string",
  cleanupOnFail: "boolean",
  compat: "string",
  createNamespace: "boolean",
  dependencyUpdate: "boolean",
  description: "string",
  devel: "boolean",
  disableCRDHooks: "boolean",
  disableOpenapiValidation: "boolean",
  disableWebhooks: "boolean",
  forceUpdate: "boolean",
  keyring: "string",
  lint: "boolean",
  manifest: "object",
  maxHistory: "number",
  name: "string",
  namespace: "string",
  postrender: "string",
  recreatePods: "boolean",
  renderSubchartNotes: "boolean",
  replace: "boolean",
  repositoryOpts: "object",
  resetValues: "boolean",
  resourceNames: "object",
  reuseValues: "boolean",
  skipAwait: "boolean",
  skipCrds: "boolean",
  status: "object",
  takeOwnership: "boolean",
  timeout: "number",
  valueYamlFiles: "list",
  values: "object",
  verify: "boolean",
  version: "string",
  waitForJobs: "boolean",
};

const REPOSITORY = new Set(["caFile", "certFile", "keyFile", "password", "repo", "username"]);

/** What is wrong with a Release's inputs. */
export function releaseFailures(news: PropertyMap): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const [property, value] of Object.entries(reveal(news))) {
    const kind = INPUTS[property];
    if (kind === undefined)
      failures.push({ property, reason: `unknown property ${JSON.stringify(property)} of a Release` });
    else if (value !== null && value !== UNKNOWN && !is(kind, value)) {
      failures.push({ property, reason: `${property} must be a ${kind}` });
    }
  }
  const options = news["repositoryOpts"];
  const bare = options === undefined ? undefined : reveal(options);
  for (const key of isMap(bare) ? Object.keys(bare) : []) {
    if (!REPOSITORY.has(key)) {
      failures.push({
        property: `repositoryOpts.${key}`,
        reason: `unknown property ${JSON.stringify(key)} of repositoryOpts`,
      });
    }
  }
  if (news["chart"] === undefined || news["chart"] === null || news["chart"] === "") {
    failures.push({ property: "chart", reason: "Missing required property 'chart'" });
  }
  return failures;
}

function is(kind: Kind, value: Bare): boolean {
  if (kind === "object") return isMap(value);
  if (kind === "list") return isList(value);
  return typeof value === kind;
}

/** Fills in name, namespace and timeout. */
export function checkRelease(request: CheckRequest, defaultNamespace: string): CheckResult {
  const failures = releaseFailures(request.news);
  if (failures.length > 0) return { inputs: request.news, failures };
  const news: Record<string, PropertyMap[string]> = { ...request.news };
  const kept = request.olds === undefined ? undefined : textAt(reveal(request.olds), "name");
  if (isAbsent(news["name"])) {
    news["name"] = kept ?? autoname(request.name, request.randomSeed, request.autonaming, request.urn);
  }
  if (isAbsent(news["namespace"])) news["namespace"] = defaultNamespace;
  if (news["skipAwait"] !== true && isAbsent(news["timeout"])) news["timeout"] = TIMEOUT_SECONDS;
  return { inputs: news };
}

function isAbsent(value: PropertyMap[string] | undefined): boolean {
  return value === undefined || value === null || (!isSecret(value) && value === "");
}

/** The component a chart brings: the last part of its address, without the version of an archive. */
export function componentOf(chart: string): string {
  const last = chart.replace(/\/+$/, "").split("/").at(-1) ?? chart;
  return last.replace(/-v?\d+\.\d+\.\d+.*\.tgz$/, "").replace(/[:@].*$/, "");
}

/** A list of places where two Releases' inputs differ, by top-level property. */
export function changedInputs(old: BareMap, wanted: BareMap): readonly string[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(wanted)]);
  const canonical = (value: Bare | undefined): string =>
    value === undefined ? "" : JSON.stringify(value, (_, item: unknown) => sorted(item));
  return [...keys].filter((key) => containsUnknown(wanted[key]) || canonical(old[key]) !== canonical(wanted[key]));
}

function sorted(item: unknown): unknown {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
  return Object.fromEntries(Object.entries(item).sort(([left], [right]) => (left < right ? -1 : 1)));
}
