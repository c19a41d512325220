import type { Call } from "../instance";
import { forbidden, notFound, unauthorized } from "../http/refusal";
import type { Group, Project, User } from "../model";
import { deletionMark, findGroup, findProject } from "../namespaces";
import { level } from "./levels";
import { canReadCode, canSeeGroup, canSeeProject, groupLevel, projectLevel } from "./rights";

/** The user who calls; 401 without one. */
export function caller(call: Call): User {
  const user = callerIfAny(call);
  if (user === undefined) throw unauthorized();
  return user;
}

/** The user who calls, if any. A deploy token is nobody here. */
export function callerIfAny(call: Call): User | undefined {
  return call.principal === undefined || call.principal.kind === "deploy-token" ? undefined : call.principal.user;
}

/** An administrator. */
export function admin(call: Call): User {
  const user = caller(call);
  if (!user.admin) throw forbidden();
  return user;
}

/** The group of the path: 404 where the caller may not see it, 403 where the level is too low. */
export function groupOf(call: Call, needed: number = level.none, reference = call.path["id"] ?? ""): Group {
  const group = findGroup(call.state, reference);
  const user = callerIfAny(call);
  if (group === undefined || !canSeeGroup(call.state, user, group)) throw notFound("Group");
  if (groupLevel(call.state, user, group) < needed) throw user === undefined ? unauthorized() : forbidden();
  return group;
}

/** The project of the path, likewise. */
export function projectOf(call: Call, needed: number = level.none, reference = call.path["id"] ?? ""): Project {
  const project = findProject(call.state, reference);
  const user = callerIfAny(call);
  if (project === undefined || !canSeeProject(call.state, user, project)) throw notFound("Project");
  if (projectLevel(call.state, user, project) < needed) throw user === undefined ? unauthorized() : forbidden();
  return project;
}

/** The project of the path, whose code the caller may read. */
export function readableProject(call: Call): Project {
  const project = projectOf(call);
  if (!canReadCode(call.state, callerIfAny(call), project)) throw forbidden();
  return project;
}

/** The project of the path, which the caller may push to: 403 when it is archived or on its way out. */
export function writableProject(call: Call): Project {
  const project = projectOf(call, level.developer);
  if (project.archived || deletionMark(call.state, project) !== null) throw forbidden();
  return project;
}
