import type { Fields } from "../fields";
import type { Harbor } from "../harbor";
import { badRequest, conflict, notFound } from "../refusal";
import { created, idParam, ok, paged, route, type Call, type Route } from "../route";
import type { UserGroup } from "../state";

export const groupRoutes: readonly Route[] = [
  route("POST", "/usergroups", (call) => {
    call.harbor.requireSystem(call.who, "user-group", "create");
    const group = groupOf(call.body);
    if (twinOf(call.harbor, group) !== undefined) {
      throw conflict(`the user group ${group.name} of type ${String(group.type)} already exists`);
    }
    return created(call, add(call.harbor, group).id);
  }),
  route("GET", "/usergroups", (call) => {
    call.harbor.requireSystem(call.who, "user-group", "list");
    const name = call.query.get("group_name") ?? "";
    return paged(call, call.harbor.state.groups.filter((group) => group.name.includes(name)).map(groupView));
  }),
  route("GET", "/usergroups/:id", (call) => {
    call.harbor.requireSystem(call.who, "user-group", "read");
    return ok(groupView(find(call)));
  }),
  route("PUT", "/usergroups/:id", (call) => {
    call.harbor.requireSystem(call.who, "user-group", "update");
    const group = find(call);
    const name = call.body.text("group_name") ?? "";
    if (name === "") throw badRequest("the group name is empty");
    group.name = name;
    return ok();
  }),
  route("DELETE", "/usergroups/:id", (call) => {
    call.harbor.requireSystem(call.who, "user-group", "delete");
    const { id } = find(call);
    const { state } = call.harbor;
    state.groups = state.groups.filter((each) => each.id !== id);
    state.members = state.members.filter(({ entity }) => entity.type !== "g" || entity.id !== id);
    return ok();
  }),
];

/** The group a request names; made known when it is not yet. */
export function groupByName(harbor: Harbor, body: Fields): UserGroup {
  const group = groupOf(body);
  return twinOf(harbor, group) ?? add(harbor, group);
}

function groupOf(body: Fields): Omit<UserGroup, "id"> {
  const group = {
    name: body.text("group_name") ?? "",
    type: body.integer("group_type") ?? 0,
    ldapGroupDn: body.text("ldap_group_dn") ?? "",
  };
  if (![1, 2, 3].includes(group.type)) throw badRequest(`invalid group type: ${String(group.type)}`);
  if (group.type === 1 && group.ldapGroupDn === "") throw badRequest("a group of LDAP wants its ldap_group_dn");
  if (group.name === "" && group.type !== 1) throw badRequest("the group name is empty");
  return group;
}

const twinOf = (harbor: Harbor, group: Omit<UserGroup, "id">): UserGroup | undefined =>
  harbor.state.groups.find((each) =>
    each.type === group.type && group.type === 1
      ? each.ldapGroupDn === group.ldapGroupDn
      : each.name === group.name && each.type === group.type,
  );

function add(harbor: Harbor, group: Omit<UserGroup, "id">): UserGroup {
  const made = { id: harbor.store.nextId("group"), ...group };
  harbor.state.groups.push(made);
  return made;
}

function find(call: Call): UserGroup {
  const id = idParam(call, "id");
  const group = call.harbor.state.groups.find((each) => each.id === id);
  if (group === undefined) throw notFound(`user group with id ${String(id)} not found`);
  return group;
}

const groupView = ({ id, name, type, ldapGroupDn }: UserGroup): Record<string, unknown> => ({
  id,
  group_name: name,
  group_type: type,
  ldap_group_dn: ldapGroupDn,
});
