import type { Addon } from "../model/addon";
import { addons } from "../model/addons";
import { chosenAddon, clustersOfAddon } from "../model/addon-choice";
import { isReserved } from "../model/names";
import { externalSecretsNamespace, fluxNamespace } from "../model/platform";
import type { Problem } from "../model/problem";
import type { AddonChoice } from "./addons";
import { mistake } from "./mistake";
import { repeated } from "./repeated";
import type { Settings } from "./schema";
import { valueAt, type Path, type Places } from "./source";
import { suggestion } from "./suggestion";

/** Keys that describe an addon which the catalogue lacks. */
const own = ["chart", "repository", "version", "namespace"] as const;
const ownOnly = ["chart", "repository", "namespace", "podSecurity", "layer", "needs"] as const;

const catalogue = new Map<string, Addon>(addons.map((addon) => [addon.name, addon]));

/** Places, and what stands there as it was written: what was refused already is not missing as well. */
export type Written = Places & { readonly data?: unknown };

/** Either the catalogue has it, and says what it is; or the settings say all of that. */
function checkEntry(name: string, choice: AddonChoice, { placeOf, data }: Written): Problem[] {
  const path = ["addons", name];
  if (catalogue.has(name))
    return ownOnly
      .filter((key) => choice[key] !== undefined)
      .map((key) =>
        mistake(
          "K012",
          placeOf([...path, key], "key"),
          `"${key}" of addon "${name}" is the catalogue's`,
          "take it out, or choose another name for an addon of your own",
        ),
      );
  const missing = own.filter((key) => choice[key] === undefined && valueAt(data, ["addons", name, key]) === undefined);
  if (missing.length === 0) return [];
  if (missing.includes("chart"))
    return [
      mistake(
        "K008",
        placeOf(path, "key"),
        `unknown addon "${name}"`,
        `${suggestion(name, [...catalogue.keys()])}; one of your own needs ${own.join(", ")}`,
      ),
    ];
  return missing.map((key) =>
    mistake("K004", placeOf(path, "key"), `"${key}" is required for an addon of your own`, "add it"),
  );
}

function checkClusters(name: string, choice: AddonChoice, settings: Settings, places: Places): Problem[] {
  const known = Object.keys(settings.clusters);
  const path: Path = ["addons", name];
  const unknown = (where: Path, cluster: string, part: "key" | "value"): Problem[] =>
    known.includes(cluster)
      ? []
      : [mistake("K008", places.placeOf(where, part), `unknown cluster "${cluster}"`, suggestion(cluster, known))];
  const rings = new Set(Object.values(settings.clusters).map(({ ring }) => String(ring)));
  return [
    ...(choice.clusters ?? []).flatMap((cluster, index) => unknown([...path, "clusters", index], cluster, "value")),
    ...repeated("K011", choice.clusters ?? [], [...path, "clusters"], places),
    ...Object.keys(choice.valuesByCluster).flatMap((cluster) =>
      unknown([...path, "valuesByCluster", cluster], cluster, "key"),
    ),
    ...Object.keys(choice.valuesByRing)
      .filter((ring) => !rings.has(ring))
      .map((ring) =>
        mistake(
          "K008",
          places.placeOf([...path, "valuesByRing", ring], "key"),
          `no cluster has ring ${ring}`,
          `known: ${[...rings].sort().join(", ")}`,
        ),
      ),
  ];
}

/** Where an addon goes, what it needs must go, too. */
function checkNeeds(name: string, settings: Settings, places: Places): Problem[] {
  const choice = settings.addons[name];
  const addon = choice === undefined ? undefined : chosenAddon(name, choice);
  if (choice === undefined || addon === undefined) return [];
  const clusters = clustersOfAddon(addon, choice, settings.clusters);
  return (addon.needs ?? []).flatMap((needed, index) => {
    const place =
      choice.needs === undefined
        ? places.placeOf(["addons", name], "key")
        : places.placeOf(["addons", name, "needs", index]);
    const other = settings.addons[needed];
    if (other === undefined || !Object.hasOwn(settings.addons, needed)) {
      const known = [...catalogue.keys(), ...Object.keys(settings.addons)];
      if (!known.includes(needed))
        return [mistake("K008", place, `unknown addon "${needed}"`, suggestion(needed, known))];
      return [mistake("P030", place, `addon "${name}" needs "${needed}"`, `add estate:addons: { ${needed}: {} }`)];
    }
    const otherAddon = chosenAddon(needed, other);
    const there = otherAddon === undefined ? [] : clustersOfAddon(otherAddon, other, settings.clusters);
    const without = clusters.filter((cluster) => !there.includes(cluster));
    if (otherAddon === undefined || without.length === 0) return [];
    return [
      mistake(
        "P030",
        place,
        `addon "${name}" needs "${needed}", which does not go to ${without.join(", ")}`,
        `add these to the clusters of "${needed}"`,
      ),
    ];
  });
}

/** A namespace of an addon is the platform's: it is none that Kubernetes, the platform or a tenant has. */
function checkNamespace(name: string, choice: AddonChoice, settings: Settings, { placeOf }: Places): Problem[] {
  const addon = chosenAddon(name, choice);
  if (addon === undefined) return [];
  const { namespace } = addon;
  const place =
    choice.namespace === undefined ? placeOf(["addons", name], "key") : placeOf(["addons", name, "namespace"]);
  const taken =
    [fluxNamespace, externalSecretsNamespace, "default"].includes(namespace) || namespace.startsWith("kube-");
  if (taken)
    return [mistake("N007", place, `namespace "${namespace}" is not an addon's`, "choose a namespace of its own")];
  const environment = Object.keys(settings.environments).find((one) => namespace.endsWith(`-${one}`));
  if (environment === undefined || isReserved(namespace)) return [];
  return [
    mistake(
      "N007",
      place,
      `namespace "${namespace}" could be a tenant's in environment "${environment}"`,
      "choose another one",
    ),
  ];
}

/** Which addons there are, whether all they need is there, and where they go. */
export function checkAddons(settings: Settings, places: Written): Problem[] {
  return Object.entries(settings.addons).flatMap(([name, choice]) => {
    const wrong = checkEntry(name, choice, places);
    return [
      ...wrong,
      ...checkClusters(name, choice, settings, places),
      ...(wrong.length > 0
        ? []
        : [...checkNeeds(name, settings, places), ...checkNamespace(name, choice, settings, places)]),
    ];
  });
}
