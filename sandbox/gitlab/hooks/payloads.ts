import { log } from "../git/commits";
import { noObject } from "../git/repositories";
import { protectionsOf } from "../git/protection";
import type { Instance } from "../instance";
import type { MergeRequest, Project, User } from "../model";
import { namespacePath, projectById, projectPath, userById } from "../namespaces";
import type { Event } from "./sender";

const levels = { private: 0, internal: 10, public: 20 } as const;

/** What a webhook says of a project. */
export function hookProject(gitlab: Instance, project: Project): Record<string, unknown> {
  const path = projectPath(gitlab.state, project);
  const url = `${gitlab.url}/${path}`;
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    web_url: url,
    avatar_url: null,
    git_ssh_url: `git@127.0.0.1:${path}.git`,
    git_http_url: `${url}.git`,
    namespace: namespacePath(gitlab.state, project.namespaceId),
    visibility_level: levels[project.visibility],
    path_with_namespace: path,
    default_branch: project.defaultBranch,
    ci_config_path: project.settings["ci_config_path"] ?? null,
    homepage: url,
    url: `${url}.git`,
    ssh_url: `git@127.0.0.1:${path}.git`,
    http_url: `${url}.git`,
  };
}

const hookUser = (user: User | undefined): Record<string, unknown> => ({
  id: user?.id ?? null,
  name: user?.name ?? "",
  username: user?.username ?? "",
  avatar_url: null,
  email: "[REDACTED]",
});

/** The event of a branch or tag that was made, moved or removed. */
export async function pushEvent(
  gitlab: Instance,
  project: Project,
  user: User,
  change: { readonly ref: string; readonly before: string; readonly after: string },
): Promise<Event> {
  const isTag = change.ref.startsWith("refs/tags/");
  const branch = isTag ? undefined : change.ref.replace(/^refs\/heads\//, "");
  const path = projectPath(gitlab.state, project);
  const gone = change.after === noObject;
  const range = change.before === noObject ? change.after : `${change.before}..${change.after}`;
  const commits = gone ? [] : await log(gitlab.repositories, project, range, { limit: 20 });
  const repository = hookProject(gitlab, project);
  const payload = {
    object_kind: isTag ? "tag_push" : "push",
    event_name: isTag ? "tag_push" : "push",
    before: change.before,
    after: change.after,
    ref: change.ref,
    ref_protected: branch !== undefined && protectionsOf(gitlab.state, project, branch).length > 0,
    checkout_sha: gone ? null : change.after,
    message: null,
    user_id: user.id,
    user_name: user.name,
    user_username: user.username,
    user_email: null,
    user_avatar: null,
    project_id: project.id,
    project: repository,
    commits: commits.reverse().map((commit) => ({
      id: commit.id,
      message: commit.message,
      title: commit.title,
      timestamp: commit.committedAt,
      url: `${gitlab.url}/${path}/-/commit/${commit.id}`,
      author: { name: commit.authorName, email: commit.authorEmail },
      added: [],
      modified: [],
      removed: [],
    })),
    total_commits_count: commits.length,
    push_options: {},
    repository: {
      name: project.name,
      url: repository["git_ssh_url"],
      description: project.description,
      homepage: repository["web_url"],
      git_http_url: repository["git_http_url"],
      git_ssh_url: repository["git_ssh_url"],
      visibility_level: repository["visibility_level"],
    },
  };
  return isTag
    ? { flag: "tag_push_events", header: "Tag Push Hook", payload }
    : { flag: "push_events", header: "Push Hook", payload, ...(branch === undefined ? {} : { branch }) };
}

/** The event of a merge request that was opened, updated, merged, closed or reopened. */
export function mergeRequestEvent(
  gitlab: Instance,
  request: MergeRequest,
  user: User,
  action: "open" | "update" | "merge" | "close" | "reopen" | "approved" | "unapproved",
): Event | undefined {
  const target = projectById(gitlab.state, request.projectId);
  const source = projectById(gitlab.state, request.sourceProjectId);
  if (target === undefined) return undefined;
  const project = hookProject(gitlab, target);
  const url = `${String(project["web_url"])}/-/merge_requests/${String(request.iid)}`;
  return {
    flag: "merge_requests_events",
    header: "Merge Request Hook",
    branch: request.targetBranch,
    payload: {
      object_kind: "merge_request",
      event_type: "merge_request",
      user: hookUser(user),
      project,
      object_attributes: {
        id: request.id,
        iid: request.iid,
        title: request.title,
        description: request.description ?? "",
        state: request.state,
        action,
        source_branch: request.sourceBranch,
        source_project_id: request.sourceProjectId,
        target_branch: request.targetBranch,
        target_project_id: request.projectId,
        author_id: request.authorId,
        assignee_ids: request.assigneeIds,
        reviewer_ids: request.reviewerIds,
        created_at: request.createdAt,
        updated_at: request.updatedAt,
        merge_commit_sha: request.mergeCommitSha,
        merge_status: "can_be_merged",
        detailed_merge_status: request.state === "opened" ? "mergeable" : "not_open",
        last_commit: { id: request.sha },
        source: source === undefined ? null : hookProject(gitlab, source),
        target: project,
        url,
      },
      labels: [],
      changes: {},
      assignees: request.assigneeIds.map((id) => hookUser(userById(gitlab.state, id))),
      repository: { name: target.name, url: project["git_ssh_url"], homepage: project["web_url"] },
    },
  };
}
