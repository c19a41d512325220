import type { Fields } from "../fields";
import type { Harbor } from "../harbor";
import { mayInProject } from "../identity";
import { usedBytes } from "../artifacts";
import { badRequest, conflict, denied, notFound, precondition, unauthorized } from "../refusal";
import { created, ok, paged, route, type Call, type Route } from "../route";
import type { Project } from "../state";

const nameRule = /^[a-z0-9]+(?:[._-][a-z0-9]+)*$/;

/** The project that a call's path names, for somebody with this right in it. */
export function projectOf(call: Call, resource: string, action: string): Project {
  const isName = call.headers["x-is-resource-name"] === "true";
  return call.harbor.requireProject(call.who, call.param("project"), resource, action, isName);
}

export const projectRoutes: readonly Route[] = [
  route("POST", "/projects", createProject),
  route("GET", "/projects", (call) => {
    const { harbor, who, query } = call;
    const name = query.get("name") ?? "";
    const seen = harbor.state.projects.filter(
      (project) =>
        project.name.includes(name) &&
        (query.get("public") !== "true" || project.metadata["public"] === "true") &&
        mayInProject(harbor.state, who, project, "project", "read"),
    );
    return paged(
      call,
      seen.map((project) => projectView(harbor, project)),
    );
  }),
  route("HEAD", "/projects", ({ harbor, who, query }) => {
    if (who.kind === "anonymous") throw unauthorized();
    const name = query.get("project_name") ?? "";
    if (harbor.project(name, true) === undefined) throw notFound(`project ${name} not found`);
    return ok();
  }),
  route("GET", "/projects/:project", (call) => ok(projectView(call.harbor, projectOf(call, "project", "read")))),
  route("PUT", "/projects/:project", (call) => {
    const project = projectOf(call, "project", "update");
    const metadata = metadataOf(call.body);
    const allowlist = allowlistOf(call.body);
    project.metadata = { ...project.metadata, ...metadata };
    project.cveAllowlist = allowlist ?? project.cveAllowlist;
    project.updated = call.harbor.stamp();
    return ok();
  }),
  route("DELETE", "/projects/:project", (call) => {
    const project = projectOf(call, "project", "delete");
    if (repositoryCount(call.harbor, project) > 0) {
      throw precondition("the project contains repositories, can not be deleted");
    }
    removeProject(call.harbor, project);
    return ok();
  }),
  route("GET", "/projects/:project/_deletable", (call) => {
    const project = projectOf(call, "project", "delete");
    return repositoryCount(call.harbor, project) === 0
      ? ok({ deletable: true })
      : ok({ deletable: false, message: "the project contains repositories, can not be deleted" });
  }),
  route("GET", "/projects/:project/summary", (call) => {
    const project = projectOf(call, "project", "read");
    const quota = call.harbor.state.quotas.find(({ projectId }) => projectId === project.id);
    return ok({
      repo_count: repositoryCount(call.harbor, project),
      quota: { hard: { storage: quota?.storage ?? -1 }, used: { storage: usedBytes(call.harbor.state, project) } },
    });
  }),
  route("GET", "/projects/:project/metadatas", (call) => ok(projectOf(call, "metadata", "list").metadata)),
];

function createProject(call: Call): ReturnType<Route["handle"]> {
  const { harbor, body, who } = call;
  harbor.requireSystem(who, "project", "create");
  if (harbor.state.settings["read_only"] === true) {
    throw denied("The system is in read only mode. Any modification is prohibited.");
  }
  const name = body.text("project_name") ?? "";
  if (name.length === 0 || name.length > 255 || !nameRule.test(name)) {
    throw badRequest(`the project name ${name} is not in lower case or contains illegal characters!`);
  }
  const registryId = body.integer("registry_id") ?? null;
  if (registryId !== null && !harbor.state.registries.some(({ id }) => id === registryId)) {
    throw badRequest(`the registry ${String(registryId)} not found`);
  }
  const storage = storageOf(harbor, body);
  const metadata = metadataOf(body);
  const allowlist = allowlistOf(body) ?? [];
  if (harbor.project(name, true) !== undefined) throw conflict(`The project named ${name} already exists`);
  const at = harbor.stamp();
  const project: Project = {
    id: harbor.store.nextId("project"),
    name,
    registryId,
    metadata: { public: body.truth("public") === true ? "true" : "false", ...metadata },
    cveAllowlist: allowlist,
    created: at,
    updated: at,
  };
  const { state, store } = harbor;
  state.projects.push(project);
  state.quotas.push({ id: store.nextId("quota"), projectId: project.id, storage });
  // Its maker administers it; the robot of a system acts for the admin.
  const owner = who.kind === "user" ? who.user.id : 1;
  state.members.push({
    id: store.nextId("member"),
    projectId: project.id,
    entity: { type: "u", id: owner },
    roleId: 1,
  });
  return created(call, call.headers["x-resource-name-in-location"] === "true" ? name : project.id);
}

function storageOf(harbor: Harbor, body: Fields): number {
  const given = body.integer("storage_limit") ?? 0;
  if (given < -1) throw badRequest(`invalid storage_limit: ${String(given)}`);
  return given === 0 ? Number(harbor.state.settings["storage_per_project"]) : given;
}

/** Metadata are texts, also those that mean yes or no; `retention_id` is Harbor's own. */
function metadataOf(body: Fields): Record<string, string> {
  const given = body.object("metadata");
  if (given === undefined) return {};
  const metadata: Record<string, string> = {};
  for (const key of Object.keys(given.value)) {
    const value = given.text(key);
    if (value !== undefined && value !== "" && key !== "retention_id") metadata[key] = value;
  }
  const open = metadata["public"];
  if (open !== undefined && open !== "true" && open !== "false") {
    throw badRequest(`metadata.public should only be 'true' or 'false', but got: '${open}'`);
  }
  return metadata;
}

const allowlistOf = (body: Fields): string[] | undefined =>
  body
    .object("cve_allowlist")
    ?.objects("items")
    .map((item) => item.text("cve_id") ?? "");

const repositoryCount = (harbor: Harbor, project: Project): number =>
  harbor.state.repositories.filter(({ projectId }) => projectId === project.id).length;

/** With a project goes all that is in it. */
function removeProject({ state }: Harbor, project: Project): void {
  const others = <T extends { readonly projectId: number | null }>(records: readonly T[]): T[] =>
    records.filter(({ projectId }) => projectId !== project.id);
  state.projects = state.projects.filter(({ id }) => id !== project.id);
  state.quotas = others(state.quotas);
  state.members = others(state.members);
  state.robots = others(state.robots);
  state.immutableRules = others(state.immutableRules);
  state.retentions = others(state.retentions);
  state.labels = others(state.labels);
  state.webhooks = others(state.webhooks);
}

function projectView(harbor: Harbor, project: Project): Record<string, unknown> {
  return {
    project_id: project.id,
    name: project.name,
    owner_id: 1,
    owner_name: "admin",
    registry_id: project.registryId,
    metadata: project.metadata,
    cve_allowlist: {
      id: project.id,
      project_id: project.id,
      items: project.cveAllowlist.map((id) => ({ cve_id: id })),
      creation_time: project.created,
      update_time: project.updated,
    },
    repo_count: repositoryCount(harbor, project),
    deleted: false,
    togglable: true,
    current_user_role_ids: null,
    creation_time: project.created,
    update_time: project.updated,
  };
}
