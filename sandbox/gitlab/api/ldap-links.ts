import { groupOf } from "../access/guards";
import { level } from "../access/levels";
import { badParameter, conflict, Refusal } from "../http/refusal";
import { created, noContent, page } from "../http/reply";
import type { Call, Route } from "../instance";
import type { Item, State } from "../model";
import { groupLevels } from "./licensed";

// Links to LDAP groups: kept and told. Nobody is synchronised, and whether there is such a provider is not asked, as GitLab
// does not ask it either.

const family = "ldap_group_links";
const pattern = `groups/:id/${family}`;

/** A group's own are kept under the negative of its id. */
const linksOf = (state: State, group: number): Item[] =>
  state.items.filter((each) => each.family === family && each.projectId === -group);

/** Whether LDAP keeps a group's members: nobody else may remove one then, not even an administrator. */
export const isSynced = (state: State, group: number): boolean => linksOf(state, group).length > 0;

/** Of `cn` and `filter` exactly one. */
function readKey({ params }: Call): { cn: string | null; filter: string | null; provider: string } {
  const given = ["cn", "filter"].filter((name) => params.has(name));
  if (given.length === 0) throw badParameter("cn, filter are missing, exactly one parameter must be provided");
  if (given.length === 2) throw badParameter("cn, filter are mutually exclusive");
  const [cn, filter] = [params.text("cn") ?? null, params.text("filter") ?? null];
  return { cn, filter, provider: params.filledText("provider") };
}

function sameKey(call: Call, links: readonly Item[]): Item | undefined {
  const key = Object.entries(readKey(call));
  return links.find(({ values }) => key.every(([name, value]) => values[name] === value));
}

const missing = (message: string): Refusal => new Refusal(404, { message });

/** The routes of a group's links to LDAP groups. */
export const ldapLinks: readonly Route[] = [
  {
    method: "GET",
    pattern,
    licensed: true,
    handle: (call) => {
      const links = linksOf(call.state, groupOf(call, level.owner).id);
      if (links.length === 0) throw missing("No linked LDAP groups found");
      return page(
        call.params,
        links.map(({ values }) => values),
        call.address,
      );
    },
  },
  {
    method: "POST",
    pattern,
    licensed: true,
    handle: (call) => {
      const group = groupOf(call, level.owner).id;
      const key = readKey(call);
      const groupAccess = call.params.level("group_access", groupLevels);
      if (groupAccess === undefined) throw badParameter("group_access is missing");
      if (sameKey(call, linksOf(call.state, group)) !== undefined)
        throw conflict(`${key.cn === null ? "Filter" : "Cn"} has already been taken`);
      const values = { ...key, group_access: groupAccess, member_role_id: null };
      call.state.items.push({ id: call.gitlab.store.next("item"), family, projectId: -group, values });
      return created(values);
    },
  },
  {
    method: "DELETE",
    pattern,
    licensed: true,
    handle: (call) => {
      const link = sameKey(call, linksOf(call.state, groupOf(call, level.owner).id));
      if (link === undefined) throw missing("Linked LDAP group not found");
      call.state.items = call.state.items.filter((each) => each !== link);
      return noContent();
    },
  },
];
