import { caller, groupOf, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { now } from "../clock";
import { pushEvent } from "../hooks/payloads";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { badParameter, invalid, notFound, Refusal } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Hook, SourceKind } from "../model";
import { projectById } from "../namespaces";

/** The events a hook can ask for. The stand-in sends pushes, tag pushes and merge requests. */
const events: Readonly<Record<SourceKind, readonly string[]>> = {
  project: [
    "push_events",
    "tag_push_events",
    "merge_requests_events",
    "repository_update_events",
    "issues_events",
    "confidential_issues_events",
    "note_events",
    "confidential_note_events",
    "pipeline_events",
    "wiki_page_events",
    "deployment_events",
    "feature_flag_events",
    "job_events",
    "releases_events",
    "milestone_events",
    "emoji_events",
    "resource_access_token_events",
    "resource_deploy_token_events",
    "vulnerability_events",
  ],
  group: [
    "push_events",
    "tag_push_events",
    "merge_requests_events",
    "repository_update_events",
    "issues_events",
    "confidential_issues_events",
    "note_events",
    "confidential_note_events",
    "pipeline_events",
    "wiki_page_events",
    "deployment_events",
    "feature_flag_events",
    "job_events",
    "releases_events",
    "milestone_events",
    "emoji_events",
    "resource_access_token_events",
    "resource_deploy_token_events",
    "subgroup_events",
    "member_events",
    "project_events",
    "vulnerability_events",
  ],
};

function body(hook: Hook): Record<string, unknown> {
  return {
    id: hook.id,
    url: hook.url,
    name: hook.name,
    description: hook.description,
    created_at: hook.createdAt,
    ...Object.fromEntries(events[hook.source].map((name) => [name, hook.events[name] ?? false])),
    enable_ssl_verification: hook.enableSslVerification,
    push_events_branch_filter: hook.pushEventsBranchFilter === "" ? null : hook.pushEventsBranchFilter,
    branch_filter_strategy: hook.branchFilterStrategy,
    custom_webhook_template: hook.customWebhookTemplate,
    alert_status: "executable",
    disabled_until: null,
    // Values are secrets: only their names come back.
    url_variables: hook.urlVariables.map(({ key }) => ({ key })),
    custom_headers: hook.customHeaders.map(({ key }) => ({ key })),
    token_present: hook.token !== null && hook.token !== "",
    signing_token_present: false,
    ...(hook.source === "project" ? { project_id: hook.sourceId } : { group_id: hook.sourceId }),
  };
}

const sourceId = (call: Call, kind: SourceKind): number =>
  kind === "group" ? groupOf(call, level.owner).id : projectOf(call, level.maintainer).id;

const hooksOf = (call: Call, kind: SourceKind): Hook[] => {
  const id = sourceId(call, kind);
  return call.state.hooks.filter((each) => each.source === kind && each.sourceId === id);
};

function checkUrl(url: string): void {
  const readable = URL.canParse(url) || URL.canParse(url.replaceAll(/[{}]/g, ""));
  if (!readable || !/^https?:\/\/[^/\s]+/.test(url)) {
    throw invalid({ url: ["is blocked: Only allowed schemes are http, https"] });
  }
}

function pairs(call: Call, name: string): { key: string; value: string }[] | undefined {
  const read = call.params
    .objects(name)
    ?.map((each) => ({ key: each.filledText("key"), value: each.requiredText("value") }));
  if (read?.some(({ key }) => !/^[A-Za-z][\w.-]*$/.test(key)) === true) throw badParameter(`${name}[key] is invalid`);
  return read;
}

function apply(call: Call, hook: Hook): void {
  const { params } = call;
  hook.name = params.text("name") ?? hook.name;
  hook.description = params.text("description") ?? hook.description;
  for (const name of events[hook.source]) hook.events[name] = params.flag(name) ?? hook.events[name] ?? false;
  hook.enableSslVerification = params.flag("enable_ssl_verification") ?? hook.enableSslVerification;
  hook.branchFilterStrategy =
    params.choice("branch_filter_strategy", ["wildcard", "regex", "all_branches"]) ?? hook.branchFilterStrategy;
  hook.pushEventsBranchFilter = params.text("push_events_branch_filter") ?? hook.pushEventsBranchFilter;
  hook.customWebhookTemplate = params.text("custom_webhook_template") ?? hook.customWebhookTemplate;
  hook.customHeaders = pairs(call, "custom_headers") ?? hook.customHeaders;
  hook.urlVariables = pairs(call, "url_variables") ?? hook.urlVariables;
  if (params.has("token")) hook.token = params.text("token") ?? null;
}

