import { lacking, lacksVirtualIssuer } from "../config/check-gitops";
import { repeated } from "../config/repeated";
import { mistake } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Features } from "../config/settings";
import type { Places } from "../config/source";
import { suggestion } from "../config/suggestion";
import type { Problem } from "../model/problem";
import { isLikeSandbox } from "../model/sandbox";
import { exceptionsOnClusters, profilesOnClusters } from "./cluster-kinds";
import { collidingDisplayNames, collidingNames } from "./derived-names";
import { type ReadableEntry, readableEntries, type TenantEntry } from "./entry";
import { checkExceptions, profileSchema } from "./exceptions";
import { collidingGroups, unlinkableGroups } from "./groups";
import { checkHosts, collidingHosts } from "./hosts";
import { checkImages } from "./images";
import { nameProblems } from "./name";
import { checkNeeds } from "./needs";
import { checkRolloutProfiles } from "./rollout";
import type { Tenant } from "./schema";

/** Whether the settings want a tenant in this stack. */
export function isSelected(name: string, { only, except }: Settings["tenants"]): boolean {
  return (only === undefined || only.includes(name)) && except?.includes(name) !== true;
}

/** The environments that a tenant's file wants, known or not. */
export function environmentsOf({ environments }: Tenant, settings: Settings): readonly string[] {
  return environments ?? Object.keys(settings.environments);
}

/** `estate:tenants` may only name tenants that there are. */
function checkSelection(entries: readonly TenantEntry[], settings: Settings, places: Places): Problem[] {
  const names = entries.map(({ name }) => name);
  return (["only", "except"] as const).flatMap((key) =>
    (settings.tenants[key] ?? []).flatMap((name, index) =>
      names.includes(name)
        ? []
        : [mistake("P016", places.placeOf(["tenants", key, index]), `no tenant "${name}"`, suggestion(name, names))],
    ),
  );
}

/** What may be let go is not here any more: a forgotten name would excuse the loss of the next tenant that has it. */
function checkLetGo(living: readonly ReadableEntry[], settings: Settings, places: Places): Problem[] {
  return (settings.tenants.letGo ?? []).flatMap((written, index) => {
    const [name = "", environment] = written.split("/");
    const own = living.find((entry) => entry.name === name);
    if (own === undefined) return [];
    const environments = environmentsOf(own.tenant, settings);
    if (environment !== undefined && !environments.includes(environment)) return [];
    const there = environment === undefined ? own.file : `${own.file} has environment "${environment}"`;
    const place = places.placeOf(["tenants", "letGo", index]);
    return [mistake("P034", place, `"${written}" is still here: ${there}`, "take one of the two out")];
  });
}

/** Only a tenant that there is can be rotated. */
function checkRotation(entries: readonly TenantEntry[], { credentials }: Settings, places: Places): Problem[] {
  const names = entries.map(({ name }) => name);
  return Object.keys(credentials.rotate.tenants)
    .filter((name) => !names.includes(name))
    .map((name) =>
      mistake(
        "P016",
        places.placeOf(["credentials", "rotate", "tenants", name], "key"),
        `no tenant "${name}"`,
        suggestion(name, names),
      ),
    );
}

function checkEnvironments({ tenant, source }: ReadableEntry, settings: Settings): Problem[] {
  const known = Object.keys(settings.environments);
  const unknown = (name: string, path: (string | number)[]): Problem[] =>
    known.includes(name)
      ? []
      : [mistake("K008", source.placeOf(path), `unknown environment "${name}"`, suggestion(name, known))];
  const own = tenant.environments ?? known;
  return [
    ...own.flatMap((name, index) => unknown(name, ["environments", index])),
    ...repeated("N012", own, ["environments"], source),
    ...tenant.exceptions.flatMap(({ environment }, index) => {
      if (environment === undefined) return [];
      const path = ["exceptions", index, "environment"];
      const problems = unknown(environment, path);
      if (problems.length > 0 || own.includes(environment)) return problems;
      return [
        mistake(
          "K008",
          source.placeOf(path),
          `the tenant is not in environment "${environment}"`,
          suggestion(environment, own),
        ),
      ];
    }),
  ];
}

