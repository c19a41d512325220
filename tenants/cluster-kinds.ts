import { mistake, warning } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Features } from "../config/settings";
import type { Places } from "../config/source";
import { clusterKind } from "../model/addon-choice";
import type { ClusterKind } from "../model/home";
import type { Place, Problem } from "../model/problem";
import { exceptionPath } from "../model/profile";
import type { ReadableEntry } from "./entry";

const called: Readonly<Record<ClusterKind, string>> = {
  existing: "clusters of your own (kind existing)",
  "eks-auto": "EKS Auto Mode (kind eks, compute auto)",
  "eks-groups": "EKS with groups of nodes (kind eks, compute groups)",
};

/** A part of a profile that is not for every kind of cluster. */
interface Part {
  readonly key: string;
  readonly kinds: readonly ClusterKind[];
}

const partsOf = (features: Features): Part[] =>
  features.flatMap(({ key, kinds }) => (kinds === undefined ? [] : [{ key, kinds }]));

/**
 * Where nothing comes of a part at all it is a mistake. Where only some clusters cannot give it, it is a warning: a profile
 * holds in all environments, and one that is replaced cluster by cluster stands on two kinds for a while.
 */
function unfitting({ key, kinds }: Part, environments: readonly string[], settings: Settings, place: Place): Problem[] {
  const there = [...new Set(environments.flatMap((name) => settings.environments[name]?.clusters ?? []))].flatMap(
    (name) => {
      const cluster = settings.clusters[name];
      return cluster === undefined ? [] : [{ name, fits: kinds.includes(clusterKind(cluster)) }];
    },
  );
  const without = there.filter(({ fits }) => !fits).map(({ name }) => name);
  if (without.length === 0) return [];
  const needs = `"${key}" is for ${kinds.map((kind) => called[kind]).join(" or ")}`;
  return without.length === there.length
    ? [mistake("A026", place, `${needs}, and none of ${without.join(", ")} is`, "remove it, or choose such a cluster")]
    : [
        warning(
          "A027",
          place,
          `${needs}: homes on ${without.join(", ")} go without`,
          "write it as an exception for the environments that have such clusters, if that is not meant",
        ),
      ];
}

/** Profiles' parts that are not for the clusters of the estate. */
export function profilesOnClusters(settings: Settings, features: Features, { placeOf }: Places): Problem[] {
  return Object.entries(settings.profiles).flatMap(([name, profile]) =>
    partsOf(features)
      .filter(({ key }) => (profile as Readonly<Record<string, unknown>>)[key] !== undefined)
      .flatMap((part) =>
        unfitting(part, Object.keys(settings.environments), settings, placeOf(["profiles", name, part.key], "key")),
      ),
  );
}

/** The same of a tenant's exceptions, in the environments where they hold. */
export function exceptionsOnClusters(
  { tenant, source }: ReadableEntry,
  settings: Settings,
  features: Features,
): Problem[] {
  const own = tenant.environments ?? Object.keys(settings.environments);
  return tenant.exceptions.flatMap(({ set, environment }, index) =>
    partsOf(features)
      .filter(({ key }) => exceptionPath(set)[0] === key)
      .flatMap((part) =>
        unfitting(
          part,
          environment === undefined ? own : [environment],
          settings,
          source.placeOf(["exceptions", index, "set"]),
        ),
      ),
  );
}
