import { caller } from "../access/guards";
import { now } from "../clock";
import { afterChanges, announce, type RefChange } from "../git/changes";
import { canMerge, canPush, protectionsOf } from "../git/protection";
import { noObject } from "../git/repositories";
import { tryGit } from "../git/run";
import { authorOf, moveRef, writeMerge } from "../git/write";
import { Refusal, unauthorized } from "../http/refusal";
import type { Call } from "../instance";
import type { MergeRequest, Project, User } from "../model";
import { projectById, projectPath } from "../namespaces";
import { approvalsLeft } from "./approvals";
import { isDraft } from "./merge-request-body";

const notAllowed = (): Refusal => new Refusal(405, { message: "405 Method Not Allowed" });

/** Merges a merge request, if the caller may merge into the target branch and nothing stands against it. */
export async function merge(call: Call, project: Project, request: MergeRequest): Promise<void> {
  const user = caller(call);
  const { params, gitlab, state } = call;
  const { repositories } = gitlab;
  if (!canMerge(state, project, user, request.targetBranch)) throw unauthorized();
  if (request.state !== "opened" || project.archived || isDraft(request.title)) throw notAllowed();
  if (approvalsLeft(call, project, request) > 0) throw notAllowed();
  // A project can ask for a pipeline or for resolved threads first; there are none here, so only the former can fail.
  if (project.settings["only_allow_merge_if_pipeline_succeeds"] === true) throw notAllowed();
  const sha = params.text("sha");
  if (sha !== undefined && sha !== request.sha) {
    throw new Refusal(409, { message: `SHA does not match HEAD of source branch: ${request.sha}` });
  }
  const squash = project.settings["squash_option"] !== "never" && (params.flag("squash") ?? request.squash);
  const changes: RefChange[] = [];
  await repositories.exclusively(project, async () => {
    const before = await repositories.branch(project, request.targetBranch);
    if (before === undefined || request.state !== "opened") throw notAllowed();
    const after = await write(call, project, request, user, before, squash);
    const ref = `refs/heads/${request.targetBranch}`;
    await moveRef(repositories, project, ref, before, after);
    changes.push({ ref, before, after });
    Object.assign(request, { state: "merged", mergedAt: now(), mergedBy: user.id, updatedAt: now() });
  });
  announce(gitlab, request, user, "merge");
  await afterChanges(gitlab, project, user, changes, false);
  if (params.flag("should_remove_source_branch") ?? request.removeSourceBranch) await removeSource(call, request, user);
}

async function write(
  call: Call,
  project: Project,
  request: MergeRequest,
  user: User,
  before: string,
  squash: boolean,
): Promise<string> {
  const { repositories } = call.gitlab;
  const method = project.settings["merge_method"] ?? "merge";
  const by = authorOf(user);
  const cannot = new Refusal(422, { message: "Branch cannot be merged" });
  let tip = request.sha;
  if (squash) {
    const message = call.params.text("squash_commit_message") ?? request.title;
    const squashed = await writeMerge(repositories, project, {
      into: before,
      from: tip,
      message,
      by,
      parents: "target",
    });
    if (squashed === undefined) throw cannot;
    request.squashCommitSha = squashed;
    tip = squashed;
  }
  if (method === "ff") {
    const folder = repositories.folder(project);
    if ((await tryGit(folder, ["merge-base", "--is-ancestor", before, tip])).status !== 0) throw notAllowed();
    return tip;
  }
  const reference = `${projectPath(call.state, project)}!${String(request.iid)}`;
  const message =
    call.params.text("merge_commit_message") ??
    `Merge branch '${request.sourceBranch}' into '${request.targetBranch}'\n\n${request.title}\n\nSee merge request ${reference}`;
  const merged = await writeMerge(repositories, project, { into: before, from: tip, message, by, parents: "both" });
  if (merged === undefined) throw cannot;
  request.mergeCommitSha = merged;
  return merged;
}

/** The source branch goes when that was asked for, the caller may, and nothing protects it. */
async function removeSource(call: Call, request: MergeRequest, user: User): Promise<void> {
  const { state, gitlab } = call;
  const source = projectById(state, request.sourceProjectId);
  const branch = request.sourceBranch;
  if (source === undefined || branch === source.defaultBranch || protectionsOf(state, source, branch).length > 0)
    return;
  const at = await gitlab.repositories.branch(source, branch);
  if (at === undefined || at !== request.sha || !canPush(state, source, user, branch)) return;
  const ref = `refs/heads/${branch}`;
  await moveRef(gitlab.repositories, source, ref, at, undefined);
  await afterChanges(gitlab, source, user, [{ ref, before: at, after: noObject }], false);
}