function create(call: Call, kind: SourceKind): Hook {
  const source = sourceId(call, kind);
  const url = call.params.filledText("url");
  checkUrl(url);
  const hook: Hook = {
    id: 0,
    source: kind,
    sourceId: source,
    url,
    name: "",
    description: "",
    token: null,
    events: { push_events: true },
    enableSslVerification: true,
    pushEventsBranchFilter: "",
    branchFilterStrategy: "wildcard",
    customHeaders: [],
    urlVariables: [],
    customWebhookTemplate: "",
    createdAt: now(),
    deliveries: [],
  };
  apply(call, hook);
  const made = { ...hook, id: call.gitlab.store.next("hook") };
  call.state.hooks.push(made);
  return made;
}

function wanted(call: Call, kind: SourceKind): Hook {
  const hook = hooksOf(call, kind).find((each) => each.id === Number(call.path["hook_id"]));
  if (hook === undefined) throw notFound();
  return hook;
}

function change(call: Call, kind: SourceKind): Hook {
  const hook = wanted(call, kind);
  const url = call.params.text("url") ?? hook.url;
  checkUrl(url);
  // A token never follows to another address unless it is given again.
  if (url !== hook.url && !call.params.has("token")) hook.token = null;
  apply(call, hook);
  hook.url = url;
  return hook;
}

/** A test delivery: an event of the project's present state. */
async function test(call: Call): Promise<Reply> {
  const hook = wanted(call, "project");
  const project = projectById(call.state, hook.sourceId);
  const tip = project === undefined ? undefined : await call.gitlab.repositories.branch(project, project.defaultBranch);
  if (project === undefined || tip === undefined)
    throw new Refusal(422, { message: "Ensure the project has at least one commit." });
  const ref = `refs/heads/${project.defaultBranch}`;
  const event = await pushEvent(call.gitlab, project, caller(call), { ref, before: tip, after: tip });
  const status = await call.gitlab.webhooks.deliver(hook, event);
  if (/^2\d\d$/.test(status)) return created({ message: "201 Created" });
  throw new Refusal(422, { message: status });
}

const routesOf = (kind: SourceKind): readonly Route[] => {
  const at = `${kind}s/:id/hooks`;
  // Hooks of groups need a licence.
  const licensed = kind === "group";
  return [
    {
      method: "GET",
      pattern: at,
      licensed,
      handle: (call) => page(call.params, hooksOf(call, kind).map(body), call.address),
    },
    { method: "POST", pattern: at, licensed, handle: (call) => created(body(create(call, kind))) },
    { method: "GET", pattern: `${at}/:hook_id`, licensed, handle: (call) => ok(body(wanted(call, kind))) },
    { method: "PUT", pattern: `${at}/:hook_id`, licensed, handle: (call) => ok(body(change(call, kind))) },
    {
      method: "DELETE",
      pattern: `${at}/:hook_id`,
      licensed,
      handle: (call) => {
        const hook = wanted(call, kind);
        call.state.hooks = call.state.hooks.filter((each) => each !== hook);
        return noContent();
      },
    },
    {
      method: "GET",
      pattern: `${at}/:hook_id/events`,
      licensed,
      handle: (call) => {
        const made = wanted(call, kind).deliveries.map((each, index) => ({
          id: index + 1,
          url: each.url,
          trigger: each.trigger.replace(/_events$/, "_hooks"),
          response_status: each.status,
          created_at: each.at,
        }));
        return page(call.params, made, call.address);
      },
    },
  ];
};

/** Webhooks of projects and groups. */
export const hooks: readonly Route[] = [
  ...routesOf("project"),
  ...routesOf("group"),
  { method: "POST", pattern: "projects/:id/hooks/:hook_id/test/push_events", handle: test },
];
