import { randomBytes } from "node:crypto";

import { caller, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { now } from "../clock";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Item, Project } from "../model";
import { userBody } from "./users";

/** A family of simple records of a project. */
interface Family {
  readonly path: string;
  readonly what: string;
  readonly needs: number;
  /** Reads what a body says; `before` is undefined for a new one. */
  readonly read: (call: Call, project: Project, before: Item | undefined) => Record<string, unknown>;
  readonly show: (call: Call, item: Item) => Record<string, unknown>;
  readonly checkRemoval?: (item: Item) => void;
}

const ownerBody = (call: Call, item: Item): unknown => {
  const owner = call.state.users.find((user) => user.id === item.values["owner"]);
  return owner === undefined ? null : userBody(call.gitlab, owner);
};

const itemsOf = (call: Call, project: Project, family: string): Item[] =>
  call.state.items.filter((each) => each.family === family && each.projectId === project.id);

const triggers: Family = {
  path: "triggers",
  what: "Trigger",
  needs: level.maintainer,
  read: (call, _project, before) => ({
    token: before?.values["token"] ?? `glptt-${randomBytes(20).toString("hex")}`,
    owner: before?.values["owner"] ?? caller(call).id,
    created_at: before?.values["created_at"] ?? now(),
    description:
      before === undefined
        ? call.params.filledText("description")
        : (call.params.text("description") ?? before.values["description"]),
  }),
  show: (call, item) => ({
    id: item.id,
    ...item.values,
    updated_at: item.values["created_at"],
    last_used: null,
    // Only its owner sees all of it.
    token: item.values["owner"] === caller(call).id ? item.values["token"] : String(item.values["token"]).slice(0, 4),
    owner: ownerBody(call, item),
  }),
};

const schedules: Family = {
  path: "pipeline_schedules",
  what: "Pipeline Schedule",
  needs: level.developer,
  read: (call, _project, before) => {
    const text = (name: string, fallback?: string): unknown =>
      before === undefined
        ? fallback === undefined
          ? call.params.filledText(name)
          : (call.params.text(name) ?? fallback)
        : (call.params.text(name) ?? before.values[name]);
    const ref = String(text("ref"));
    if (!/^refs\/(heads|tags)\/./.test(ref)) throw invalid({ ref: ["is ambiguous"] });
    return {
      description: text("description"),
      ref,
      cron: text("cron"),
      cron_timezone: text("cron_timezone", "UTC"),
      active: call.params.flag("active") ?? before?.values["active"] ?? true,
      owner: before?.values["owner"] ?? caller(call).id,
      created_at: before?.values["created_at"] ?? now(),
      variables: before?.values["variables"] ?? [],
    };
  },
  show: (call, item) => ({
    id: item.id,
    ...item.values,
    next_run_at: null,
    updated_at: item.values["created_at"],
    inputs: [],
    last_pipeline: null,
    owner: ownerBody(call, item),
  }),
};

const environments: Family = {
  path: "environments",
  what: "Environment",
  needs: level.developer,
  read: (call, project, before) => {
    const name = String(before === undefined ? call.params.filledText("name") : before.values["name"]);
    if (before === undefined && itemsOf(call, project, "environments").some((each) => each.values["name"] === name)) {
      throw invalid({ name: ["has already been taken"] });
    }
    const kept = (key: string): unknown => call.params.text(key) ?? before?.values[key] ?? null;
    return {
      name,
      slug: name
        .toLowerCase()
        .replaceAll(/[^a-z0-9]+/g, "-")
        .slice(0, 24),
      external_url: kept("external_url"),
      description: kept("description"),
      tier:
        call.params.choice("tier", ["production", "staging", "testing", "development", "other"]) ??
        before?.values["tier"] ??
        (/prod|live/.test(name) ? "production" : "other"),
      state: before?.values["state"] ?? "available",
      auto_stop_setting:
        call.params.choice("auto_stop_setting", ["always", "with_action"]) ??
        before?.values["auto_stop_setting"] ??
        "always",
      kubernetes_namespace: kept("kubernetes_namespace"),
      flux_resource_path: kept("flux_resource_path"),
      created_at: before?.values["created_at"] ?? now(),
      updated_at: now(),
    };
  },
  show: (_call, item) => ({ id: item.id, ...item.values, auto_stop_at: null, cluster_agent: null }),
  checkRemoval: (item) => {
    if (item.values["state"] !== "stopped") throw forbidden("Environment must be stopped first");
  },
};

