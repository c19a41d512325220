import { mistake } from "../config/mistake";
import type { Settings } from "../config/schema";
import { defaultGroup } from "../model/names";
import type { Place, Problem } from "../model/problem";
import type { ReadableEntry } from "./entry";

const roles = ["owners", "developers", "operations"] as const;

/** A group of the identity provider in a role of a tenant. */
interface Mention {
  readonly group: string;
  readonly shared: boolean;
  readonly entry: ReadableEntry;
  readonly place: Place;
}

function mentions(entry: ReadableEntry): Mention[] {
  return roles.map((role) => {
    const given = entry.tenant.access[role];
    const place = given === undefined ? { file: entry.file } : entry.source.placeOf(["access", role, "group"]);
    return { group: given?.group ?? defaultGroup(entry.name, role), shared: given?.shared === true, entry, place };
  });
}

function platformGroups({ access }: Settings): ReadonlyMap<string, string> {
  return new Map([
    [access.developers, "access.developers"],
    [access.systemApprovers, "access.systemApprovers"],
    [access.clusterAdmins, "access.clusterAdmins"],
  ]);
}

/** GitLab's provider keeps an LDAP link as `group:provider:cn:filter`, and cannot read one with more colons any more. */
export function unlinkableGroups(entry: ReadableEntry, { access }: Settings): Problem[] {
  if (access.membership !== "ldap") return [];
  return mentions(entry)
    .filter(({ group }) => group.includes(":"))
    .map(({ group, place }) =>
      mistake(
        "R005",
        place,
        `group "${group}" has a colon, which a link to an LDAP group cannot have`,
        "write the group's common name (cn) as the directory has it, without a prefix",
      ),
    );
}

/** A group opens what every tenant gave it: two tenants may only name one when each of them says so. */
export function collidingGroups(entries: readonly ReadableEntry[], settings: Settings): Problem[] {
  // A removed tenant grants nothing any more.
  const all = entries.filter(({ tenant }) => tenant.lifecycle.state !== "removed").flatMap(mentions);
  const byGroup = new Map<string, Mention[]>();
  for (const mention of all) byGroup.set(mention.group, [...(byGroup.get(mention.group) ?? []), mention]);
  const platform = platformGroups(settings);
  return all
    .filter(({ shared }) => !shared)
    .flatMap((mention) => {
      const { group, entry, place } = mention;
      const key = platform.get(group);
      const remedy = "name another group, or mark it `shared: true` in every tenant that names it";
      if (key !== undefined)
        return [mistake("R004", place, `group "${group}" is the platform's own (estate:${key})`, remedy)];
      const others = new Set(
        (byGroup.get(group) ?? []).filter((other) => other.entry !== entry).map((other) => other.entry.file),
      );
      return others.size === 0
        ? []
        : [mistake("R004", place, `group "${group}" is also named by ${[...others].join(", ")}`, remedy)];
    });
}
