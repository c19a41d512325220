import { mistake } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Features } from "../config/settings";
import { suggestion } from "../config/suggestion";
import type { Host } from "../features/feature";
import { isPlatformHost } from "../model/names";
import type { Place, Problem } from "../model/problem";
import type { ReadableEntry } from "./entry";

function hostsOf({ tenant, source }: ReadableEntry, features: Features): (Host & { readonly place: Place })[] {
  return features.flatMap(({ key, schema, hosts }) =>
    (hosts?.(schema?.parse((tenant as Readonly<Record<string, unknown>>)[key])) ?? []).map((host) => ({
      ...host,
      place: source.placeOf([key, ...host.path]),
    })),
  );
}

/** A tenant's hosts are below the estate's domain, and none that a cluster has itself. */
export function checkHosts(entry: ReadableEntry, settings: Settings, features: Features): Problem[] {
  const { domain, clusters } = settings;
  const environments = Object.keys(settings.environments);
  return hostsOf(entry, features).flatMap(({ name, environment, place }) => {
    if (!environments.includes(environment))
      return [mistake("K008", place, `unknown environment "${environment}"`, suggestion(environment, environments))];
    if (!name.endsWith(`.${domain}`))
      return [mistake("W005", place, `"${name}" is not below ${domain}`, "write a name below the estate's domain")];
    return isPlatformHost(name, domain, Object.keys(clusters))
      ? [mistake("W005", place, `"${name}" is the platform's`, "choose a name that is not below a cluster's")]
      : [];
  });
}

/** A host belongs to one tenant. A removed one has none any more. */
export function collidingHosts(entries: readonly ReadableEntry[], features: Features): Problem[] {
  const all = entries
    .filter(({ tenant }) => tenant.lifecycle.state !== "removed")
    .flatMap((entry) => hostsOf(entry, features).map((host) => ({ ...host, entry })));
  return all.flatMap(({ name, entry, place }) => {
    const other = all.find((one) => one.name === name && one.entry !== entry);
    return other === undefined
      ? []
      : [mistake("W005", place, `"${name}" is also named by ${other.entry.file}`, "leave the host to one of the two")];
  });
}
