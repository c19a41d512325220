import { caller, callerIfAny, projectOf, readableProject } from "../access/guards";
import { level } from "../access/levels";
import { canSeeProject, groupLevel, projectLevel } from "../access/rights";
import { protectDefaultBranch } from "../git/protection";
import { created, noContent, page, type Reply } from "../http/reply";
import { conflict, forbidden, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Project } from "../model";
import { findGroup, findProject, groupById, isTaken } from "../namespaces";
import { isWider, readVisibility } from "./groups";
import { projectBody } from "./project-body";
import { checkMayCreateIn, makeProject } from "./projects";

async function fork(call: Call): Promise<Project> {
  const source = readableProject(call);
  const { params, state, gitlab } = call;
  const user = caller(call);
  if (source.settings["forking_access_level"] === "disabled") throw forbidden();
  if (source.settings["forking_access_level"] === "private" && projectLevel(state, user, source) < level.guest) {
    throw forbidden();
  }
  const byPath = params.text("namespace_path") ?? params.text("namespace");
  const namespaceId =
    params.integer("namespace_id") ??
    (byPath === undefined ? user.namespaceId : (findGroup(state, byPath)?.id ?? null));
  if (namespaceId === null) throw notFound("Target Namespace");
  const group = groupById(state, namespaceId);
  if (group !== undefined && groupLevel(state, user, group) === level.none) throw notFound("Target Namespace");
  const target = checkMayCreateIn(call, user, namespaceId);
  const name = params.text("name") ?? source.name;
  const path = params.text("path") ?? source.path;
  const complaints: string[] = [];
  if (isTaken(state, namespaceId, path))
    complaints.push("Project namespace path has already been taken", "Path has already been taken");
  if (
    state.projects.some((each) => each.namespaceId === namespaceId && each.name.toLowerCase() === name.toLowerCase())
  ) {
    complaints.push("Name has already been taken");
  }
  if (complaints.length > 0) throw conflict(complaints);
  // A fork shows itself to no more people than its source and its group do.
  const wanted = readVisibility(call) ?? source.visibility;
  const limits = [source.visibility, ...(target === undefined ? [] : [target.visibility])];
  const visibility = limits.reduce((narrow, limit) => (isWider(narrow, limit) ? limit : narrow), wanted);
  const branches = params.texts("branches") ?? [];
  const project = makeProject(call, user, {
    name,
    path,
    namespaceId,
    visibility,
    description: params.text("description") ?? source.description,
    defaultBranch: source.defaultBranch,
    forkedFrom: source.id,
    importStatus: "finished",
    settings: { mr_default_target_self: params.flag("mr_default_target_self") ?? false },
  });
  await gitlab.repositories.fork(source, project, branches);
  if (!(await gitlab.repositories.isEmpty(project))) protectDefaultBranch(gitlab, project);
  return project;
}

function relate(call: Call): Project {
  const project = projectOf(call, level.owner);
  const source = findProject(call.state, call.path["source"] ?? "");
  if (source === undefined || !canSeeProject(call.state, caller(call), source)) throw notFound("Source Project");
  if (project.forkedFrom !== null) throw conflict("Project already forked");
  // A project that stems from this one cannot be where it comes from.
  for (let at: number | null = source.id; at !== null; at = findProject(call.state, String(at))?.forkedFrom ?? null) {
    if (at === project.id) throw forbidden();
  }
  project.forkedFrom = source.id;
  return project;
}

function listForks(call: Call): Reply {
  const source = projectOf(call);
  const user = callerIfAny(call);
  const forks = call.state.projects.filter(
    (each) => each.forkedFrom === source.id && canSeeProject(call.state, user, each),
  );
  return page(
    call.params,
    forks.map((each) => projectBody(call.gitlab, each, user)),
    call.address,
  );
}

/** Forks and fork relations. */
export const forks: readonly Route[] = [
  {
    method: "POST",
    pattern: "projects/:id/fork",
    handle: async (call) => created(projectBody(call.gitlab, await fork(call), caller(call))),
  },
  { method: "GET", pattern: "projects/:id/forks", anonymous: true, handle: listForks },
  {
    method: "POST",
    pattern: "projects/:id/fork/:source",
    handle: (call) => created(projectBody(call.gitlab, relate(call), caller(call))),
  },
  {
    method: "DELETE",
    pattern: "projects/:id/fork",
    handle: (call) => {
      const project = projectOf(call, level.owner);
      if (project.forkedFrom === null) return { status: 304 };
      project.forkedFrom = null;
      return noContent();
    },
  },
];
