import { z } from "zod";
import { chosenAddon } from "../model/addon-choice";
import type { Problem } from "../model/problem";
import { compareVersions } from "../model/version-order";
import { exactVersion } from "./addons";
import { clustersOfKind } from "./clusters";
import { complaint, matching } from "./forms";
import { mistake, warning } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";
import { suggestion } from "./suggestion";

const change = z.strictObject({
  set: matching(
    /^[a-zA-Z][\w-]*(\.[\w/.-]+)*$/,
    "not a path into a profile",
    complaint("T016", "write for example network.allowInternet or quota.pods"),
  ).describe("A path into the profile: network.allowInternet, quota.pods"),
  value: z.json().describe("What it is to be"),
});

/** Schema of `estate:rollout`. */
export const rolloutSchema = z
  .strictObject({
    upTo: z.int().min(0).max(9).describe("The last ring that has it: raise it when that ring is well"),
    addons: z.record(z.string(), exactVersion).default({}).describe("New versions of addons, by name"),
    profiles: z.record(z.string(), z.array(change)).default({}).describe("What changes in profiles, by name"),
  })
  .optional()
  .describe("A change that goes ring by ring: it holds on clusters of rings up to a number, and not yet on the others");

/** Rings of the clusters that tenants run on. */
function ringsOf({ clusters }: Settings): number[] {
  const rings = Object.values(clusters).flatMap(({ role, ring }) => (role === "workload" ? [ring] : []));
  return [...new Set(rings)].sort((a, b) => a - b);
}

function checkRing(settings: Settings, upTo: number, { placeOf }: Places): Problem[] {
  const rings = ringsOf(settings);
  const place = placeOf(["rollout", "upTo"]);
  if (!rings.includes(upTo))
    return [mistake("P050", place, `no workload cluster has ring ${String(upTo)}`, `rings: ${rings.join(", ")}`)];
  if (upTo < Math.max(...rings)) return [];
  return [
    warning(
      "P051",
      place,
      "the change has reached every ring",
      "write it into estate:addons and estate:profiles, and take estate:rollout out",
    ),
  ];
}

function checkAddonVersions(settings: Settings, { placeOf }: Places): Problem[] {
  const chosen = Object.keys(settings.addons);
  return Object.entries(settings.rollout?.addons ?? {}).flatMap(([name, version]) => {
    const place = placeOf(["rollout", "addons", name]);
    const choice = Object.hasOwn(settings.addons, name) ? settings.addons[name] : undefined;
    if (choice === undefined)
      return [
        mistake(
          "K008",
          placeOf(["rollout", "addons", name], "key"),
          `unknown addon "${name}"`,
          suggestion(name, chosen),
        ),
      ];
    const now = chosenAddon(name, choice)?.version;
    if (now === undefined || compareVersions(version, now) > 0) return [];
    return [
      mistake(
        "P052",
        place,
        `${version} is not newer than ${now}, which later rings have: they would be ahead of the first`,
        `write a newer one; to go back, write "version" in estate:addons.${name}, where it holds for all rings`,
      ),
    ];
  });
}

/** Clusters that an environment is promoted from, near or far: changes reach them first, whatever their rings are. */
function comesFrom(settings: Settings, cluster: string): Set<string> {
  const found = new Set<string>();
  const walk = (names: readonly string[], steps: number): void => {
    // A circle is told elsewhere.
    if (steps > Object.keys(settings.environments).length) return;
    for (const name of names) {
      const from = settings.environments[name]?.promotesFrom;
      if (from === undefined) continue;
      for (const earlier of settings.environments[from]?.clusters ?? []) found.add(earlier);
      walk([from], steps + 1);
    }
  };
  const here = Object.entries(settings.environments).filter(([, { clusters }]) => clusters.includes(cluster));
  walk(
    here.map(([name]) => name),
    0,
  );
  found.delete(cluster);
  return found;
}

/** Prod is never newer than dev: no cluster has a newer Kubernetes than one that changes reach before it. */
function checkKubernetes(settings: Settings, { placeOf }: Places): Problem[] {
  const all = clustersOfKind(settings.clusters, "eks").filter(([, { role }]) => role === "workload");
  return all.flatMap(([name, { version, ring }]) => {
    const before = comesFrom(settings, name);
    // Of two in one ring that are promoted both ways round, neither is first.
    const first = all.find(
      ([other, earlier]) =>
        (earlier.ring < ring ||
          (earlier.ring === ring && before.has(other) && !comesFrom(settings, other).has(name))) &&
        compareVersions(version, earlier.version) > 0,
    );
    if (first === undefined) return [];
    const [other, { version: older }] = first;
    return [
      mistake(
        "P053",
        placeOf(["clusters", name, "version"]),
        `cluster "${name}" would have Kubernetes ${version}, and "${other}", which changes reach first, has ${older}`,
        `upgrade "${other}" first, and "${name}" when that is well`,
      ),
    ];
  });
}

/** Whether versions go from ring to ring. */
export function checkRollout(settings: Settings, places: Places): Problem[] {
  const { rollout } = settings;
  return [
    ...checkKubernetes(settings, places),
    ...(rollout === undefined
      ? []
      : [...checkRing(settings, rollout.upTo, places), ...checkAddonVersions(settings, places)]),
  ];
}
