import { level } from "../access/levels";
import { groupLevel } from "../access/rights";
import type { Instance } from "../instance";
import type { Group, State, User } from "../model";
import { groupById, groupName, groupPath } from "../namespaces";

/** The groups a project or group is shared with, as its body lists them. */
export function sharedWith(state: State, source: "group" | "project", sourceId: number): Record<string, unknown>[] {
  return state.shares
    .filter((share) => share.source === source && share.sourceId === sourceId)
    .flatMap((share) => {
      const group = groupById(state, share.groupId);
      if (group === undefined) return [];
      return [
        {
          group_id: group.id,
          group_name: group.name,
          group_full_path: groupPath(state, group),
          group_access_level: share.accessLevel,
          expires_at: share.expiresAt,
          member_role_id: null,
        },
      ];
    });
}

/** What a group has where nothing else was said. */
export const groupDefaults: Readonly<Record<string, unknown>> = {
  project_creation_level: "developer",
  subgroup_creation_level: "maintainer",
  request_access_enabled: true,
  share_with_group_lock: false,
  require_two_factor_authentication: false,
  two_factor_grace_period: 48,
  auto_devops_enabled: null,
  emails_enabled: true,
  emails_disabled: false,
  mentions_disabled: null,
  lfs_enabled: true,
  math_rendering_limits_enabled: true,
  lock_math_rendering_limits_enabled: false,
  default_branch: null,
  default_branch_protection: 2,
  default_branch_protection_defaults: {
    allowed_to_push: [{ access_level: level.maintainer }],
    allow_force_push: false,
    allowed_to_merge: [{ access_level: level.maintainer }],
    developer_can_initial_push: false,
  },
  shared_runners_setting: "enabled",
  max_artifacts_size: null,
  avatar_url: null,
};

/** What only a licensed instance tells of a group. */
const licensedDefaults: Readonly<Record<string, unknown>> = {
  membership_lock: false,
  prevent_forking_outside_group: null,
  prevent_sharing_groups_outside_hierarchy: false,
  wiki_access_level: "enabled",
  ip_restriction_ranges: null,
  allowed_email_domains_list: null,
  shared_runners_minutes_limit: null,
  extra_shared_runners_minutes_limit: null,
  only_allow_merge_if_pipeline_succeeds: false,
  allow_merge_on_skipped_pipeline: false,
  only_allow_merge_if_all_discussions_are_resolved: false,
  unique_project_download_limit: 0,
};

/** A group as the API tells it. */
export function groupBody(gitlab: Instance, group: Group, viewer: User | undefined): Record<string, unknown> {
  const { state } = gitlab;
  const path = groupPath(state, group);
  return {
    ...groupDefaults,
    ...(gitlab.edition === "ee" ? licensedDefaults : {}),
    ...group.settings,
    id: group.id,
    web_url: `${gitlab.url}/groups/${path}`,
    name: group.name,
    path: group.path,
    description: group.description,
    visibility: group.visibility,
    full_name: groupName(state, group),
    full_path: path,
    created_at: group.createdAt,
    parent_id: group.parentId,
    organization_id: 1,
    archived: false,
    shared_with_groups: sharedWith(state, "group", group.id),
    marked_for_deletion_on: group.markedForDeletionOn,
    ...(groupLevel(state, viewer, group) >= level.owner ? { runners_token: group.runnersToken } : {}),
  };
}
