import { caller, callerIfAny, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { canSeeProject, groupLevel, projectLevel } from "../access/rights";
import { mintRunnersToken } from "../access/tokens";
import { now } from "../clock";
import { afterChanges } from "../git/changes";
import { authorOf, moveRef, writeCommit } from "../git/write";
import { isRefName, noObject } from "../git/repositories";
import { created, ok, page } from "../http/reply";
import { badParameter, forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Group, Project, User, Visibility } from "../model";
import { findGroup, groupById, isTaken, lineage, namespacePath, projectById, projectPath } from "../namespaces";
import { isWider, pathComplaint, readVisibility } from "./groups";
import { projectBody } from "./project-body";
import { readProjectSettings } from "./project-settings";

/** Whether a user may make projects in a namespace: what GitLab answers if not. */
export function checkMayCreateIn(call: Call, user: User, namespaceId: number): Group | undefined {
  if (namespaceId === user.namespaceId) return undefined;
  const group = groupById(call.state, namespaceId);
  const refusal = invalid({ namespace: ["is not valid"] });
  if (group === undefined) throw refusal;
  const setting = group.settings["project_creation_level"];
  const needs =
    setting === "noone"
      ? Infinity
      : setting === "administrator"
        ? level.admin
        : setting === "owner"
          ? level.owner
          : setting === "maintainer"
            ? level.maintainer
            : level.developer;
  if (groupLevel(call.state, user, group) < needs) throw refusal;
  if (lineage(call.state, group.id).some((each) => each.markedForDeletionOn !== null)) throw refusal;
  return group;
}

/** Checks a project's name and path against its namespace; `except` is the project itself. */
export function checkNames(call: Call, namespaceId: number, name: string, path: string, except?: Project): void {
  const complaints: Record<string, string[]> = {};
  const wrongPath = pathComplaint(path);
  if (wrongPath !== undefined) complaints["path"] = [wrongPath];
  const taken = ["has already been taken"];
  const nameTaken = call.state.projects.some(
    (each) => each !== except && each.namespaceId === namespaceId && each.name.toLowerCase() === name.toLowerCase(),
  );
  const samePath = except?.namespaceId === namespaceId && except.path.toLowerCase() === path.toLowerCase();
  const pathTaken = !samePath && isTaken(call.state, namespaceId, path);
  if (nameTaken) Object.assign(complaints, { "project_namespace.name": taken, name: taken });
  if (pathTaken) Object.assign(complaints, { path: taken, "project_namespace.path": taken });
  if (name.trim() === "" || name.length > 255) complaints["name"] = ["can't be blank"];
  if (Object.keys(complaints).length > 0) throw invalid(complaints);
}

/** GitLab's own step from a name to a path. */
const pathFromName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, "-")
    .replaceAll(/^[-_.]+|[-_.]+$/g, "");

/** Makes the record of a project. */
export function makeProject(
  call: Call,
  user: User,
  values: Pick<Project, "name" | "path" | "namespaceId" | "visibility"> & Partial<Project>,
): Project {
  const group = groupById(call.state, values.namespaceId);
  const wanted = group?.settings["default_branch"];
  const project: Project = {
    id: call.gitlab.store.next("project"),
    creatorId: user.id,
    description: null,
    defaultBranch: typeof wanted === "string" && wanted !== "" ? wanted : "main",
    archived: false,
    topics: [],
    settings: {},
    runnersToken: mintRunnersToken(),
    forkedFrom: null,
    importStatus: "none",
    importUrl: null,
    markedForDeletionOn: null,
    formerPath: null,
    createdAt: now(),
    lastActivityAt: now(),
    ...values,
  };
  call.state.projects.push(project);
  return project;
}

/** The visibility a project gets, within what its group allows. */
export function checkVisibility(group: Group | undefined, visibility: Visibility): void {
  if (group !== undefined && isWider(visibility, group.visibility)) {
    throw invalid({ visibility_level: [`${visibility} is not allowed in a ${group.visibility} group.`] });
  }
}

