import type { Problem } from "../model/problem";
import { quantityMilli } from "../model/quantity";
import { mistake } from "./mistake";
import type { Profile } from "./schema";
import type { Path, Places } from "./source";

type Quantities = Readonly<Partial<Record<string, string>>>;

/** Complains where a smaller quantity is above a greater one of the same resource. */
function checkOrder(
  smaller: Quantities,
  greater: Quantities,
  at: Path,
  names: readonly [string, string],
  { placeOf }: Places,
): Problem[] {
  return Object.entries(smaller).flatMap(([resource, text]) => {
    const most = Object.hasOwn(greater, resource) ? greater[resource] : undefined;
    if (text === undefined || most === undefined || (quantityMilli(text) ?? 0n) <= (quantityMilli(most) ?? 0n))
      return [];
    const cause = `${names[0]} of ${resource} (${text}) is above ${names[1]} (${most})`;
    return [mistake("Q007", placeOf([...at, resource]), cause, "lower the one or raise the other")];
  });
}

const bytes = /memory|storage/;

function checkUnits(quantities: Quantities, at: Path, { placeOf }: Places): Problem[] {
  return Object.entries(quantities).flatMap(([resource, text]) => {
    if (text === undefined || !bytes.test(resource) || !text.endsWith("m")) return [];
    return [
      mistake(
        "Q002",
        placeOf([...at, resource]),
        `${text} of ${resource} is ${Number.parseFloat(text) / 1000} bytes`,
        `did you mean ${text.replace("m", "Mi")}?`,
      ),
    ];
  });
}

function pick(quota: Quantities, prefix: string): Quantities {
  return Object.fromEntries(
    Object.entries(quota).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}

/** Places of a quota's entries, by the resource without the beginning of its key. */
function quotaPlaces(path: Path, prefix: string, places: Places): Places {
  return {
    placeOf: ([resource], part) => places.placeOf([...path, "quota", `${prefix}${String(resource)}`], part),
  };
}

const limitKinds = ["defaultRequest", "default", "max"] as const;

/** Whether the numbers of a profile fit each other; `path` is where the profile stands. */
export function checkProfile(profile: Pick<Profile, "quota" | "limits">, path: Path, places: Places): Problem[] {
  const { quota, limits } = profile;
  const at = (kind: (typeof limitKinds)[number]): Path => [...path, "limits", kind];
  const units = [
    ...checkUnits(quota, [...path, "quota"], places),
    ...limitKinds.flatMap((kind) => checkUnits(limits[kind], at(kind), places)),
  ];
  // Numbers in the wrong unit fit nothing else either.
  if (units.length > 0) return units;
  const [requests, sums] = [pick(quota, "requests."), pick(quota, "limits.")];
  const [atRequests, atSums] = [quotaPlaces(path, "requests.", places), quotaPlaces(path, "limits.", places)];
  const asRequest = ["the default request", "the default limit"] as const;
  const asLimit = ["the default limit", "the greatest limit"] as const;
  return [
    ...checkOrder(limits.defaultRequest, limits.default, at("defaultRequest"), asRequest, places),
    ...checkOrder(limits.default, limits.max, at("default"), asLimit, places),
    ...checkOrder(requests, sums, [], ["the quota's sum of requests", "its sum of limits"], atRequests),
    ...tooSmall(limits.defaultRequest, requests, atRequests),
    ...tooSmall(limits.default, sums, atSums),
  ];
}

/** A quota that not even one container with the defaults fits into. */
function tooSmall(one: Quantities, quota: Quantities, { placeOf }: Places): Problem[] {
  return Object.entries(quota).flatMap(([resource, text]) => {
    const least = Object.hasOwn(one, resource) ? one[resource] : undefined;
    if (text === undefined || least === undefined || (quantityMilli(least) ?? 0n) <= (quantityMilli(text) ?? 0n))
      return [];
    return [
      mistake(
        "Q007",
        placeOf([resource]),
        `the quota of ${resource} (${text}) is below what one container gets by default (${least})`,
        "raise it, or lower the default",
      ),
    ];
  });
}
