import type { Problem } from "../model/problem";
import { serviceSecretNames, type ServiceSecret, type ServiceSecrets } from "../model/service-secrets";
import { installed } from "./check-installation";
import type { Checked } from "./check";
import type { Environment } from "./kubeconfig-file";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

type Data = Pick<
  NonNullable<Settings["gitlab"]["install"]> | NonNullable<Settings["registry"]["install"]>,
  "postgres" | "redis" | "objects"
>;

/** Which secrets the settings need, and the key that each belongs to. */
function wanted(
  settings: Settings,
): { readonly name: ServiceSecret; readonly key: "gitlab" | "registry" | "identity" }[] {
  // A stack of tenants installs nothing: it logs in to what its platform made.
  if (settings.scope === "tenants") return [];
  const own = installed(settings);
  const { gitlab, registry, identity } = settings;
  const of = (key: "gitlab" | "registry", ...names: ServiceSecret[]) => names.map((name) => ({ name, key }));
  const signOn = identity.kind === "oidc" || identity.kind === "cognito";
  const data = (
    { postgres, redis, objects }: Data,
    names: readonly [ServiceSecret, ServiceSecret, ...ServiceSecret[]],
  ) => [
    ...("managed" in postgres ? [] : names.slice(0, 1)),
    ...("managed" in redis ? [] : names.slice(1, 2)),
    ...(objects === "managed" || objects.endpoint === undefined ? [] : names.slice(2)),
  ];
  return [
    ...(gitlab.install === undefined
      ? []
      : of(
          "gitlab",
          ...data(gitlab.install, ["gitlabPostgres", "gitlabRedis", "gitlabObjectsKey", "gitlabObjectsSecret"]),
        )),
    ...(own.includes("gitlab") && signOn ? of("gitlab", "gitlabClient") : []),
    ...(registry.install === undefined
      ? []
      : of(
          "registry",
          ...data(registry.install, ["harborPostgres", "harborRedis", "harborObjectsKey", "harborObjectsSecret"]),
        )),
    ...(own.includes("registry") && signOn ? of("registry", "harborClient") : []),
    ...(identity.kind === "openunison" ? [{ name: "upstreamClient" as const, key: "identity" as const }] : []),
  ];
}

/**
 * Secrets of what is brought along for services that are installed: passwords of databases, keys of object stores, secrets of
 * clients. They come from variables, like the providers' own credentials, and stand in no file.
 */
export function readServiceSecrets(
  settings: Settings,
  environment: Environment,
  places?: Places,
): Checked<ServiceSecrets> {
  const problems: Problem[] = [];
  const found: Partial<Record<ServiceSecret, string>> = {};
  for (const { name, key } of wanted(settings)) {
    const variable = serviceSecretNames[name];
    const value = environment[variable];
    if (value !== undefined && value !== "") found[name] = value;
    else {
      const place = places?.placeOf([key], "key") ?? { file: `estate:${key}` };
      problems.push(mistake("P032", place, `${variable} is not set`, "set the variable; no setting can hold a secret"));
    }
  }
  return problems.length > 0 ? { problems } : { value: found, problems };
}
