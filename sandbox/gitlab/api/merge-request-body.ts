import { callerIfAny } from "../access/guards";
import { canMerge } from "../git/protection";
import { tryGit } from "../git/run";
import type { Call } from "../instance";
import type { MergeRequest, Project } from "../model";
import { projectById, projectPath, userById } from "../namespaces";
import { approvalsLeft } from "./approvals";
import { userBody } from "./users";

/** Whether a title says that it is not ready. */
export const isDraft = (title: string): boolean => /^\s*(\[draft\]|\(draft\)|draft:)/i.test(title);

/** Whether source and target can be merged without a conflict. */
export async function hasConflicts(call: Call, project: Project, request: MergeRequest): Promise<boolean> {
  const target = await call.gitlab.repositories.branch(project, request.targetBranch);
  if (target === undefined) return true;
  const folder = call.gitlab.repositories.folder(project);
  return (await tryGit(folder, ["merge-tree", "--write-tree", target, request.sha])).status !== 0;
}

/** A merge request as the API tells it. */
export async function mergeRequestBody(call: Call, request: MergeRequest): Promise<Record<string, unknown>> {
  const { state, gitlab } = call;
  const project = projectById(state, request.projectId);
  const user = callerIfAny(call);
  const person = (id: number | null): Record<string, unknown> | null => {
    const found = userById(state, id);
    return found === undefined ? null : userBody(gitlab, found);
  };
  const path = project === undefined ? "" : projectPath(state, project);
  const open = request.state === "opened";
  const conflicts = project !== undefined && open && (await hasConflicts(call, project, request));
  const missing = project !== undefined && open && approvalsLeft(call, project, request) > 0;
  const draft = isDraft(request.title);
  const detailed = !open
    ? "not_open"
    : conflicts
      ? "conflict"
      : draft
        ? "draft_status"
        : missing
          ? "not_approved"
          : "mergeable";
  return {
    id: request.id,
    iid: request.iid,
    project_id: request.projectId,
    title: request.title,
    description: request.description,
    state: request.state,
    created_at: request.createdAt,
    updated_at: request.updatedAt,
    merged_by: person(request.mergedBy),
    merge_user: person(request.mergedBy),
    merged_at: request.mergedAt,
    closed_by: null,
    closed_at: request.closedAt,
    target_branch: request.targetBranch,
    source_branch: request.sourceBranch,
    user_notes_count: request.notes.length,
    upvotes: 0,
    downvotes: 0,
    author: person(request.authorId),
    assignees: request.assigneeIds.map(person),
    assignee: person(request.assigneeIds[0] ?? null),
    reviewers: request.reviewerIds.map(person),
    source_project_id: request.sourceProjectId,
    target_project_id: request.projectId,
    labels: request.labels,
    draft,
    work_in_progress: draft,
    milestone: null,
    merge_when_pipeline_succeeds: false,
    merge_status: conflicts ? "cannot_be_merged" : "can_be_merged",
    detailed_merge_status: detailed,
    merge_after: null,
    sha: request.sha,
    merge_commit_sha: request.mergeCommitSha,
    squash_commit_sha: request.squashCommitSha,
    discussion_locked: null,
    should_remove_source_branch: request.removeSourceBranch,
    force_remove_source_branch: request.removeSourceBranch,
    allow_collaboration: false,
    reference: `!${String(request.iid)}`,
    references: {
      short: `!${String(request.iid)}`,
      relative: `!${String(request.iid)}`,
      full: `${path}!${String(request.iid)}`,
    },
    web_url: `${gitlab.url}/${path}/-/merge_requests/${String(request.iid)}`,
    time_stats: { time_estimate: 0, total_time_spent: 0, human_time_estimate: null, human_total_time_spent: null },
    squash: request.squash,
    task_completion_status: { count: 0, completed_count: 0 },
    has_conflicts: conflicts,
    blocking_discussions_resolved: true,
    imported: false,
    user: {
      can_merge: project !== undefined && user !== undefined && canMerge(state, project, user, request.targetBranch),
    },
    diff_refs: { base_sha: request.baseSha, head_sha: request.sha, start_sha: request.baseSha },
    pipeline: null,
    head_pipeline: null,
  };
}
