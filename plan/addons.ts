import { addonFacts, type Addon, type AddonRelease, type PodSecurity } from "../model/addon";
import { chosenAddon, goesTo, waitsFor, type AddonSettings } from "../model/addon-choice";
import type { ClusterFacts, EstateFacts } from "../model/home";
import type { Json } from "../model/kubernetes";
import { mirroredChart, mirroredImage, type Mirror } from "../model/mirror";
import { mapTexts, mergeValues, withValue, type Values } from "../model/values";
import { byName } from "./facts";

/** The addons of one cluster, as the GitOps engine takes them. */
export interface AddonsPlan {
  /** The namespaces they run in, with what Pod Security enforces there: the laxest that one of them needs. */
  readonly namespaces: Readonly<Record<string, PodSecurity>>;
  readonly releases: readonly AddonRelease[];
}

/** Names of the clusters that addons go to. */
export function clustersWithAddons(choices: AddonChoices, clusters: readonly ClusterFacts[]): string[] {
  return clusters.filter((cluster) => addonsOf(choices, cluster).length > 0).map(({ name }) => name);
}

/** Which addons are chosen. */
export type AddonChoices = Readonly<Record<string, AddonSettings>>;

const lax: readonly PodSecurity[] = ["restricted", "baseline", "privileged"];

/** The addons that go to a cluster, by name. */
function addonsOf(
  choices: AddonChoices,
  cluster: ClusterFacts,
): { readonly addon: Addon; readonly choice: AddonSettings }[] {
  return byName(
    Object.entries(choices).flatMap(([name, choice]) => {
      const addon = chosenAddon(name, choice);
      if (addon === undefined) throw new RangeError(`addon ${name} is neither in the catalogue nor described`);
      const there = choice.clusters?.includes(cluster.name) ?? goesTo(addon, cluster.role, cluster.kind);
      return there ? [{ name, addon, choice }] : [];
    }),
  );
}

/** Values under a mirror: every place that the catalogue knows of names it. What the settings say still wins. */
function mirroredValues({ images }: Addon, values: Values, mirror: Mirror | undefined): Values {
  if (mirror === undefined) return values;
  return images.reduce((changed, { at, image }) => {
    // A list has its items only where the values for this kind of cluster brought them.
    const inList = at.findIndex((key) => typeof key === "number");
    if (inList >= 0 && !(String(at[0]) in changed)) return changed;
    return withValue(changed, at, image === undefined ? mirror.images : mirroredImage(image, mirror));
  }, values);
}

/** The values of an addon on a cluster: catalogue, kind of cluster, mirror, estate, ring, cluster; the last wins. */
export function addonValues(
  addon: Addon,
  choice: Pick<AddonSettings, "values" | "valuesByRing" | "valuesByCluster">,
  cluster: ClusterFacts,
  estate: EstateFacts,
): Values {
  const known = mergeValues(addon.values, addon.valuesOn?.[cluster.kind]);
  const merged = mergeValues(
    mirroredValues(addon, known, estate.mirror),
    choice.values,
    choice.valuesByRing[String(cluster.ring)],
    choice.valuesByCluster[cluster.name],
  );
  return withFacts(merged, estate, cluster);
}

/** What names a fact, with the fact. */
function withFacts<T extends Json>(value: T, estate: EstateFacts, cluster: ClusterFacts): T {
  const facts: Readonly<Record<(typeof addonFacts)[number], string>> = {
    "${estate.name}": estate.name,
    "${estate.domain}": estate.domain,
    "${estate.cluster}": cluster.name,
  };
  return mapTexts(value, (text) => addonFacts.reduce((done, fact) => done.replaceAll(fact, facts[fact]), text));
}

/** Plans what the GitOps engine installs on a cluster besides tenants; `known` are the cluster's values. */
export function planAddons(
  estate: EstateFacts,
  cluster: ClusterFacts,
  choices: AddonChoices,
  known: Values,
): AddonsPlan {
  const here = addonsOf(choices, cluster);
  const all = here.map(({ addon }) => addon);
  const namespaces: Record<string, PodSecurity> = {};
  for (const { namespace, podSecurity } of all) {
    const other = namespaces[namespace] ?? podSecurity;
    namespaces[namespace] = lax.indexOf(other) > lax.indexOf(podSecurity) ? other : podSecurity;
  }
  const releases = here.map(({ addon, choice }): AddonRelease => {
    const { kind } = estate.gitops.settings;
    const { objects = [], objectsAbout = kind } = addon;
    return {
      addon,
      source: mirroredChart(addon.source, estate.mirror),
      values: addonValues(addon, choice, cluster, estate),
      ...(choice.clusterValues === true ? { clusterValues: known } : {}),
      after: waitsFor(addon, all),
      objects: objectsAbout === kind ? objects.map((object) => withFacts(object as Values, estate, cluster)) : [],
    };
  });
  return { namespaces, releases };
}
