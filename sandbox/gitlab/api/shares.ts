import { caller, callerIfAny, groupOf, projectOf } from "../access/guards";
import { level, memberLevels } from "../access/levels";
import { canSeeGroup, groupLevel, projectLevel } from "../access/rights";
import { today } from "../clock";
import { created, noContent } from "../http/reply";
import { badParameter, conflict, forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Group, Project, SourceKind } from "../model";
import { groupById, lineage } from "../namespaces";
import { groupBody } from "./group-body";

function target(call: Call, kind: SourceKind): Group | Project {
  return kind === "group" ? groupOf(call, level.owner) : projectOf(call, level.maintainer);
}

function share(call: Call, kind: SourceKind): Record<string, unknown> {
  const to = target(call, kind);
  const { params, state } = call;
  const groupId = params.requiredInteger("group_id");
  const accessLevel = params.requiredInteger("group_access");
  if (!memberLevels.includes(accessLevel)) throw badParameter("group_access does not have a valid value");
  const expiresAt = params.day("expires_at") ?? null;
  if (expiresAt !== null && expiresAt <= today()) throw invalid({ expires_at: ["cannot be a date in the past"] });
  const user = caller(call);
  const group = groupById(state, groupId);
  if (group === undefined || !canSeeGroup(state, user, group)) throw notFound("Group");
  const has = "namespaceId" in to ? projectLevel(state, user, to) : groupLevel(state, user, to);
  if (accessLevel > has) throw forbidden();
  const parents = lineage(state, "namespaceId" in to ? to.namespaceId : to.parentId);
  if (parents.some((each) => each.settings["share_with_group_lock"] === true)) {
    throw invalid("The project sharing with group is disabled");
  }
  if (kind === "group" && to.id === groupId) throw conflict("Shared group cannot be the same as the group");
  if (state.shares.some((each) => each.source === kind && each.sourceId === to.id && each.groupId === groupId)) {
    throw conflict(
      kind === "group"
        ? "Shared group The group has already been shared with this group"
        : "Group already shared with this group",
    );
  }
  state.shares.push({ source: kind, sourceId: to.id, groupId, accessLevel, expiresAt });
  if (kind === "group" && !("namespaceId" in to)) return groupBody(call.gitlab, to, callerIfAny(call));
  return {
    id: call.gitlab.store.next("share"),
    project_id: to.id,
    group_id: groupId,
    group_access: accessLevel,
    expires_at: expiresAt,
  };
}

function unshare(call: Call, kind: SourceKind): void {
  const from = target(call, kind);
  const groupId = Number(call.path["group_id"]);
  const before = call.state.shares.length;
  call.state.shares = call.state.shares.filter(
    (each) => !(each.source === kind && each.sourceId === from.id && each.groupId === groupId),
  );
  if (call.state.shares.length === before) throw notFound(kind === "group" ? undefined : "Group Link");
}

const routesOf = (kind: SourceKind): readonly Route[] => [
  { method: "POST", pattern: `${kind}s/:id/share`, handle: (call) => created(share(call, kind)) },
  {
    method: "DELETE",
    pattern: `${kind}s/:id/share/:group_id`,
    handle: (call) => {
      unshare(call, kind);
      return noContent();
    },
  },
];

/** Groups invited to projects and to groups. */
export const shares: readonly Route[] = [...routesOf("group"), ...routesOf("project")];
