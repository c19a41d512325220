import { chosenAddon, clustersOfAddon } from "../model/addon-choice";
import { entranceAddons } from "../model/services";
import type { Problem } from "../model/problem";
import { checkManaged } from "./check-managed";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

const services = [
  ["vault", "address"],
  ["gitlab", "url"],
  ["registry", "url"],
] as const;

/** The name of the control plane; the settings are refused without one. */
export function controlPlaneOf(settings: Settings): string | undefined {
  return Object.entries(settings.clusters).find(([, { role }]) => role === "control-plane")?.[0];
}

/** The services that are to be installed. */
export function installed(settings: Settings): (typeof services)[number][0][] {
  return services.filter(([key]) => settings[key].install !== undefined).map(([key]) => key);
}

/** A service is installed or brought along, and what is installed has a way in. */
export function checkInstallation(settings: Settings, places: Places): Problem[] {
  const { placeOf } = places;
  const own = installed(settings);
  const both = services.flatMap(([key, field]) => {
    const address = key === "vault" ? settings.vault.address : settings[key].url;
    if (address === undefined || !own.includes(key)) return [];
    return [
      mistake(
        "K012",
        placeOf([key, field], "key"),
        `"${field}" and "install" exclude each other`,
        "a service that is installed gets its address from its host; keep one of the two",
      ),
    ];
  });
  const plane = controlPlaneOf(settings);
  const [first] = own;
  if (first === undefined || plane === undefined) return both;
  const place = placeOf([first, "install"], "key");
  const issuer =
    settings.entrance === undefined
      ? [mistake("P030", place, "an installed service needs certificates", "add estate:entrance: { issuer: ... }")]
      : [];
  const missing = entranceAddons.filter((name) => {
    const choice = settings.addons[name];
    const addon = choice === undefined ? undefined : chosenAddon(name, choice);
    return (
      choice === undefined || addon === undefined || !clustersOfAddon(addon, choice, settings.clusters).includes(plane)
    );
  });
  const addons = missing.map((name) =>
    mistake(
      "P030",
      place,
      `an installed service needs addon "${name}" on cluster "${plane}"`,
      `add estate:addons: { ${name}: {} }`,
    ),
  );
  const { recovery } = settings.vault.install ?? {};
  const keys =
    recovery?.pgpKeys !== undefined && recovery.pgpKeys.length !== recovery.shares
      ? [
          mistake(
            "P031",
            placeOf(["vault", "install", "recovery", "pgpKeys"]),
            `${String(recovery.pgpKeys.length)} public keys for ${String(recovery.shares)} shares`,
            "write one key for each share",
          ),
        ]
      : [];
  const threshold =
    recovery !== undefined && recovery.threshold > recovery.shares
      ? [
          mistake(
            "P031",
            placeOf(["vault", "install", "recovery", "threshold"]),
            `${String(recovery.threshold)} of ${String(recovery.shares)} shares are never there`,
            "write a threshold of at most as many as there are shares",
          ),
        ]
      : [];
  return [...both, ...issuer, ...addons, ...keys, ...threshold, ...checkManaged(settings, plane, places)];
}