/** Names in the parts that features bring to a tenant's file. */
function checkReferences(
  { tenant, source }: ReadableEntry,
  settings: Settings,
  features: Features,
  tenants: readonly string[],
): Problem[] {
  const facts = { products: settings.products, environments: Object.keys(settings.environments), tenants };
  return features.flatMap((feature) => {
    const spec: unknown = feature.schema?.parse((tenant as Readonly<Record<string, unknown>>)[feature.key]);
    const told = (feature.mistakes?.(spec, facts) ?? []).map(({ path, code, cause, remedy }) =>
      mistake(code, source.placeOf([feature.key, ...path]), cause, remedy),
    );
    const unknown = (feature.references?.(spec, facts) ?? []).flatMap(({ path, what, name, known }) =>
      known.includes(name)
        ? []
        : [
            mistake(
              "K008",
              source.placeOf([feature.key, ...path]),
              `unknown ${what} "${name}"`,
              suggestion(name, known),
            ),
          ],
    );
    return [...unknown, ...told];
  });
}

/** What a tenant's file asks of the GitOps engine that it cannot do. */
function checkAbilities({ tenant, source }: ReadableEntry, settings: Settings, features: Features): Problem[] {
  const asked = features.flatMap((feature) => {
    const spec: unknown = feature.schema?.parse((tenant as Readonly<Record<string, unknown>>)[feature.key]);
    return (feature.abilities?.(spec) ?? []).map(({ path, ability }) => ({ path: [feature.key, ...path], ability }));
  });
  const inside = ["vcluster" as const, ...(lacksVirtualIssuer(settings) ? ["virtual-issuer" as const] : [])];
  const own = tenant.isolation === "vcluster" ? inside.map((ability) => ({ path: ["isolation"], ability })) : [];
  return [...own, ...asked].flatMap(({ path, ability }) => lacking(settings, ability, source.placeOf(path)));
}

function checkProfileName({ tenant, source }: ReadableEntry, settings: Settings): Problem[] {
  if (Object.hasOwn(settings.profiles, tenant.profile)) return [];
  const remedy = suggestion(tenant.profile, Object.keys(settings.profiles));
  return [mistake("K008", source.placeOf(["profile"]), `unknown profile "${tenant.profile}"`, remedy)];
}

/** Nobody's home, label or images' project may be taken for a person's sandbox. */
function likeSandbox({ name, file }: TenantEntry, { sandboxes }: Settings): Problem[] {
  return sandboxes === undefined || !isLikeSandbox(name)
    ? []
    : [mistake("N007", { file }, `"${name}" is called as personal sandboxes are`, "choose another name")];
}

function checkFormerName({ name, tenant, source }: ReadableEntry): Problem[] {
  const { formerName } = tenant;
  if (formerName === undefined) return [];
  const place = source.placeOf(["formerName"]);
  if (formerName === name)
    return [
      mistake("N005", place, `"${name}" is the tenant's name now`, "remove the key, or write the name that it had"),
    ];
  return nameProblems(formerName, [], place);
}

/**
 * What no file shows alone: whether tenants and settings fit each other. Names and groups are compared across all
 * entries; the rest is checked of those that this stack raises and that still live. Pure.
 */
export function checkTenants(
  entries: readonly TenantEntry[],
  settings: Settings,
  features: Features,
  settingsPlaces: Places,
): Problem[] {
  const readable = readableEntries(entries);
  const environments = Object.keys(settings.environments);
  const context = { estate: settings.name, parent: settings.gitlab.parent, environments };
  const profile = profileSchema(features);
  const names = entries.map(({ name }) => name);
  const living = readable.filter(
    ({ name, tenant }) => isSelected(name, settings.tenants) && tenant.lifecycle.state !== "removed",
  );
  return [
    ...checkSelection(entries, settings, settingsPlaces),
    ...checkLetGo(living, settings, settingsPlaces),
    ...checkRotation(entries, settings, settingsPlaces),
    ...profilesOnClusters(settings, features, settingsPlaces),
    ...checkRolloutProfiles(settings, features, settingsPlaces),
    ...entries.flatMap(({ name, file }) => nameProblems(name, environments, { file })),
    ...entries.flatMap((entry) => likeSandbox(entry, settings)),
    ...readable.flatMap(checkFormerName),
    ...collidingNames(entries, context),
    ...collidingDisplayNames(living),
    ...collidingGroups(readable, settings),
    ...collidingHosts(readable, features),
    ...living.flatMap((entry) => [
      ...checkProfileName(entry, settings),
      ...checkEnvironments(entry, settings),
      ...checkReferences(entry, settings, features, names),
      ...checkAbilities(entry, settings, features),
      ...checkHosts(entry, settings, features),
      ...checkImages(entry, settings, features),
      ...checkNeeds(entry, settings, features),
      ...unlinkableGroups(entry, settings),
      ...checkExceptions(entry, settings, profile, entry.tenant.environments ?? environments),
      ...exceptionsOnClusters(entry, settings, features),
    ]),
  ];
}
