import type { Group, Project, Share, SourceKind, State, User } from "../model";
import { groupById, lineage } from "../namespaces";
import { today } from "../clock";
import { level } from "./levels";

const holds = (expiresAt: string | null): boolean => expiresAt === null || expiresAt > today();

const highest = (levels: readonly number[]): number => Math.max(level.none, ...levels);

/** The direct membership of a user, 0 for none or an ended one. */
export function directLevel(state: State, source: SourceKind, sourceId: number, userId: number): number {
  const member = state.members.find(
    (each) => each.source === source && each.sourceId === sourceId && each.userId === userId,
  );
  return member !== undefined && holds(member.expiresAt) ? member.accessLevel : level.none;
}

const sharesOf = (state: State, source: SourceKind, sourceId: number): Share[] =>
  state.shares.filter((share) => share.source === source && share.sourceId === sourceId && holds(share.expiresAt));

/** A user's membership of a group: direct, inherited from above, or of a group invited to one of these. */
export function memberLevel(state: State, userId: number, group: Group): number {
  return highest(
    lineage(state, group.id).flatMap((each) => [
      directLevel(state, "group", each.id, userId),
      // A group invited to a group brings its direct members only.
      ...sharesOf(state, "group", each.id).map((share) =>
        Math.min(share.accessLevel, directLevel(state, "group", share.groupId, userId)),
      ),
    ]),
  );
}

/** What a user may do in a group; an administrator may do everything. */
export function groupLevel(state: State, user: User | undefined, group: Group): number {
  if (user === undefined || user.state !== "active") return level.none;
  return user.admin ? level.admin : memberLevel(state, user.id, group);
}

/** A user's membership of a project. */
export function projectMemberLevel(state: State, userId: number, project: Project): number {
  const group = groupById(state, project.namespaceId);
  const owns = state.users.some((user) => user.id === userId && user.namespaceId === project.namespaceId);
  return highest([
    owns ? level.owner : level.none,
    directLevel(state, "project", project.id, userId),
    group === undefined ? level.none : memberLevel(state, userId, group),
    // A group invited to a project brings its inherited members too.
    ...sharesOf(state, "project", project.id).map((share) => {
      const invited = groupById(state, share.groupId);
      return invited === undefined ? level.none : Math.min(share.accessLevel, memberLevel(state, userId, invited));
    }),
  ]);
}

/** What a user may do in a project. */
export function projectLevel(state: State, user: User | undefined, project: Project): number {
  if (user === undefined || user.state !== "active") return level.none;
  return user.admin ? level.admin : projectMemberLevel(state, user.id, project);
}

/** Whether a group shows itself to a user: its visibility, or a membership in it or anywhere below. */
export function canSeeGroup(state: State, user: User | undefined, group: Group): boolean {
  if (group.visibility === "public") return true;
  if (user === undefined) return false;
  if (group.visibility === "internal" || groupLevel(state, user, group) > level.none) return true;
  return (
    state.groups.some((each) => each.parentId === group.id && canSeeGroup(state, user, each)) ||
    state.projects.some(
      (each) => each.namespaceId === group.id && each.visibility === "private" && canSeeProject(state, user, each),
    )
  );
}

/** Whether a project shows itself to a user. */
export function canSeeProject(state: State, user: User | undefined, project: Project): boolean {
  if (project.visibility === "public") return true;
  if (user === undefined || user.state !== "active") return false;
  return project.visibility === "internal" || projectLevel(state, user, project) >= level.guest;
}

/** Whether a user may read a project's code: guests of a private project may not. */
export function canReadCode(state: State, user: User | undefined, project: Project): boolean {
  if (!canSeeProject(state, user, project)) return false;
  return project.visibility !== "private" || projectLevel(state, user, project) >= level.reporter;
}
