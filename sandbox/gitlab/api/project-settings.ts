import { badParameter } from "../http/refusal";
import type { Params } from "../http/params";
import type { Edition } from "../model";

/** Settings that are true or false, with what a new project has. */
const flags: Readonly<Record<string, boolean>> = {
  allow_merge_on_skipped_pipeline: false,
  auto_devops_enabled: false,
  autoclose_referenced_issues: true,
  ci_allow_fork_pipelines_to_run_in_parent_project: true,
  ci_forward_deployment_enabled: true,
  ci_forward_deployment_rollback_allowed: true,
  ci_push_repository_for_job_token_allowed: false,
  ci_separated_caches: true,
  container_registry_enabled: true,
  emails_enabled: true,
  enforce_auth_checks_on_uploads: true,
  group_runners_enabled: true,
  issues_enabled: true,
  jobs_enabled: true,
  keep_latest_artifact: true,
  lfs_enabled: true,
  merge_requests_enabled: true,
  mr_default_target_self: false,
  only_allow_merge_if_all_discussions_are_resolved: false,
  only_allow_merge_if_pipeline_succeeds: false,
  packages_enabled: true,
  printing_merge_request_link_enabled: true,
  public_jobs: true,
  remove_source_branch_after_merge: true,
  request_access_enabled: true,
  resolve_outdated_diff_discussions: false,
  restrict_user_defined_variables: true,
  service_desk_enabled: false,
  shared_runners_enabled: true,
  show_default_award_emojis: true,
  snippets_enabled: true,
  warn_about_potentially_unwanted_characters: true,
  wiki_enabled: true,
};

const licensedFlags: Readonly<Record<string, boolean>> = {
  merge_pipelines_enabled: false,
  merge_trains_enabled: false,
  merge_trains_skip_train_allowed: false,
  only_allow_merge_if_all_status_checks_passed: false,
};

/** Who may use a part of the project: nobody, its members, or who sees it. */
const accessLevels: Readonly<Record<string, string>> = {
  analytics_access_level: "enabled",
  builds_access_level: "enabled",
  container_registry_access_level: "enabled",
  environments_access_level: "enabled",
  feature_flags_access_level: "enabled",
  forking_access_level: "enabled",
  infrastructure_access_level: "enabled",
  issues_access_level: "enabled",
  merge_requests_access_level: "enabled",
  model_experiments_access_level: "enabled",
  model_registry_access_level: "enabled",
  monitor_access_level: "enabled",
  package_registry_access_level: "enabled",
  pages_access_level: "private",
  releases_access_level: "enabled",
  repository_access_level: "enabled",
  requirements_access_level: "enabled",
  security_and_compliance_access_level: "private",
  snippets_access_level: "enabled",
  wiki_access_level: "enabled",
};

/** Settings with a list of possible values; the first is what a new project has. */
const choices: Readonly<Record<string, readonly string[]>> = {
  merge_method: ["merge", "rebase_merge", "ff"],
  squash_option: ["default_off", "never", "always", "default_on"],
  build_git_strategy: ["fetch", "clone"],
  auto_cancel_pending_pipelines: ["enabled", "disabled"],
  auto_devops_deploy_strategy: ["continuous", "manual", "timed_incremental"],
  ci_pipeline_variables_minimum_override_role: ["developer", "no_one_allowed", "maintainer", "owner"],
  resource_group_default_process_mode: ["unordered", "oldest_first", "newest_first", "newest_ready_first"],
};

const numbers: Readonly<Record<string, number | null>> = {
  build_timeout: 3600,
  ci_default_git_depth: 20,
  ci_delete_pipelines_in_seconds: null,
  max_artifacts_size: null,
};

const texts: Readonly<Record<string, string | null>> = {
  ci_config_path: "",
  issue_branch_template: null,
  issues_template: null,
  merge_commit_template: null,
  merge_requests_template: null,
  merge_request_title_regex: null,
  merge_request_title_regex_description: null,
  repository_storage: "default",
  squash_commit_template: null,
  suggestion_commit_message: null,
};

const expirationPolicy: Readonly<Record<string, unknown>> = {
  cadence: "1d",
  enabled: false,
  keep_n: 10,
  older_than: "90d",
  name_regex: ".*",
  name_regex_keep: null,
  next_run_at: null,
};

/** What a project has where nothing else was said. */
export function projectDefaults(edition: Edition): Record<string, unknown> {
  return {
    ...flags,
    ...(edition === "ee" ? licensedFlags : {}),
    ...accessLevels,
    ...Object.fromEntries(Object.entries(choices).map(([name, values]) => [name, values[0]])),
    ...numbers,
    ...texts,
    ci_id_token_sub_claim_components: ["project_path", "ref_type", "ref"],
    container_expiration_policy: expirationPolicy,
  };
}

/** Reads everything of a project's body that has no rules beyond its type. What GitLab does not know it does not keep. */
export function readProjectSettings(
  params: Params,
  edition: Edition,
  before: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const keep = (name: string, value: unknown): void => {
    if (value !== undefined) settings[name] = value;
  };
  for (const name of Object.keys({ ...flags, ...(edition === "ee" ? licensedFlags : {}) }))
    keep(name, params.flag(name));
  // The old name of the same thing.
  keep("public_jobs", params.flag("public_builds"));
  for (const name of Object.keys(accessLevels)) {
    const values = ["disabled", "private", "enabled"];
    const open = name === "pages_access_level" || name === "package_registry_access_level";
    keep(name, params.choice(name, open ? [...values, "public"] : values));
  }
  for (const [name, values] of Object.entries(choices)) keep(name, params.choice(name, values));
  for (const name of Object.keys(numbers)) keep(name, params.integer(name));
  for (const name of Object.keys(texts)) keep(name, params.text(name));
  const components = params.texts("ci_id_token_sub_claim_components");
  if (components !== undefined) {
    if (components[0] !== "project_path")
      throw badParameter("ci_id_token_sub_claim_components project_path must be the first element of the sub claim");
    keep("ci_id_token_sub_claim_components", components);
  }
  const policy = params.object("container_expiration_policy_attributes");
  if (policy !== undefined) {
    const known = Object.keys(expirationPolicy).filter((name) => policy.has(name));
    const old = before["container_expiration_policy"];
    keep("container_expiration_policy", {
      ...expirationPolicy,
      ...(typeof old === "object" ? old : {}),
      ...Object.fromEntries(known.map((name) => [name, policy.values[name]])),
      ...(policy.has("name_regex_delete") ? { name_regex: policy.text("name_regex_delete") } : {}),
    });
  }
  return settings;
}
