import { level } from "../access/levels";
import { projectLevel, projectMemberLevel } from "../access/rights";
import type { Instance } from "../instance";
import type { Project, User } from "../model";
import { deletionMark, groupById, namespacePath, ownerOf, projectById, projectPath } from "../namespaces";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sharedWith } from "./group-body";
import { projectDefaults } from "./project-settings";

/** The namespace of a project, as its body tells it. */
export function namespaceBody(gitlab: Instance, namespaceId: number): Record<string, unknown> {
  const group = groupById(gitlab.state, namespaceId);
  const owner = ownerOf(gitlab.state, namespaceId);
  const path = namespacePath(gitlab.state, namespaceId);
  return {
    id: namespaceId,
    name: group?.name ?? owner?.name ?? "",
    path: group?.path ?? owner?.username ?? "",
    kind: group === undefined ? "user" : "group",
    full_path: path,
    parent_id: group?.parentId ?? null,
    avatar_url: null,
    web_url: group === undefined ? `${gitlab.url}/${path}` : `${gitlab.url}/groups/${path}`,
  };
}

/** Whether a repository has no branch, seen without starting a process. */
function isEmptyRepository(gitlab: Instance, project: Project): boolean {
  const folder = gitlab.repositories.folder(project);
  const packed = join(folder, "packed-refs");
  if (existsSync(packed) && readFileSync(packed, "utf8").includes(" refs/heads/")) return false;
  const heads = join(folder, "refs", "heads");
  return (
    !existsSync(heads) || !readdirSync(heads, { recursive: true, withFileTypes: true }).some((entry) => entry.isFile())
  );
}

/** A project as the API tells it. */
export function projectBody(gitlab: Instance, project: Project, viewer: User | undefined): Record<string, unknown> {
  const { state } = gitlab;
  const path = projectPath(state, project);
  const empty = isEmptyRepository(gitlab, project);
  const origin = projectById(state, project.forkedFrom);
  const mark = deletionMark(state, project);
  const manages = projectLevel(state, viewer, project) >= level.maintainer;
  const namespace = namespaceBody(gitlab, project.namespaceId);
  return {
    ...projectDefaults(gitlab.edition),
    ...project.settings,
    id: project.id,
    description: project.description,
    name: project.name,
    name_with_namespace: `${String(namespace["name"])} / ${project.name}`,
    path: project.path,
    path_with_namespace: path,
    created_at: project.createdAt,
    updated_at: project.lastActivityAt,
    last_activity_at: project.lastActivityAt,
    default_branch: project.defaultBranch,
    tag_list: project.topics,
    topics: project.topics,
    ssh_url_to_repo: `git@127.0.0.1:${path}.git`,
    http_url_to_repo: `${gitlab.url}/${path}.git`,
    web_url: `${gitlab.url}/${path}`,
    readme_url: null,
    forks_count: state.projects.filter((each) => each.forkedFrom === project.id).length,
    avatar_url: null,
    star_count: 0,
    open_issues_count: 0,
    namespace,
    empty_repo: empty,
    archived: project.archived,
    visibility: project.visibility,
    creator_id: project.creatorId,
    import_url: project.importUrl,
    import_type: null,
    import_status: project.importStatus,
    import_error: null,
    ci_job_token_scope_enabled: true,
    shared_with_groups: sharedWith(state, "project", project.id),
    marked_for_deletion_at: mark,
    marked_for_deletion_on: mark,
    ...(manages ? { runners_token: project.runnersToken } : {}),
    ...(origin === undefined
      ? {}
      : {
          forked_from_project: {
            id: origin.id,
            name: origin.name,
            path: origin.path,
            path_with_namespace: projectPath(state, origin),
            http_url_to_repo: `${gitlab.url}/${projectPath(state, origin)}.git`,
            web_url: `${gitlab.url}/${projectPath(state, origin)}`,
            default_branch: origin.defaultBranch,
            namespace: namespaceBody(gitlab, origin.namespaceId),
          },
        }),
    permissions:
      viewer === undefined
        ? { project_access: null, group_access: null }
        : permissions(projectMemberLevel(state, viewer.id, project)),
    _links: { self: `${gitlab.url}/api/v4/projects/${String(project.id)}` },
  };
}

const permissions = (has: number): Record<string, unknown> => ({
  project_access: has === level.none ? null : { access_level: has, notification_level: 3 },
  group_access: null,
});
