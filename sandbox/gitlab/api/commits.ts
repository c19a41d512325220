import { readableProject, writableProject } from "../access/guards";
import { commitBody, commitOf, log } from "../git/commits";
import { listTree, readBlob } from "../git/tree";
import { git, gitText } from "../git/run";
import { created, ok, page, type Reply } from "../http/reply";
import { badParameter, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Project } from "../model";
import { projectPath } from "../namespaces";
import { diffs } from "./diffs";
import { commitActions, readContent, readTarget, type FileAction } from "./change-files";

/** The address of a project's pages. */
export const projectUrl = (call: Call, project: Project): string =>
  `${call.gitlab.url}/${projectPath(call.state, project)}`;

const actionNames = ["create", "update", "delete", "move", "chmod"] as const;

function readActions(call: Call): FileAction[] {
  const actions = call.params.objects("actions");
  if (actions === undefined) throw badParameter("actions is missing");
  return actions.map((each) => {
    const action = each.choice("action", actionNames);
    if (action === undefined) throw badParameter("actions[action] is missing");
    const path = each.text("file_path");
    if (path === undefined) throw badParameter("actions[file_path] is missing");
    const previousPath = each.text("previous_path");
    if (action === "move" && previousPath === undefined) throw badParameter("actions[previous_path] is missing");
    return {
      action,
      path,
      previousPath,
      content: readContent(each),
      executable: each.flag("execute_filemode"),
      lastCommitId: each.text("last_commit_id"),
    };
  });
}

async function create(call: Call): Promise<Reply> {
  const project = writableProject(call);
  const target = readTarget(call);
  const id = await commitActions(call, project, target, readActions(call), call.params.flag("force"));
  const commit = await commitOf(call.gitlab.repositories, project, id);
  return created({ ...(commit === undefined ? {} : commitBody(commit, projectUrl(call, project))), status: null });
}

async function resolved(call: Call, project: Project, ref: string | undefined): Promise<string | undefined> {
  return call.gitlab.repositories.resolve(project, ref === undefined || ref === "HEAD" ? project.defaultBranch : ref);
}

async function list(call: Call): Promise<Reply> {
  const project = readableProject(call);
  const ref = call.params.text("ref_name");
  const tip = await resolved(call, project, ref);
  if (tip === undefined) {
    if (ref === undefined) return page(call.params, [], call.address);
    throw notFound("Commit");
  }
  const path = call.params.text("path");
  const commits = await log(call.gitlab.repositories, project, tip, path === undefined ? {} : { path });
  return page(
    call.params,
    commits.map((commit) => commitBody(commit, projectUrl(call, project))),
    call.address,
  );
}

async function one(call: Call): Promise<{ project: Project; id: string }> {
  const project = readableProject(call);
  const id = await resolved(call, project, call.path["sha"]);
  if (id === undefined) throw notFound("Commit");
  return { project, id };
}

async function tree(call: Call): Promise<Reply> {
  const project = readableProject(call);
  const ref = call.params.text("ref");
  const commit = await resolved(call, project, ref);
  if (commit === undefined) throw notFound("Tree");
  const recursive = call.params.flag("recursive") === true;
  const entries = await listTree(call.gitlab.repositories, project, commit, call.params.text("path") ?? "", recursive);
  if (entries === undefined) throw notFound("invalid revision or path");
  return page(call.params, entries, call.address);
}

async function compare(call: Call): Promise<Reply> {
  const project = readableProject(call);
  const from = await resolved(call, project, call.params.filledText("from"));
  const to = await resolved(call, project, call.params.filledText("to"));
  if (from === undefined || to === undefined) throw notFound("Ref");
  const { repositories } = call.gitlab;
  const folder = repositories.folder(project);
  const base = call.params.flag("straight") === true ? from : await gitText(folder, ["merge-base", from, to]);
  const commits = (await log(repositories, project, `${from}..${to}`)).reverse();
  const url = projectUrl(call, project);
  const last = commits.at(-1);
  return ok({
    commit: last === undefined ? null : commitBody(last, url),
    commits: commits.map((commit) => commitBody(commit, url)),
    diffs: await diffs(folder, base, to),
    compare_timeout: false,
    compare_same_ref: from === to,
    web_url: `${url}/-/compare/${from}...${to}`,
  });
}

async function archive(call: Call): Promise<Reply> {
  const project = readableProject(call);
  const id = await resolved(call, project, call.params.text("sha"));
  if (id === undefined) throw notFound("File");
  const prefix = `${project.path}-${call.params.text("sha") ?? project.defaultBranch}-${id}`;
  const folder = call.gitlab.repositories.folder(project);
  const bytes = await git(folder, ["archive", "--format=tar.gz", `--prefix=${prefix}/`, id]);
  return {
    status: 200,
    bytes,
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `attachment; filename="${prefix}.tar.gz"`,
    },
  };
}

/** Commits, trees and what is read from them. */
export const commits: readonly Route[] = [
  { method: "POST", pattern: "projects/:id/repository/commits", handle: create },
  { method: "GET", pattern: "projects/:id/repository/commits", anonymous: true, handle: list },
  {
    method: "GET",
    pattern: "projects/:id/repository/commits/:sha",
    anonymous: true,
    handle: async (call) => {
      const { project, id } = await one(call);
      const commit = await commitOf(call.gitlab.repositories, project, id);
      if (commit === undefined) throw notFound("Commit");
      return ok(commitBody(commit, projectUrl(call, project)));
    },
  },
  {
    method: "GET",
    pattern: "projects/:id/repository/commits/:sha/diff",
    anonymous: true,
    handle: async (call) => {
      const { project, id } = await one(call);
      const folder = call.gitlab.repositories.folder(project);
      const commit = await commitOf(call.gitlab.repositories, project, id);
      return page(call.params, await diffs(folder, commit?.parents[0], id), call.address);
    },
  },
  {
    method: "GET",
    pattern: "projects/:id/repository/tree",
    anonymous: true,
    scopes: ["read_repository"],
    handle: tree,
  },
  { method: "GET", pattern: "projects/:id/repository/compare", anonymous: true, handle: compare },
  {
    method: "GET",
    pattern: "projects/:id/repository/archive.tar.gz",
    anonymous: true,
    scopes: ["read_repository"],
    handle: archive,
  },
  {
    method: "GET",
    pattern: "projects/:id/repository/blobs/:sha/raw",
    anonymous: true,
    scopes: ["read_repository"],
    handle: async (call) => {
      const project = readableProject(call);
      const id = call.path["sha"] ?? "";
      if (!/^[0-9a-f]{40}$/.test(id)) throw notFound("Blob");
      const bytes = await readBlob(call.gitlab.repositories, project, id).catch(() => undefined);
      if (bytes === undefined) throw notFound("Blob");
      return { status: 200, bytes, headers: { "Content-Type": "application/octet-stream" } };
    },
  },
];