async function create(call: Call): Promise<Project> {
  const user = caller(call);
  const { params, gitlab } = call;
  const named = params.text("name");
  const pathed = params.text("path");
  if (named === undefined && pathed === undefined) {
    throw badParameter("name, path are missing, at least one parameter must be provided");
  }
  const name = named ?? pathed ?? "";
  const path = pathed ?? pathFromName(name);
  const namespaceId = params.integer("namespace_id") ?? user.namespaceId;
  if (namespaceId === null) throw invalid({ namespace: ["can't be blank"] });
  const group = checkMayCreateIn(call, user, namespaceId);
  const visibility = readVisibility(call) ?? "private";
  const settings = readProjectSettings(params, gitlab.edition, {});
  const defaultBranch = params.text("default_branch");
  if (defaultBranch !== undefined && !isRefName(defaultBranch)) throw invalid({ default_branch: ["is invalid"] });
  if ((params.text("import_url") ?? "") !== "") {
    throw invalid({ import_url: ["is blocked: the sandbox's stand-in imports nothing"] });
  }
  checkVisibility(group, visibility);
  checkNames(call, namespaceId, name, path);
  const project = makeProject(call, user, {
    name,
    path,
    namespaceId,
    visibility,
    description: params.text("description") ?? null,
    topics: params.texts("topics") ?? params.texts("tag_list") ?? [],
    settings,
    ...(defaultBranch === undefined || defaultBranch === "" ? {} : { defaultBranch }),
  });
  gitlab.repositories.create(project);
  if (params.flag("initialize_with_readme") === true) {
    const content = Buffer.from(`# ${name}\n${project.description === null ? "" : `\n${project.description}\n`}`);
    const by = authorOf(user);
    const id = await writeCommit(gitlab.repositories, project, {
      parent: undefined,
      message: "Initial commit",
      author: by,
      committer: by,
      changes: [{ kind: "put", path: "README.md", content, executable: false }],
    });
    const ref = `refs/heads/${project.defaultBranch}`;
    await moveRef(gitlab.repositories, project, ref, undefined, id);
    await afterChanges(gitlab, project, user, [{ ref, before: noObject, after: id }], true);
  }
  return project;
}

async function update(call: Call): Promise<Project> {
  const project = projectOf(call, level.maintainer);
  const { params, gitlab, state } = call;
  if (project.markedForDeletionOn !== null) throw forbidden();
  const user = caller(call);
  const name = params.text("name") ?? project.name;
  const path = params.text("path") ?? project.path;
  const visibility = readVisibility(call) ?? project.visibility;
  const settings = readProjectSettings(params, gitlab.edition, project.settings);
  const owns = projectLevel(state, user, project) >= level.owner;
  if ((path !== project.path || visibility !== project.visibility) && !owns) throw forbidden();
  checkNames(call, project.namespaceId, name, path, project);
  checkVisibility(groupById(state, project.namespaceId), visibility);
  const defaultBranch = params.text("default_branch");
  if (defaultBranch !== undefined && defaultBranch !== project.defaultBranch) {
    const there = await gitlab.repositories.branch(project, defaultBranch);
    if (there === undefined && !(await gitlab.repositories.isEmpty(project))) {
      throw invalid({ base: ["Could not set the default branch"] });
    }
    if (!isRefName(defaultBranch)) throw invalid({ base: ["Could not set the default branch"] });
    project.defaultBranch = defaultBranch;
    gitlab.repositories.setHead(project);
  }
  Object.assign(project, { name, path, visibility, lastActivityAt: now() });
  if (params.has("description")) project.description = params.text("description") ?? null;
  project.topics = params.texts("topics") ?? params.texts("tag_list") ?? project.topics;
  project.settings = { ...project.settings, ...settings };
  return project;
}

