import { caller, groupOf, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { today } from "../clock";
import { accepted, created } from "../http/reply";
import { invalid } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Group, Project, State } from "../model";
import { descendants, groupPath, isTaken, projectPath, projectsBelow } from "../namespaces";
import { groupBody } from "./group-body";
import { projectBody } from "./project-body";

const suffix = (id: number): string => `-deletion_scheduled-${String(id)}`;

/**
 * GitLab 18 removes nothing at once: the first DELETE marks and renames, so that the path is free again; a second one with
 * `permanently_remove` and the full path removes. Which full path it wants has changed among its versions, so both the
 * one before and the one after the renaming do.
 */
function removeProject(call: Call): void {
  const project = projectOf(call, level.owner);
  if (call.params.flag("permanently_remove") === true) {
    if (project.markedForDeletionOn === null) throw invalid("Project must be marked for deletion first.");
    const path = call.params.text("full_path");
    if (path !== projectPath(call.state, project) && path !== project.formerPath) {
      throw invalid("`full_path` is incorrect. You must enter the complete path for the project.");
    }
    dropProject(call, project);
    return;
  }
  if (project.markedForDeletionOn !== null) throw invalid("Project has been already marked for deletion");
  mark(call.state, project, projectPath(call.state, project));
}

function removeGroup(call: Call): void {
  const group = groupOf(call, level.owner);
  if (call.params.flag("permanently_remove") === true) {
    if (group.parentId === null) throw invalid("`permanently_remove` option is only available for subgroups.");
    if (group.markedForDeletionOn === null) throw invalid("Group must be marked for deletion first.");
    const path = call.params.text("full_path");
    if (path !== groupPath(call.state, group) && path !== group.formerPath) {
      throw invalid("`full_path` is incorrect. You must enter the complete path for the subgroup.");
    }
    dropGroup(call, group);
    return;
  }
  if (group.markedForDeletionOn !== null) throw invalid("Group has been already marked for deletion");
  mark(call.state, group, groupPath(call.state, group));
}

function mark(_state: State, target: Project | Group, path: string): void {
  target.formerPath = path;
  target.markedForDeletionOn = today();
  target.path += suffix(target.id);
  target.name += suffix(target.id);
}

function restore(call: Call, target: Project | Group, parentId: number | null): void {
  if (target.markedForDeletionOn === null) throw invalid("Project has not been marked for deletion");
  const path = target.path.replace(suffix(target.id), "");
  // Somebody else may have taken the path meanwhile; GitLab then keeps a name of its own making.
  if (!isTaken(call.state, parentId, path)) {
    target.path = path;
    target.name = target.name.replace(suffix(target.id), "");
  }
  target.markedForDeletionOn = null;
  target.formerPath = null;
}

function dropSource(state: State, source: "project" | "group", id: number): void {
  const other = (each: { source: string; sourceId: number }): boolean => each.source !== source || each.sourceId !== id;
  const bots = new Set(state.tokens.filter((token) => !other(token)).map((token) => token.userId));
  state.members = state.members.filter((member) => other(member) && !bots.has(member.userId));
  state.shares = state.shares.filter((share) => other(share) && (source === "project" || share.groupId !== id));
  state.tokens = state.tokens.filter(other);
  state.users = state.users.filter((user) => !bots.has(user.id));
  state.deployTokens = state.deployTokens.filter(other);
  state.variables = state.variables.filter(other);
  state.hooks = state.hooks.filter(other);
}

function dropProject(call: Call, project: Project): void {
  const { state } = call;
  const { id } = project;
  const elsewhere = (each: { projectId: number }): boolean => each.projectId !== id;
  dropSource(state, "project", id);
  state.projects = state.projects.filter((each) => each !== project);
  for (const each of state.projects) if (each.forkedFrom === id) each.forkedFrom = null;
  state.protectedBranches = state.protectedBranches.filter(elsewhere);
  state.protectedTags = state.protectedTags.filter(elsewhere);
  state.mergeRequests = state.mergeRequests.filter(elsewhere);
  state.approvalRules = state.approvalRules.filter(elsewhere);
  state.jobs = state.jobs.filter(elsewhere);
  state.items = state.items.filter(elsewhere);
  state.jobTokenScopes = state.jobTokenScopes
    .filter(elsewhere)
    .map((scope) => ({ ...scope, projects: scope.projects.filter((each) => each !== id) }));
  for (const key of state.deployKeys) {
    key.projects.splice(0, key.projects.length, ...key.projects.filter(elsewhere));
  }
  state.deployKeys = state.deployKeys.filter((key) => key.projects.length > 0);
  call.gitlab.repositories.remove(project);
}

function dropGroup(call: Call, group: Group): void {
  const { state } = call;
  for (const project of projectsBelow(state, group.id)) dropProject(call, project);
  const gone = [group, ...descendants(state, group.id)];
  for (const each of gone) dropSource(state, "group", each.id);
  state.groups = state.groups.filter((each) => !gone.includes(each));
}

/** Removal of projects and groups, in GitLab 18's two steps, and the way back. */
export const removal: readonly Route[] = [
  {
    method: "DELETE",
    pattern: "projects/:id",
    handle: (call) => {
      removeProject(call);
      return accepted();
    },
  },
  {
    method: "DELETE",
    pattern: "groups/:id",
    handle: (call) => {
      removeGroup(call);
      return accepted();
    },
  },
  {
    method: "POST",
    pattern: "projects/:id/restore",
    handle: (call) => {
      const project = projectOf(call, level.owner);
      restore(call, project, project.namespaceId);
      return created(projectBody(call.gitlab, project, caller(call)));
    },
  },
  {
    method: "POST",
    pattern: "groups/:id/restore",
    handle: (call) => {
      const group = groupOf(call, level.owner);
      restore(call, group, group.parentId);
      return created(groupBody(call.gitlab, group, caller(call)));
    },
  },
];
