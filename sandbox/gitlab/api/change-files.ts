import { caller } from "../access/guards";
import { afterChanges } from "../git/changes";
import { log } from "../git/commits";
import { canPush, mayStart } from "../git/protection";
import { isRefName, noObject } from "../git/repositories";
import { findBlob, readBlob } from "../git/tree";
import { authorOf, moveRef, writeCommit, type Author, type FileChange } from "../git/write";
import type { Params } from "../http/params";
import { badParameter, invalid } from "../http/refusal";
import type { Call } from "../instance";
import type { Project } from "../model";

/** One action on a file, as the API takes it. */
export interface FileAction {
  readonly action: "create" | "update" | "delete" | "move" | "chmod";
  readonly path: string;
  readonly previousPath: string | undefined;
  readonly content: Buffer | undefined;
  readonly executable: boolean | undefined;
  readonly lastCommitId: string | undefined;
}

/** Reads a file's content in the encoding that was sent. */
export function readContent(params: Params): Buffer | undefined {
  const content = params.text("content");
  const encoding = params.choice("encoding", ["text", "base64"]) ?? "text";
  if (content === undefined) return undefined;
  if (encoding === "text") return Buffer.from(content, "utf8");
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(content)) throw invalid("invalid base64");
  return Buffer.from(content, "base64");
}

/** Whether a path stays inside the repository and out of git's own folder. */
export const isFilePath = (path: string): boolean =>
  path !== "" &&
  !path.includes("\0") &&
  !path.includes("\n") &&
  path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git");

/** Where a commit goes and from where. */
export interface CommitTarget {
  readonly branch: string;
  readonly startBranch: string | undefined;
  readonly message: string;
  readonly author: Author;
  readonly committer: Author;
}

/** Reads what every call that commits has in common. */
export function readTarget(call: Call): CommitTarget {
  const { params } = call;
  const user = caller(call);
  const branch = params.filledText("branch");
  const message = params.filledText("commit_message");
  if (!isRefName(branch)) throw badParameter("branch is invalid");
  const committer = authorOf(user);
  return {
    branch,
    startBranch: params.text("start_branch"),
    message,
    author: {
      name: params.text("author_name") ?? committer.name,
      email: params.text("author_email") ?? committer.email,
    },
    committer,
  };
}

/** Commits actions to a branch, one commit for all of them; gives its id. */
export async function commitActions(
  call: Call,
  project: Project,
  target: CommitTarget,
  actions: readonly FileAction[],
  // Overwrites a branch that is there by a commit on the other one.
  force = false,
): Promise<string> {
  const { gitlab } = call;
  const { repositories } = gitlab;
  const user = caller(call);
  return repositories.exclusively(project, async () => {
    const wasEmpty = await repositories.isEmpty(project);
    const tip = await repositories.branch(project, target.branch);
    const start = target.startBranch ?? target.branch;
    const anew = force && start !== target.branch;
    const own = anew ? undefined : tip;
    const parent = own ?? (start === target.branch ? undefined : await repositories.branch(project, start));
    if (tip === undefined && !wasEmpty && parent === undefined) {
      throw invalid(
        target.startBranch === undefined
          ? "You can only create or edit files when you are on a branch"
          : `Invalid reference name: ${start}`,
      );
    }
    if (own !== undefined && target.startBranch !== undefined && target.startBranch !== target.branch) {
      throw invalid(
        `A branch called '${target.branch}' already exists. Switch to that branch in order to make changes`,
      );
    }
    if (!canPush(gitlab.state, project, user, target.branch) || (wasEmpty && !mayStart(gitlab.state, project, user))) {
      throw invalid("You are not allowed to push into this branch");
    }
    const changes: FileChange[] = [];
    for (const action of actions) changes.push(...(await plan(call, project, parent, action, changes)));
    const id = await writeCommit(repositories, project, { ...target, parent, changes });
    const ref = `refs/heads/${target.branch}`;
    await moveRef(repositories, project, ref, tip, id);
    await afterChanges(gitlab, project, user, [{ ref, before: tip ?? noObject, after: id }], wasEmpty);
    return id;
  });
}

async function plan(
  call: Call,
  project: Project,
  parent: string | undefined,
  action: FileAction,
  before: readonly FileChange[],
): Promise<FileChange[]> {
  const { repositories } = call.gitlab;
  const { path } = action;
  for (const each of [path, ...(action.previousPath === undefined ? [] : [action.previousPath])]) {
    if (!isFilePath(each)) throw badParameter("file_path should be a valid file path");
  }
  const source = action.action === "move" ? (action.previousPath ?? path) : path;
  const there = async (at: string): ReturnType<typeof findBlob> =>
    parent === undefined ? undefined : findBlob(repositories, project, parent, at);
  // What an earlier action of the same commit made or removed counts as well.
  const made = (at: string): boolean | undefined => {
    const last = before
      .filter((change) => change.path === at || (change.kind === "rename" && change.from === at))
      .at(-1);
    return last === undefined ? undefined : last.kind !== "remove" && last.path === at;
  };
  const old = await there(source);
  const exists = made(source) ?? old !== undefined;
  const taken = made(path) ?? (await there(path)) !== undefined;
  if (action.action === "create") {
    if (taken) throw invalid("A file with this name already exists");
    return [{ kind: "put", path, content: action.content ?? Buffer.alloc(0), executable: action.executable ?? false }];
  }
  if (!exists) throw invalid("A file with this name doesn't exist");
  if (action.lastCommitId !== undefined && action.lastCommitId !== "" && parent !== undefined) {
    const [last] = await log(repositories, project, parent, { path: source, limit: 1 });
    if (last?.id !== action.lastCommitId) {
      throw invalid(
        "You are attempting to update a file that has changed since you started editing it. Please refresh and try again",
      );
    }
  }
  const executable = action.executable ?? old?.mode === "100755";
  switch (action.action) {
    case "update":
      return [{ kind: "put", path, content: action.content ?? Buffer.alloc(0), executable }];
    case "delete":
      return [{ kind: "remove", path }];
    case "move":
      if (taken && source !== path) throw invalid("A file with this name already exists");
      return [
        { kind: "rename", path, from: source },
        ...(action.content === undefined ? [] : [{ kind: "put" as const, path, content: action.content, executable }]),
      ];
    case "chmod":
      if (old === undefined) throw invalid("A file with this name doesn't exist");
      return [{ kind: "put", path, content: await readBlob(repositories, project, old.id), executable }];
  }
}
