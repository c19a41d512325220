import { callerIfAny, caller, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { canSeeGroup, canSeeProject } from "../access/rights";
import { created, noContent, ok, page } from "../http/reply";
import { badRequest, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Project, State } from "../model";
import { groupById, projectById } from "../namespaces";
import { groupBody } from "./group-body";
import { projectBody } from "./project-body";

type Scope = State["jobTokenScopes"][number];

const read = (call: Call, project: Project): Scope =>
  call.state.jobTokenScopes.find((each) => each.projectId === project.id) ?? {
    projectId: project.id,
    enabled: true,
    projects: [],
    groups: [],
  };

/** The scope that is kept, made if there was none. */
function scopeOf(call: Call): Scope {
  const project = projectOf(call, level.maintainer);
  const scope = read(call, project);
  if (!call.state.jobTokenScopes.includes(scope)) call.state.jobTokenScopes.push(scope);
  return scope;
}

function addProject(call: Call): Record<string, unknown> {
  const scope = scopeOf(call);
  const id = call.params.requiredInteger("target_project_id");
  const target = projectById(call.state, id);
  if (target === undefined || !canSeeProject(call.state, caller(call), target)) {
    throw invalid(
      "The target_project that you are attempting to access does not exist or you don't have permission to perform this action",
    );
  }
  if (id === scope.projectId || scope.projects.includes(id)) {
    throw invalid("Target project is already in the job token scope");
  }
  scope.projects.push(id);
  return { source_project_id: scope.projectId, target_project_id: id };
}

function addGroup(call: Call): Record<string, unknown> {
  const scope = scopeOf(call);
  const id = call.params.requiredInteger("target_group_id");
  const target = groupById(call.state, id);
  if (target === undefined || !canSeeGroup(call.state, caller(call), target)) {
    throw invalid(
      "The target_group that you are attempting to access does not exist or you don't have permission to perform this action",
    );
  }
  if (scope.groups.includes(id)) throw invalid("This group is already in the job token allowlist.");
  scope.groups.push(id);
  return { source_project_id: scope.projectId, target_group_id: id };
}

function remove(list: number[], id: number, what: string): void {
  const at = list.indexOf(id);
  if (at < 0) throw notFound(what);
  list.splice(at, 1);
}

const pattern = "projects/:id/job_token_scope";

/** Whose CI jobs may use their job token on a project. */
export const jobTokenScope: readonly Route[] = [
  {
    method: "GET",
    pattern,
    handle: (call) =>
      ok({ inbound_enabled: read(call, projectOf(call, level.maintainer)).enabled, outbound_enabled: false }),
  },
  {
    method: "PATCH",
    pattern,
    handle: (call) => {
      const scope = scopeOf(call);
      const enabled = call.params.flag("enabled");
      if (enabled === undefined) throw badRequest("enabled is missing");
      scope.enabled = enabled;
      return noContent();
    },
  },
  {
    method: "GET",
    pattern: `${pattern}/allowlist`,
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      const allowed = [project.id, ...read(call, project).projects].flatMap((id) => {
        const each = projectById(call.state, id);
        return each === undefined ? [] : [projectBody(call.gitlab, each, callerIfAny(call))];
      });
      return page(call.params, allowed, call.address);
    },
  },
  { method: "POST", pattern: `${pattern}/allowlist`, handle: (call) => created(addProject(call)) },
  {
    method: "DELETE",
    pattern: `${pattern}/allowlist/:target`,
    handle: (call) => {
      const scope = scopeOf(call);
      if (Number(call.path["target"]) === scope.projectId)
        throw badRequest("Project cannot be removed from its own scope");
      remove(scope.projects, Number(call.path["target"]), "Target project");
      return noContent();
    },
  },
  {
    method: "GET",
    pattern: `${pattern}/groups_allowlist`,
    handle: (call) => {
      const allowed = read(call, projectOf(call, level.maintainer)).groups.flatMap((id) => {
        const each = groupById(call.state, id);
        return each === undefined ? [] : [groupBody(call.gitlab, each, callerIfAny(call))];
      });
      return page(call.params, allowed, call.address);
    },
  },
  { method: "POST", pattern: `${pattern}/groups_allowlist`, handle: (call) => created(addGroup(call)) },
  {
    method: "DELETE",
    pattern: `${pattern}/groups_allowlist/:target`,
    handle: (call) => {
      remove(scopeOf(call).groups, Number(call.path["target"]), "Target group");
      return noContent();
    },
  },
];
