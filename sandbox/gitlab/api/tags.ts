import { caller, projectOf, readableProject, writableProject } from "../access/guards";
import { level } from "../access/levels";
import { afterChanges } from "../git/changes";
import { commitBody, commitOf } from "../git/commits";
import { byLevel, isAllowed, tagProtectionsOf } from "../git/protection";
import { isRefName, noObject } from "../git/repositories";
import { moveRef } from "../git/write";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { conflict, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Project, ProtectedTag } from "../model";
import { projectUrl } from "./commits";
import { accessBody, readAccess } from "./ref-access";

async function tagBody(call: Call, project: Project, name: string, id: string): Promise<Record<string, unknown>> {
  const commit = await commitOf(call.gitlab.repositories, project, id);
  return {
    name,
    message: "",
    target: id,
    commit: commit === undefined ? null : commitBody(commit, projectUrl(call, project)),
    release: null,
    protected: tagProtectionsOf(call.state, project, name).length > 0,
    created_at: null,
  };
}

function checkMayCreate(call: Call, project: Project, name: string): void {
  const protections = tagProtectionsOf(call.state, project, name);
  if (
    protections.length > 0 &&
    !protections.some((each) => isAllowed(call.state, project, caller(call), each.create))
  ) {
    throw invalid("You are not allowed to create this tag as it is protected.");
  }
}

async function create(call: Call): Promise<Reply> {
  const project = writableProject(call);
  const { repositories } = call.gitlab;
  const name = call.params.filledText("tag_name");
  const from = call.params.filledText("ref");
  if (!isRefName(name)) throw invalid("Tag name invalid");
  checkMayCreate(call, project, name);
  return repositories.exclusively(project, async () => {
    if ((await repositories.refs(project, "tags")).has(name)) throw invalid(`Tag ${name} already exists`);
    const id = await repositories.resolve(project, from);
    if (id === undefined) throw invalid(`Target ${from} is invalid`);
    const ref = `refs/tags/${name}`;
    await moveRef(repositories, project, ref, undefined, id);
    await afterChanges(call.gitlab, project, caller(call), [{ ref, before: noObject, after: id }], false);
    return created(await tagBody(call, project, name, id));
  });
}

async function remove(call: Call): Promise<Reply> {
  const project = writableProject(call);
  const name = call.path["tag"] ?? "";
  const id = (await call.gitlab.repositories.refs(project, "tags")).get(name);
  if (id === undefined) throw notFound("Tag");
  if (tagProtectionsOf(call.state, project, name).length > 0) {
    projectOf(call, level.maintainer);
    checkMayCreate(call, project, name);
  }
  const ref = `refs/tags/${name}`;
  // An annotated tag is an object of its own: what it points to is no guard here.
  await moveRef(call.gitlab.repositories, project, ref, undefined, undefined);
  await afterChanges(call.gitlab, project, caller(call), [{ ref, before: id, after: noObject }], false);
  return noContent();
}

const protectedBody = (call: Call, tag: ProtectedTag): Record<string, unknown> => ({
  name: tag.name,
  create_access_levels: tag.create.map((entry) => accessBody(call, entry)),
});

const levels = [level.none, level.developer, level.maintainer];

function protect(call: Call): ProtectedTag {
  const project = projectOf(call, level.maintainer);
  const name = call.params.filledText("name");
  if (call.state.protectedTags.some((each) => each.projectId === project.id && each.name === name)) {
    throw conflict(`Protected tag '${name}' already exists`);
  }
  const create = readAccess(call, project, { single: "create_access_level", list: "allowed_to_create" }, levels) ?? [
    byLevel(call.gitlab, level.maintainer),
  ];
  const tag: ProtectedTag = { projectId: project.id, name, create };
  call.state.protectedTags.push(tag);
  return tag;
}

function wanted(call: Call): ProtectedTag {
  const project = projectOf(call, level.maintainer);
  const found = call.state.protectedTags.find(
    (each) => each.projectId === project.id && each.name === call.path["name"],
  );
  if (found === undefined) throw notFound();
  return found;
}

const at = "projects/:id/repository/tags";
const protectedAt = "projects/:id/protected_tags";

/** Tags and their protection. */
export const tags: readonly Route[] = [
  {
    method: "GET",
    pattern: at,
    anonymous: true,
    handle: async (call) => {
      const project = readableProject(call);
      const all = [...(await call.gitlab.repositories.refs(project, "tags"))];
      const bodies = await Promise.all(all.map(([name, id]) => tagBody(call, project, name, id)));
      return page(call.params, bodies, call.address);
    },
  },
  {
    method: "GET",
    pattern: `${at}/:tag`,
    anonymous: true,
    handle: async (call) => {
      const project = readableProject(call);
      const name = call.path["tag"] ?? "";
      const id = (await call.gitlab.repositories.refs(project, "tags")).get(name);
      if (id === undefined) throw notFound("Tag");
      return ok(await tagBody(call, project, name, id));
    },
  },
  { method: "POST", pattern: at, handle: create },
  { method: "DELETE", pattern: `${at}/:tag`, handle: remove },
  {
    method: "GET",
    pattern: protectedAt,
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      const found = call.state.protectedTags.filter((each) => each.projectId === project.id);
      return page(
        call.params,
        found.map((each) => protectedBody(call, each)),
        call.address,
      );
    },
  },
  { method: "GET", pattern: `${protectedAt}/:name`, handle: (call) => ok(protectedBody(call, wanted(call))) },
  { method: "POST", pattern: protectedAt, handle: (call) => created(protectedBody(call, protect(call))) },
  {
    method: "DELETE",
    pattern: `${protectedAt}/:name`,
    handle: (call) => {
      const tag = wanted(call);
      call.state.protectedTags = call.state.protectedTags.filter((each) => each !== tag);
      return noContent();
    },
  },
];
