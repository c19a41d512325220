import { caller, callerIfAny, readableProject, writableProject } from "../access/guards";
import { afterChanges } from "../git/changes";
import { commitBody, commitOf } from "../git/commits";
import { canMerge, canPush, protectionsOf } from "../git/protection";
import { isRefName, noObject } from "../git/repositories";
import { moveRef } from "../git/write";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { badParameter, forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Project } from "../model";
import { projectLevel } from "../access/rights";
import { level } from "../access/levels";
import { projectUrl } from "./commits";

async function branchBody(call: Call, project: Project, name: string, id: string): Promise<Record<string, unknown>> {
  const { state, gitlab } = call;
  const user = callerIfAny(call);
  const commit = await commitOf(gitlab.repositories, project, id);
  const protections = protectionsOf(state, project, name);
  const developer = (entries: readonly { accessLevel: number | null }[]): boolean =>
    entries.some((entry) => entry.accessLevel === level.developer);
  return {
    name,
    merged: false,
    protected: protections.length > 0,
    default: name === project.defaultBranch,
    developers_can_push: protections.some((each) => developer(each.push)),
    developers_can_merge: protections.some((each) => developer(each.merge)),
    can_push: user !== undefined && canPush(state, project, user, name),
    can_merge: user !== undefined && canMerge(state, project, user, name),
    web_url: `${projectUrl(call, project)}/-/tree/${name}`,
    commit: commit === undefined ? null : commitBody(commit, projectUrl(call, project)),
  };
}

async function wanted(call: Call, project: Project): Promise<{ name: string; id: string }> {
  const name = call.path["branch"] ?? "";
  const id = await call.gitlab.repositories.branch(project, name);
  if (id === undefined) throw notFound("Branch");
  return { name, id };
}

async function list(call: Call): Promise<Reply> {
  const project = readableProject(call);
  const search = call.params.text("search");
  const all = [...(await call.gitlab.repositories.refs(project, "heads"))].filter(
    ([name]) => search === undefined || name.includes(search),
  );
  const bodies = await Promise.all(all.map(([name, id]) => branchBody(call, project, name, id)));
  return page(call.params, bodies, call.address);
}

async function create(call: Call): Promise<Reply> {
  const project = writableProject(call);
  const { repositories } = call.gitlab;
  const name = call.params.filledText("branch");
  const from = call.params.filledText("ref");
  const user = caller(call);
  if (!isRefName(name)) throw badParameter("branch is invalid");
  return repositories.exclusively(project, async () => {
    if ((await repositories.branch(project, name)) !== undefined) throw invalid("Branch already exists");
    const id = await repositories.resolve(project, from);
    if (id === undefined) throw invalid(`Invalid reference name: ${from}`);
    // Who may only merge may make a protected branch of what is protected already; that is not told apart here.
    if (!canPush(call.state, project, user, name)) {
      throw invalid("You are not allowed to create protected branches on this project.");
    }
    const ref = `refs/heads/${name}`;
    await moveRef(repositories, project, ref, undefined, id);
    await afterChanges(call.gitlab, project, user, [{ ref, before: noObject, after: id }], false);
    return created(await branchBody(call, project, name, id));
  });
}

async function remove(call: Call): Promise<Reply> {
  const project = writableProject(call);
  const user = caller(call);
  const { name, id } = await wanted(call, project);
  if (name === project.defaultBranch) throw invalid("Cannot remove HEAD branch");
  const isProtected = protectionsOf(call.state, project, name).length > 0;
  if (isProtected && projectLevel(call.state, user, project) < level.maintainer) {
    throw forbidden("Developers are not allowed to delete protected branches");
  }
  const ref = `refs/heads/${name}`;
  await moveRef(call.gitlab.repositories, project, ref, id, undefined);
  await afterChanges(call.gitlab, project, user, [{ ref, before: id, after: noObject }], false);
  return noContent();
}

const pattern = "projects/:id/repository/branches";

/** Branches. */
export const branches: readonly Route[] = [
  { method: "GET", pattern, anonymous: true, scopes: ["read_repository"], handle: list },
  {
    method: "GET",
    pattern: `${pattern}/:branch`,
    anonymous: true,
    scopes: ["read_repository"],
    handle: async (call) => {
      const project = readableProject(call);
      const { name, id } = await wanted(call, project);
      return ok(await branchBody(call, project, name, id));
    },
  },
  { method: "POST", pattern, handle: create },
  { method: "DELETE", pattern: `${pattern}/:branch`, handle: remove },
];
