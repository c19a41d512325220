import type { Fields } from "../fields";
import type { Harbor } from "../harbor";
import { roleNames } from "../permissions";
import { badRequest, conflict, notFound } from "../refusal";
import { created, idParam, ok, paged, route, type Call, type Route } from "../route";
import type { Member, Project } from "../state";
import { groupByName } from "./groups";
import { projectOf } from "./projects";

export const memberRoutes: readonly Route[] = [
  route("POST", "/projects/:project/members", (call) => {
    const project = projectOf(call, "member", "create");
    const roleId = roleOf(call.body);
    const entity = entityOf(call.harbor, call.body);
    const twin = ofProject(call.harbor, project).some(
      (member) => member.entity.type === entity.type && member.entity.id === entity.id,
    );
    if (twin) throw conflict("the member already exists in the project");
    const member: Member = { id: call.harbor.store.nextId("member"), projectId: project.id, entity, roleId };
    call.harbor.state.members.push(member);
    return created(call, member.id);
  }),
  route("GET", "/projects/:project/members", (call) => {
    const project = projectOf(call, "member", "list");
    const name = call.query.get("entityname") ?? "";
    const rows = ofProject(call.harbor, project).map((member) => memberView(call.harbor, member));
    return paged(
      call,
      rows.filter((row) => String(row["entity_name"]).includes(name)),
    );
  }),
  route("GET", "/projects/:project/members/:id", (call) =>
    ok(memberView(call.harbor, find(call, projectOf(call, "member", "read")))),
  ),
  route("PUT", "/projects/:project/members/:id", (call) => {
    const member = find(call, projectOf(call, "member", "update"));
    member.roleId = roleOf(call.body);
    return ok();
  }),
  route("DELETE", "/projects/:project/members/:id", (call) => {
    const { id } = find(call, projectOf(call, "member", "delete"));
    call.harbor.state.members = call.harbor.state.members.filter((each) => each.id !== id);
    return ok();
  }),
];

const ofProject = (harbor: Harbor, project: Project): Member[] =>
  harbor.state.members.filter(({ projectId }) => projectId === project.id);

function find(call: Call, project: Project): Member {
  const id = idParam(call, "id");
  const member = ofProject(call.harbor, project).find((each) => each.id === id);
  if (member === undefined) throw notFound(`the project member ${String(id)} not found`);
  return member;
}

function roleOf(body: Fields): number {
  const roleId = body.integer("role_id") ?? 0;
  if (roleNames[roleId] === undefined) throw badRequest(`invalid role id ${String(roleId)}`);
  return roleId;
}

/** A person must be there; a group of the identity provider is made known when it is not. */
function entityOf(harbor: Harbor, body: Fields): Member["entity"] {
  const person = body.object("member_user");
  const group = body.object("member_group");
  const userId = person?.integer("user_id") ?? 0;
  const username = person?.text("username") ?? "";
  if (person !== undefined && (userId > 0 || username !== "")) {
    const user = harbor.state.users.find((each) => (userId > 0 ? each.id === userId : each.username === username));
    if (user === undefined) throw notFound(`user ${userId > 0 ? String(userId) : username} not found`);
    return { type: "u", id: user.id };
  }
  if (group === undefined) throw badRequest("no member_user or member_group is given");
  const groupId = group.integer("id") ?? 0;
  if (groupId > 0) {
    const known = harbor.state.groups.find(({ id }) => id === groupId);
    if (known === undefined) throw notFound(`user group ${String(groupId)} not found`);
    return { type: "g", id: known.id };
  }
  return { type: "g", id: groupByName(harbor, group).id };
}

function memberView(harbor: Harbor, member: Member): Record<string, unknown> {
  const { state } = harbor;
  const { type, id } = member.entity;
  const name =
    type === "u"
      ? state.users.find((user) => user.id === id)?.username
      : state.groups.find((group) => group.id === id)?.name;
  return {
    id: member.id,
    project_id: member.projectId,
    entity_name: name ?? "",
    entity_id: id,
    entity_type: type,
    role_id: member.roleId,
    role_name: roleNames[member.roleId],
  };
}
