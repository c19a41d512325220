import { now } from "../clock";
import { mergeRequestEvent, pushEvent } from "../hooks/payloads";
import type { Instance } from "../instance";
import type { MergeRequest, Project, User } from "../model";
import { projectById } from "../namespaces";
import { protectDefaultBranch } from "./protection";
import { noObject } from "./repositories";
import { git, tryGit } from "./run";

/** One ref that was made, moved or removed. */
export interface RefChange {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
}

/** What follows from refs that changed, by a push or by the API: the default branch, merge requests, webhooks. */
export async function afterChanges(
  gitlab: Instance,
  project: Project,
  user: User,
  changes: readonly RefChange[],
  wasEmpty: boolean,
): Promise<void> {
  project.lastActivityAt = now();
  if (wasEmpty) adoptDefaultBranch(gitlab, project, changes);
  for (const change of changes) {
    if (change.ref.startsWith("refs/heads/")) {
      const branch = change.ref.slice("refs/heads/".length);
      await followSource(gitlab, project, user, branch, change.after);
      await noticeMerged(gitlab, project, user, branch, change.after);
    } else if (!change.ref.startsWith("refs/tags/")) continue;
    gitlab.webhooks.announce(project, await pushEvent(gitlab, project, user, change));
  }
}

/** The first branch of an empty repository becomes its default branch, unless the wanted one came too; and is protected. */
function adoptDefaultBranch(gitlab: Instance, project: Project, changes: readonly RefChange[]): void {
  const branches = changes
    .filter((change) => change.ref.startsWith("refs/heads/") && change.after !== noObject)
    .map((change) => change.ref.slice("refs/heads/".length));
  const [first] = branches;
  if (first === undefined) return;
  if (!branches.includes(project.defaultBranch)) {
    project.defaultBranch = first;
    gitlab.repositories.setHead(project);
  }
  protectDefaultBranch(gitlab, project);
}

/** Open merge requests from a branch follow it; without it they close. */
async function followSource(
  gitlab: Instance,
  project: Project,
  user: User,
  branch: string,
  after: string,
): Promise<void> {
  for (const request of gitlab.state.mergeRequests) {
    if (request.state !== "opened" || request.sourceProjectId !== project.id || request.sourceBranch !== branch)
      continue;
    if (after === noObject) {
      Object.assign(request, { state: "closed", closedAt: now(), updatedAt: now() });
      announce(gitlab, request, user, "close");
      continue;
    }
    if (request.sha === after) continue;
    request.sha = after;
    request.updatedAt = now();
    if (resetsApprovals(gitlab, request)) request.approvedBy = [];
    await fetchHead(gitlab, request);
    announce(gitlab, request, user, "update");
  }
}

/** With a licence, new commits take approvals back unless the project says otherwise. */
function resetsApprovals(gitlab: Instance, request: MergeRequest): boolean {
  const settings = gitlab.state.items.find(
    (each) => each.family === "approvals" && each.projectId === request.projectId,
  );
  return gitlab.edition === "ee" && settings?.values["reset_approvals_on_push"] !== false;
}

/** A push that holds a merge request's head has merged it. */
async function noticeMerged(
  gitlab: Instance,
  project: Project,
  user: User,
  branch: string,
  after: string,
): Promise<void> {
  if (after === noObject) return;
  for (const request of gitlab.state.mergeRequests) {
    if (request.state !== "opened" || request.projectId !== project.id || request.targetBranch !== branch) continue;
    const folder = gitlab.repositories.folder(project);
    const held = await tryGit(folder, ["merge-base", "--is-ancestor", request.sha, after]);
    if (held.status !== 0) continue;
    Object.assign(request, { state: "merged", mergedAt: now(), mergedBy: user.id, updatedAt: now() });
    announce(gitlab, request, user, "merge");
  }
}

/** Brings the head of a merge request into its target's repository, also from a fork. */
export async function fetchHead(gitlab: Instance, request: MergeRequest): Promise<void> {
  const target = projectById(gitlab.state, request.projectId);
  const source = projectById(gitlab.state, request.sourceProjectId);
  if (target === undefined || source === undefined) return;
  (request.versions ??= []).push({ id: gitlab.store.next("version"), sha: request.sha, createdAt: now() });
  const head = `refs/merge-requests/${String(request.iid)}/head`;
  const folder = gitlab.repositories.folder(target);
  if (source.id === target.id) await git(folder, ["update-ref", head, request.sha]);
  else {
    const from = gitlab.repositories.folder(source);
    await git(folder, ["fetch", "--quiet", "--no-tags", from, `+refs/heads/${request.sourceBranch}:${head}`]);
  }
}

/** Tells the target's webhooks of a merge request. */
export function announce(
  gitlab: Instance,
  request: MergeRequest,
  user: User,
  action: Parameters<typeof mergeRequestEvent>[3],
): void {
  const project = projectById(gitlab.state, request.projectId);
  const event = mergeRequestEvent(gitlab, request, user, action);
  if (project !== undefined && event !== undefined) gitlab.webhooks.announce(project, event);
}
