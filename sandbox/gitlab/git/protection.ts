import { level } from "../access/levels";
import { memberLevel, projectLevel, projectMemberLevel } from "../access/rights";
import type { Instance } from "../instance";
import type { Project, ProtectedBranch, ProtectedTag, RefAccess, State, User } from "../model";
import { groupById, lineage } from "../namespaces";

/** Whether a name matches a protected name: `*` takes anything, a slash too. */
export function matchesName(pattern: string, name: string): boolean {
  if (!pattern.includes("*")) return pattern === name;
  const source = pattern
    .split("*")
    .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return new RegExp(`^${source}$`).test(name);
}

/** The protections that hold for a branch. */
export const protectionsOf = (state: State, project: Project, branch: string): ProtectedBranch[] =>
  state.protectedBranches.filter((each) => each.projectId === project.id && matchesName(each.name, branch));

/** The protections that hold for a tag. */
export const tagProtectionsOf = (state: State, project: Project, tag: string): ProtectedTag[] =>
  state.protectedTags.filter((each) => each.projectId === project.id && matchesName(each.name, tag));

/** Whether one of the entries lets this user through. Administrators are not above "No one". */
export function isAllowed(state: State, project: Project, user: User, entries: readonly RefAccess[]): boolean {
  return entries.some((entry) => {
    if (entry.userId !== null) return entry.userId === user.id && projectLevel(state, user, project) >= level.developer;
    if (entry.groupId !== null) {
      const group = groupById(state, entry.groupId);
      return group !== undefined && memberLevel(state, user.id, group) >= level.developer;
    }
    if (entry.accessLevel === null || entry.accessLevel === level.none) return false;
    const has = user.admin ? level.admin : projectMemberLevel(state, user.id, project);
    return has >= entry.accessLevel;
  });
}

/** Whether a user may push to a branch. */
export function canPush(state: State, project: Project, user: User, branch: string): boolean {
  if (projectLevel(state, user, project) < level.developer) return false;
  const protections = protectionsOf(state, project, branch);
  return protections.length === 0 || protections.some((each) => isAllowed(state, project, user, each.push));
}

/** Whether a user may merge into a branch: who may push may merge as well. */
export function canMerge(state: State, project: Project, user: User, branch: string): boolean {
  if (projectLevel(state, user, project) < level.developer) return false;
  const protections = protectionsOf(state, project, branch);
  return (
    protections.length === 0 ||
    protections.some((each) => isAllowed(state, project, user, [...each.merge, ...each.push]))
  );
}

/** How the default branch of a new repository is protected: by its group's setting, else fully. */
export interface InitialProtection {
  readonly none: boolean;
  readonly push: readonly number[];
  readonly merge: readonly number[];
  readonly allowForcePush: boolean;
  readonly developerCanInitialPush: boolean;
}

/** What the nearest group says; a subgroup starts with its parent's setting when it is made, so one look is enough. */
export function initialProtection(state: State, project: Project): InitialProtection {
  const settings = lineage(state, project.namespaceId)[0]?.settings["default_branch_protection_defaults"];
  const values = isObject(settings) ? settings : {};
  const levels = (name: string): number[] => {
    const list: unknown[] = Array.isArray(values[name]) ? (values[name] as unknown[]) : [];
    return list.flatMap((each) =>
      isObject(each) && typeof each["access_level"] === "number" ? [each["access_level"]] : [],
    );
  };
  const push = levels("allowed_to_push");
  const merge = levels("allowed_to_merge");
  const allowForcePush = values["allow_force_push"] === true;
  return {
    // "Not protected" is how GitLab writes it down: developers may do all of it.
    none: allowForcePush && push.includes(level.developer) && merge.includes(level.developer),
    push: push.length > 0 ? push : [level.maintainer],
    merge: merge.length > 0 ? merge : [level.maintainer],
    allowForcePush,
    developerCanInitialPush: values["developer_can_initial_push"] === true || push.includes(level.developer),
  };
}

/** Whether a user may make the first commit of an empty repository: below a maintainer only where the group says so. */
export function mayStart(state: State, project: Project, user: User): boolean {
  const rules = initialProtection(state, project);
  return projectLevel(state, user, project) >= level.maintainer || rules.none || rules.developerCanInitialPush;
}

/** Protects the default branch of a repository that just got it, as GitLab does. */
export function protectDefaultBranch(gitlab: Instance, project: Project): void {
  const rules = initialProtection(gitlab.state, project);
  const exists = gitlab.state.protectedBranches.some(
    (each) => each.projectId === project.id && each.name === project.defaultBranch,
  );
  if (rules.none || exists) return;
  gitlab.state.protectedBranches.push({
    id: gitlab.store.next("protected_branch"),
    projectId: project.id,
    name: project.defaultBranch,
    allowForcePush: rules.allowForcePush,
    codeOwnerApprovalRequired: false,
    push: rules.push.map((each) => byLevel(gitlab, each)),
    merge: rules.merge.map((each) => byLevel(gitlab, each)),
    unprotect: [],
  });
}

/** An entry that lets a level through. */
export const byLevel = (gitlab: Instance, accessLevel: number): RefAccess => ({
  id: gitlab.store.next("ref_access"),
  accessLevel,
  userId: null,
  groupId: null,
  deployKeyId: null,
});

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
