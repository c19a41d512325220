import type { Group, Project, State, User } from "./model";

/** The full path of a group. */
export function groupPath(state: State, group: Group): string {
  const parent = groupById(state, group.parentId);
  return parent === undefined ? group.path : `${groupPath(state, parent)}/${group.path}`;
}

/** The full name of a group, as pages show it. */
export function groupName(state: State, group: Group): string {
  const parent = groupById(state, group.parentId);
  return parent === undefined ? group.name : `${groupName(state, parent)} / ${group.name}`;
}

/** The full path of a namespace, a group's or a user's; "" when it is gone. */
export function namespacePath(state: State, id: number): string {
  const group = groupById(state, id);
  return group === undefined ? (ownerOf(state, id)?.username ?? "") : groupPath(state, group);
}

/** The full path of a project. */
export function projectPath(state: State, project: Project): string {
  return `${namespacePath(state, project.namespaceId)}/${project.path}`;
}

/** The user whose own namespace this is. */
export function ownerOf(state: State, namespaceId: number): User | undefined {
  return state.users.find((user) => user.namespaceId === namespaceId);
}

/** A group by its id. */
export function groupById(state: State, id: number | null): Group | undefined {
  return id === null ? undefined : state.groups.find((group) => group.id === id);
}

/** A project by its id. */
export function projectById(state: State, id: number | null): Project | undefined {
  return id === null ? undefined : state.projects.find((project) => project.id === id);
}

/** A user by id. */
export function userById(state: State, id: number | null): User | undefined {
  return id === null ? undefined : state.users.find((user) => user.id === id);
}

/** A group and what is above it, the nearest first; empty for a user's namespace. */
export function lineage(state: State, groupId: number | null): Group[] {
  const group = groupById(state, groupId);
  return group === undefined ? [] : [group, ...lineage(state, group.parentId)];
}

/** The groups below a group, at any depth. */
export function descendants(state: State, groupId: number): Group[] {
  return state.groups
    .filter((group) => group.parentId === groupId)
    .flatMap((group) => [group, ...descendants(state, group.id)]);
}

/** The projects in a group and in what is below it. */
export function projectsBelow(state: State, groupId: number): Project[] {
  const groups = new Set([groupId, ...descendants(state, groupId).map((group) => group.id)]);
  return state.projects.filter((project) => groups.has(project.namespaceId));
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** A group by id or full path, as the API takes it. */
export function findGroup(state: State, reference: string): Group | undefined {
  return /^\d+$/.test(reference)
    ? groupById(state, Number(reference))
    : state.groups.find((group) => same(groupPath(state, group), reference));
}

/** A project by id or full path, as the API takes it. */
export function findProject(state: State, reference: string): Project | undefined {
  return /^\d+$/.test(reference)
    ? projectById(state, Number(reference))
    : state.projects.find((project) => same(projectPath(state, project), reference));
}

/** Whether a path in a namespace (null: at the top) is taken by a group, a project or a user. */
export function isTaken(state: State, parentId: number | null, path: string): boolean {
  return (
    state.groups.some((group) => group.parentId === parentId && same(group.path, path)) ||
    (parentId === null
      ? state.users.some((user) => same(user.username, path))
      : state.projects.some((project) => project.namespaceId === parentId && same(project.path, path)))
  );
}

/** What marks a project or group for deletion: its own mark, or one above it. */
export function deletionMark(state: State, project: Project): string | null {
  return (
    project.markedForDeletionOn ??
    lineage(state, project.namespaceId).find((group) => group.markedForDeletionOn !== null)?.markedForDeletionOn ??
    null
  );
}
