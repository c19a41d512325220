import type { CheckFailure } from "../framework/plugin";
import { isMap, isSecret, reveal, same, UNKNOWN, type PropertyMap, type Value } from "../framework/value";

/** The provider's configuration, read. An argument wins over its environment variable. */
export interface Settings {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly cluster: string | undefined;
  readonly namespace: string | undefined;
  readonly serverSideApply: boolean;
  readonly patchForce: boolean;
  readonly upsert: boolean;
  readonly configMapMutable: boolean;
  readonly secretMutable: boolean;
  readonly deleteUnreachable: boolean;
  readonly skipUpdateUnreachable: boolean;
}

type Kind = "text" | "flag" | "object";

/** Every input of the real provider, and how its value comes: anything but a text travels as JSON text. */
const INPUTS: Readonly<Record<string, Kind>> = {
  alwaysRender: "flag",
  cluster: "text",
  clusterIdentifier: "text",
  context: "text",
  deleteUnreachable: "flag",
  enableConfigMapMutable: "flag",
  enablePatchForce: "flag",
  enableSecretMutable: "flag",
  enableServerSideApply: "flag",
  helmReleaseSettings: "object",
  kubeClientSettings: "object",
  kubeconfig: "text",
  namespace: "text",
  rejectUnknownResources: "flag",
  renderYamlToDirectory: "text",
  skipUpdateUnreachable: "flag",
  strictMode: "flag",
  suppressDeprecationWarnings: "flag",
  suppressHelmHookWarnings: "flag",
  upsertExistingObjects: "flag",
};

const NESTED: Readonly<Record<string, readonly string[]>> = {
  kubeClientSettings: ["burst", "qps", "timeout"],
  helmReleaseSettings: [
    "driver",
    "pluginsPath",
    "registryConfigPath",
    "repositoryCache",
    "repositoryConfigPath",
    "suppressBetaWarning",
  ],
};

/** What the engine itself adds to a provider's inputs. */
const ENGINE = new Set(["version", "pluginDownloadURL", "pluginChecksums", "__internal", "__defaults"]);

/** What is wrong with a provider's inputs. */
export function checkSettings(news: PropertyMap): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (property: string, reason: string): void => void failures.push({ property, reason });
  for (const [property, value] of Object.entries(news)) {
    if (ENGINE.has(property) || value === null) continue;
    const kind = INPUTS[property];
    if (kind === undefined) fail(property, `unknown property ${JSON.stringify(property)} of the kubernetes provider`);
    else for (const reason of problems(property, kind, value)) fail(property, reason);
  }
  const has = (property: string): boolean => news[property] !== undefined && news[property] !== null;
  if (has("renderYamlToDirectory")) {
    for (const property of ["kubeconfig", "context", "cluster"].filter(has)) {
      fail(
        "renderYamlToDirectory",
        `${JSON.stringify(property)} arg is not compatible with "renderYamlToDirectory" arg`,
      );
    }
    fail("renderYamlToDirectory", "renderYamlToDirectory is not simulated by this double");
  }
  if (flag(news["strictMode"]) === true) {
    for (const property of ["kubeconfig", "context"].filter((each) => !has(each))) {
      fail(property, `strict mode requires Provider ${JSON.stringify(property)} argument`);
    }
  }
  return failures;
}

function problems(property: string, kind: Kind, value: Value): readonly string[] {
  const bare = reveal(value);
  if (bare === UNKNOWN) return [];
  if (kind === "text") {
    // A kubeconfig may also come as the object itself.
    return typeof bare === "string" || (property === "kubeconfig" && isMap(bare))
      ? []
      : [`${property} must be a string`];
  }
  if (kind === "flag") return flag(value) === undefined ? [`${property} must be a boolean`] : [];
  const object = parsed(bare);
  if (typeof object !== "object" || object === null) return [`${property} must be an object`];
  const known = NESTED[property] ?? [];
  return Object.keys(object)
    .filter((key) => !known.includes(key))
    .map((key) => `unknown property ${JSON.stringify(key)} in ${property}`);
}

/** Reads checked inputs. */
export function readSettings(args: PropertyMap, env: NodeJS.ProcessEnv): Settings {
  const on = (property: string, variable: string, otherwise: boolean): boolean =>
    flag(args[property]) ?? flag(env[`PULUMI_K8S_${variable}`]) ?? otherwise;
  return {
    kubeconfig: kubeconfigText(args["kubeconfig"]) ?? presence(env["KUBECONFIG"]),
    context: text(args["context"]) ?? presence(env["PULUMI_K8S_CONTEXT"]),
    cluster: text(args["cluster"]) ?? presence(env["PULUMI_K8S_CLUSTER"]),
    namespace: text(args["namespace"]) ?? presence(env["PULUMI_K8S_NAMESPACE"]),
    serverSideApply: on("enableServerSideApply", "ENABLE_SERVER_SIDE_APPLY", true),
    patchForce: on("enablePatchForce", "ENABLE_PATCH_FORCE", false),
    upsert: on("upsertExistingObjects", "UPSERT_EXISTING_OBJECTS", false),
    configMapMutable: on("enableConfigMapMutable", "ENABLE_CONFIGMAP_MUTABLE", false),
    secretMutable: on("enableSecretMutable", "ENABLE_SECRET_MUTABLE", false),
    deleteUnreachable: on("deleteUnreachable", "DELETE_UNREACHABLE", false),
    skipUpdateUnreachable: on("skipUpdateUnreachable", "SKIP_UPDATE_UNREACHABLE", false),
  };
}

/**
 * Which properties make another provider necessary, and with it other resources: with a `clusterIdentifier` on both
 * sides only that counts; else an unknown place of the cluster, or another active cluster.
 */
export function settingReplacements(
  olds: PropertyMap,
  news: PropertyMap,
  sameCluster: () => boolean,
): readonly string[] {
  const before = olds["clusterIdentifier"];
  const after = news["clusterIdentifier"];
  if (before !== undefined || after !== undefined) return same(before, after) ? [] : ["clusterIdentifier"];
  const places = ["kubeconfig", "context", "cluster"];
  const unknown = places.filter((property) => {
    const value = news[property];
    return value !== undefined && reveal(value) === UNKNOWN;
  });
  if (unknown.length > 0) return unknown;
  return sameCluster() ? [] : places.filter((property) => !same(olds[property], news[property]));
}

/** The kubeconfig as text or path, whichever was given. */
export function kubeconfigText(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const bare = reveal(value);
  return isMap(bare) ? JSON.stringify(bare) : text(value);
}

function presence(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

/** A text setting, if it is given and known. */
export function text(value: Value | undefined): string | undefined {
  if (value === undefined) return undefined;
  const bare = isSecret(value) ? reveal(value) : value;
  return typeof bare === "string" && bare !== "" ? bare : undefined;
}

function flag(value: Value | undefined): boolean | undefined {
  const bare = value === undefined ? undefined : reveal(value);
  const read = parsed(bare);
  return typeof read === "boolean" ? read : undefined;
}

function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
