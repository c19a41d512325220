import { level } from "../access/levels";
import { projectLevel } from "../access/rights";
import type { Instance } from "../instance";
import type { Project, User } from "../model";
import { canMerge, canPush, isAllowed, mayStart, protectionsOf, tagProtectionsOf } from "./protection";
import { noObject, type Repositories } from "./repositories";
import type { RefChange } from "./changes";

/** What a push may do. */
export interface Verdict {
  /** Why all of it is refused; git shows it to whoever pushes. */
  readonly refusal: string | undefined;
  /** The refs that may only move forward. */
  readonly fastForward: readonly string[];
}

/** Judges the commands of a push by member level and protected refs. One that is not allowed refuses all of them. */
export async function judgePush(
  gitlab: Instance,
  project: Project,
  user: User,
  commands: readonly RefChange[],
): Promise<Verdict> {
  const empty = await gitlab.repositories.isEmpty(project);
  const fastForward: string[] = [];
  for (const command of commands) {
    const refusal = command.ref.startsWith("refs/heads/")
      ? judgeBranch(gitlab, project, user, command, empty, fastForward)
      : command.ref.startsWith("refs/tags/")
        ? await judgeTag(gitlab, project, user, command)
        : "You are not allowed to push code to this project.";
    if (refusal !== undefined) return { refusal, fastForward: [] };
  }
  return { refusal: undefined, fastForward };
}

function judgeBranch(
  gitlab: Instance,
  project: Project,
  user: User,
  command: RefChange,
  empty: boolean,
  fastForward: string[],
): string | undefined {
  const { state } = gitlab;
  const branch = command.ref.slice("refs/heads/".length);
  const removed = command.after === noObject;
  if (removed && branch === project.defaultBranch) return "The default branch of a project cannot be deleted.";
  if (!removed && /^[0-9a-f]{40}(-\/|\/|$)/.test(branch)) {
    return "You cannot create a branch with a 40-character hexadecimal branch name.";
  }
  const protections = protectionsOf(state, project, branch);
  if (empty && protections.length === 0 && !mayStart(state, project, user)) {
    return "A default branch (e.g. main) does not yet exist for the project. Ask a project Owner or Maintainer to create a default branch.";
  }
  if (protections.length === 0) return undefined;
  if (removed) {
    return projectLevel(state, user, project) < level.maintainer
      ? "You are not allowed to delete protected branches from this project. Only a project maintainer or owner can delete a protected branch."
      : "You can only delete protected branches using the web interface.";
  }
  if (!canPush(state, project, user, branch)) {
    if (command.before !== noObject) return "You are not allowed to push code to protected branches on this project.";
    return canMerge(state, project, user, branch)
      ? "You can only create protected branches using the web interface and API."
      : "You are not allowed to create protected branches on this project.";
  }
  if (command.before !== noObject && !protections.some((each) => each.allowForcePush)) fastForward.push(command.ref);
  return undefined;
}

async function judgeTag(
  gitlab: Instance,
  project: Project,
  user: User,
  command: RefChange,
): Promise<string | undefined> {
  const { state, repositories } = gitlab;
  const tag = command.ref.slice("refs/tags/".length);
  const protections = tagProtectionsOf(state, project, tag);
  const exists = await tagExists(repositories, project, tag);
  if (protections.length === 0) {
    return exists && projectLevel(state, user, project) < level.maintainer && command.after !== noObject
      ? "You are not allowed to change existing tags on this project."
      : undefined;
  }
  if (command.after === noObject) return "You can only delete protected tags using the web interface.";
  if (exists) return "Protected tags cannot be updated.";
  return protections.some((each) => isAllowed(state, project, user, each.create))
    ? undefined
    : "You are not allowed to create this tag as it is protected.";
}

const tagExists = async (repositories: Repositories, project: Project, tag: string): Promise<boolean> =>
  (await repositories.refs(project, "tags")).has(tag);