function transfer(call: Call): Project {
  const project = projectOf(call, level.owner);
  const reference = call.params.filledText("namespace");
  const user = caller(call);
  const group = findGroup(call.state, reference);
  const own = user.namespaceId !== null && [String(user.namespaceId), user.username].includes(reference);
  const to = group?.id ?? (own ? user.namespaceId : null);
  if (to === null) throw notFound("Namespace");
  if (to === project.namespaceId) throw invalid("Project is already in this namespace.");
  if (group !== undefined && groupLevel(call.state, user, group) < level.maintainer) {
    throw invalid("You don't have permission to transfer projects into that namespace.");
  }
  if (isTaken(call.state, to, project.path)) {
    throw invalid("Project with same name or path in target namespace already exists");
  }
  if (group !== undefined && isWider(project.visibility, group.visibility)) project.visibility = group.visibility;
  project.namespaceId = to;
  return project;
}

function archive(call: Call, archived: boolean): Project {
  const project = projectOf(call, level.owner);
  project.archived = archived;
  return project;
}

function list(call: Call): ReturnType<typeof page> {
  const { params, state } = call;
  const user = callerIfAny(call);
  const search = params.text("search")?.toLowerCase();
  const topics = params.texts("topic") ?? [];
  const archived = params.flag("archived");
  const minimum = params.integer("min_access_level") ?? level.none;
  const member = params.flag("membership") === true || params.flag("owned") === true;
  const found = state.projects.filter(
    (project) =>
      canSeeProject(state, user, project) &&
      (search === undefined ||
        [project.name, projectPath(state, project)].some((text) => text.toLowerCase().includes(search))) &&
      topics.every((topic) => project.topics.includes(topic)) &&
      (archived === undefined || project.archived === archived) &&
      (!member || projectLevel(state, user, project) >= level.guest) &&
      projectLevel(state, user, project) >= minimum,
  );
  return page(
    params,
    found.reverse().map((project) => projectBody(call.gitlab, project, user)),
    call.address,
  );
}

const body = (call: Call, project: Project): Record<string, unknown> =>
  projectBody(call.gitlab, project, callerIfAny(call));

/** Projects. */
export const projects: readonly Route[] = [
  { method: "GET", pattern: "projects", anonymous: true, handle: list },
  { method: "POST", pattern: "projects", handle: async (call) => created(body(call, await create(call))) },
  {
    method: "GET",
    pattern: "projects/:id",
    anonymous: true,
    handle: (call) => ok(body(call, projectOf(call))),
  },
  { method: "PUT", pattern: "projects/:id", handle: async (call) => ok(body(call, await update(call))) },
  { method: "PUT", pattern: "projects/:id/transfer", handle: (call) => ok(body(call, transfer(call))) },
  { method: "POST", pattern: "projects/:id/archive", handle: (call) => created(body(call, archive(call, true))) },
  { method: "POST", pattern: "projects/:id/unarchive", handle: (call) => created(body(call, archive(call, false))) },
  {
    method: "GET",
    pattern: "projects/:id/import",
    handle: (call) => {
      const project = projectOf(call);
      return ok({
        id: project.id,
        name: project.name,
        path: project.path,
        path_with_namespace: projectPath(call.state, project),
        created_at: project.createdAt,
        import_status: project.importStatus,
        import_type: project.forkedFrom === null ? null : "fork",
        import_error: null,
        failed_relations: [],
        correlation_id: null,
        stats: null,
      });
    },
  },
  {
    method: "GET",
    pattern: "namespaces/:id",
    handle: (call) => {
      caller(call);
      const reference = call.path["id"] ?? "";
      const group = findGroup(call.state, reference);
      const owner = call.state.users.find(
        (user) => user.namespaceId !== null && [String(user.namespaceId), user.username].includes(reference),
      );
      const id = group?.id ?? owner?.namespaceId ?? null;
      if (id === null) throw notFound("Namespace");
      return ok({
        id,
        name: group?.name ?? owner?.name,
        path: group?.path ?? owner?.username,
        kind: group === undefined ? "user" : "group",
        full_path: namespacePath(call.state, id),
        parent_id: group?.parentId ?? null,
        web_url: `${call.gitlab.url}/${namespacePath(call.state, id)}`,
      });
    },
  },
];

/** The project that a fork relation points to. */
export const originOf = (call: Call, project: Project): Project | undefined =>
  projectById(call.state, project.forkedFrom);
