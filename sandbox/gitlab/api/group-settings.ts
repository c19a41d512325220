import { level } from "../access/levels";
import { badParameter } from "../http/refusal";
import type { Call } from "../instance";

const flags = [
  "request_access_enabled",
  "share_with_group_lock",
  "require_two_factor_authentication",
  "auto_devops_enabled",
  "emails_enabled",
  "mentions_disabled",
  "lfs_enabled",
] as const;

const licensedFlags = [
  "membership_lock",
  "prevent_forking_outside_group",
  "prevent_sharing_groups_outside_hierarchy",
  "only_allow_merge_if_pipeline_succeeds",
  "allow_merge_on_skipped_pipeline",
  "only_allow_merge_if_all_discussions_are_resolved",
] as const;

/** What GitLab's old number for the protection of default branches means. */
const byNumber: Readonly<Record<number, { push: number; merge: number; force: boolean; initial: boolean }>> = {
  0: { push: level.developer, merge: level.developer, force: true, initial: false },
  1: { push: level.developer, merge: level.maintainer, force: false, initial: false },
  2: { push: level.maintainer, merge: level.maintainer, force: false, initial: false },
  3: { push: level.maintainer, merge: level.developer, force: false, initial: false },
  4: { push: level.maintainer, merge: level.maintainer, force: false, initial: true },
};

/** Reads everything of a group's body that has no rules beyond its type. What GitLab does not know it does not keep. */
export function readGroupSettings(call: Call): Record<string, unknown> {
  const { params, gitlab } = call;
  const settings: Record<string, unknown> = {};
  const keep = (name: string, value: unknown): void => {
    if (value !== undefined) settings[name] = value;
  };
  for (const name of flags) keep(name, params.flag(name));
  keep(
    "project_creation_level",
    params.choice("project_creation_level", ["noone", "owner", "maintainer", "developer", "administrator"]),
  );
  keep("subgroup_creation_level", params.choice("subgroup_creation_level", ["owner", "maintainer"]));
  keep("two_factor_grace_period", params.integer("two_factor_grace_period"));
  keep("default_branch", params.text("default_branch"));
  keep("max_artifacts_size", params.integer("max_artifacts_size"));
  keep(
    "shared_runners_setting",
    params.choice("shared_runners_setting", [
      "enabled",
      "disabled_and_overridable",
      "disabled_and_unoverridable",
      "disabled_with_override",
    ]),
  );
  if (gitlab.edition === "ee") {
    for (const name of licensedFlags) keep(name, params.flag(name));
    keep("wiki_access_level", params.choice("wiki_access_level", ["disabled", "private", "enabled"]));
    for (const name of ["ip_restriction_ranges", "allowed_email_domains_list"]) keep(name, params.text(name));
    for (const name of ["shared_runners_minutes_limit", "extra_shared_runners_minutes_limit"]) {
      keep(name, params.integer(name));
    }
  }
  return { ...settings, ...readProtection(call) };
}

function readProtection(call: Call): Record<string, unknown> {
  const { params } = call;
  const number = params.integer("default_branch_protection");
  const object = params.object("default_branch_protection_defaults");
  if (object !== undefined) {
    const levels = (name: string): { access_level: number }[] =>
      object.objects(name)?.map((each) => ({ access_level: each.requiredInteger("access_level") })) ?? [
        { access_level: level.maintainer },
      ];
    return {
      default_branch_protection_defaults: {
        allowed_to_push: levels("allowed_to_push"),
        allow_force_push: object.flag("allow_force_push") ?? false,
        allowed_to_merge: levels("allowed_to_merge"),
        developer_can_initial_push: object.flag("developer_can_initial_push") ?? false,
      },
    };
  }
  if (number === undefined) return {};
  const meaning = byNumber[number];
  if (meaning === undefined) throw badParameter("default_branch_protection does not have a valid value");
  return {
    default_branch_protection: number,
    default_branch_protection_defaults: {
      allowed_to_push: [{ access_level: meaning.push }],
      allow_force_push: meaning.force,
      allowed_to_merge: [{ access_level: meaning.merge }],
      developer_can_initial_push: meaning.initial,
    },
  };
}