const mirrors: Family = {
  path: "remote_mirrors",
  what: "Remote mirror",
  needs: level.maintainer,
  read: (call, _project, before) => ({
    url: before?.values["url"] ?? call.params.filledText("url"),
    enabled: call.params.flag("enabled") ?? before?.values["enabled"] ?? false,
    only_protected_branches:
      call.params.flag("only_protected_branches") ?? before?.values["only_protected_branches"] ?? false,
    keep_divergent_refs: call.params.flag("keep_divergent_refs") ?? before?.values["keep_divergent_refs"] ?? false,
    auth_method: call.params.text("auth_method") ?? before?.values["auth_method"] ?? "password",
    mirror_branch_regex: call.params.text("mirror_branch_regex") ?? before?.values["mirror_branch_regex"] ?? null,
  }),
  show: (_call, item) => ({
    id: item.id,
    ...item.values,
    url: String(item.values["url"]).replace(/\/\/[^@/]+@/, "//*****:*****@"),
    update_status: "none",
    last_error: null,
  }),
};

const wanted = (call: Call, family: Family): Item => {
  const project = projectOf(call, family.needs);
  const found = itemsOf(call, project, family.path).find((each) => each.id === Number(call.path["item"]));
  if (found === undefined) throw notFound(family.what);
  return found;
};

function routesOf(family: Family): readonly Route[] {
  const at = `projects/:id/${family.path}`;
  const create = (call: Call): Reply => {
    const project = projectOf(call, family.needs);
    const values = family.read(call, project, undefined);
    const item: Item = { id: call.gitlab.store.next("item"), family: family.path, projectId: project.id, values };
    call.state.items.push(item);
    return created(family.show(call, item));
  };
  return [
    {
      method: "GET",
      pattern: at,
      handle: (call) => {
        const found = itemsOf(call, projectOf(call, family.needs), family.path);
        const name = call.params.text("name");
        const kept = found.filter((each) => name === undefined || each.values["name"] === name);
        return page(
          call.params,
          kept.map((each) => family.show(call, each)),
          call.address,
        );
      },
    },
    { method: "POST", pattern: at, handle: create },
    { method: "GET", pattern: `${at}/:item`, handle: (call) => ok(family.show(call, wanted(call, family))) },
    {
      method: "PUT",
      pattern: `${at}/:item`,
      handle: (call) => {
        const item = wanted(call, family);
        item.values = family.read(call, projectOf(call), item);
        return ok(family.show(call, item));
      },
    },
    {
      method: "DELETE",
      pattern: `${at}/:item`,
      handle: (call) => {
        const item = wanted(call, family);
        family.checkRemoval?.(item);
        call.state.items = call.state.items.filter((each) => each !== item);
        return noContent();
      },
    },
  ];
}

/** Triggers, schedules, environments and push mirrors: kept and told, never acted on. */
export const items: readonly Route[] = [
  ...[triggers, schedules, environments, mirrors].flatMap(routesOf),
  {
    method: "POST",
    pattern: "projects/:id/environments/:item/stop",
    handle: (call) => {
      const item = wanted(call, environments);
      item.values = { ...item.values, state: "stopped", updated_at: now() };
      return ok(environments.show(call, item));
    },
  },
  {
    method: "POST",
    pattern: "projects/:id/pipeline_schedules/:item/take_ownership",
    handle: (call) => {
      const item = wanted(call, schedules);
      item.values = { ...item.values, owner: caller(call).id };
      return created(schedules.show(call, item));
    },
  },
];
