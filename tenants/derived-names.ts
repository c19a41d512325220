import { mistake } from "../config/mistake";
import { defaultGroup, namespaceName, platformGroup, registryProject, secretFolder } from "../model/names";
import type { Problem } from "../model/problem";
import type { ReadableEntry, TenantEntry } from "./entry";

/** What decides names besides the tenant's own. */
export interface NamingContext {
  readonly estate: string;
  /** The parent group of the tenants' groups in GitLab. */
  readonly parent: string;
  /** All of the estate's environments: a tenant may come to any of them later. */
  readonly environments: readonly string[];
}

/** A name that a tenant takes in some system. */
interface Claim {
  readonly system: string;
  readonly name: string;
}

/** Every name that is made from a tenant's name. */
export function derivedNames(tenant: string, { estate, parent, environments }: NamingContext): Claim[] {
  return [
    ...environments.map((environment) => ({ system: "namespace", name: namespaceName(tenant, environment) })),
    ...environments.map((environment) => ({ system: "Vault folder", name: secretFolder(tenant, environment) })),
    { system: "GitLab group", name: `${parent}/${tenant}` },
    { system: "registry project", name: registryProject(estate, tenant) },
    ...["owners", "developers", "operations"].map((role) => ({ system: "group", name: defaultGroup(tenant, role) })),
  ];
}

interface Owner {
  readonly entry: TenantEntry;
  /** The tenant's name now, or the one that it had. */
  readonly name: string;
  readonly former: boolean;
}

function ownersOf(entries: readonly TenantEntry[]): Owner[] {
  return entries.flatMap((entry) => {
    const now = { entry, name: entry.name, former: false };
    const former = entry.tenant?.formerName;
    return former === undefined || former === entry.name ? [now] : [now, { entry, name: former, former: true }];
  });
}

function placeOf({ entry, former }: Owner): Problem["place"] {
  return former ? (entry.source?.placeOf(["formerName"]) ?? { file: entry.file }) : { file: entry.file };
}

function sameName(later: Owner, earlier: Owner): Problem {
  if (!later.former && !earlier.former)
    return mistake("N005", placeOf(later), `tenant "${later.name}" again`, `it is defined in ${earlier.entry.file}`);
  const [former, other] = later.former ? [later, earlier] : [earlier, later];
  const cause = `"${later.name}" is the former name of ${former.entry.file}`;
  return mistake("N011", placeOf(other), cause, "its names are kept for that tenant; choose another");
}

/** No two tenants may have one name in any system, nor may a tenant be called as something of another one's. */
export function collidingNames(entries: readonly TenantEntry[], context: NamingContext): Problem[] {
  const owners = ownersOf(entries);
  const byName = new Map<string, Owner>();
  const problems: Problem[] = [];
  for (const owner of owners) {
    const earlier = byName.get(owner.name);
    if (earlier === undefined) byName.set(owner.name, owner);
    else problems.push(sameName(owner, earlier));
  }
  const byClaim = new Map<string, Owner>();
  for (const owner of byName.values()) {
    for (const { system, name } of derivedNames(owner.name, context)) {
      const key = `${system} ${name}`;
      const earlier = byClaim.get(key);
      if (earlier !== undefined && earlier.entry !== owner.entry)
        problems.push(
          mistake(
            "N009",
            placeOf(owner),
            `${system} "${name}" is also made by ${earlier.entry.file}`,
            "rename one of the two",
          ),
        );
      byClaim.set(key, earlier ?? owner);
      const named = byName.get(name);
      if (named !== undefined && named.entry !== owner.entry)
        problems.push(
          mistake(
            "N009",
            placeOf(named),
            `"${name}" is also a ${system} of ${owner.entry.file}`,
            "rename one of the two",
          ),
        );
    }
  }
  return problems;
}

/** GitLab shows a tenant's group by its `displayName`, and takes each once below one parent; one is the platform's. */
export function collidingDisplayNames(entries: readonly ReadableEntry[]): Problem[] {
  const owners = new Map([[platformGroup, "the platform's own group"]]);
  return entries.flatMap(({ file, source, tenant: { displayName } }) => {
    const owner = owners.get(displayName);
    owners.set(displayName, owner ?? file);
    if (owner === undefined) return [];
    const cause = `"${displayName}" is also the display name of ${owner}`;
    return [mistake("N013", source.placeOf(["displayName"]), cause, "choose another: GitLab shows groups by it")];
  });
}
