import { caller, groupOf, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { digest, mint } from "../access/tokens";
import { groupLevel, projectLevel } from "../access/rights";
import { now } from "../clock";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { badParameter, conflict, forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Runner } from "../model";
import { groupById, projectById, projectPath } from "../namespaces";

function body(call: Call, runner: Runner): Record<string, unknown> {
  return {
    id: runner.id,
    description: null,
    ip_address: "",
    active: runner.settings["paused"] !== true,
    paused: false,
    locked: false,
    run_untagged: true,
    access_level: "not_protected",
    maximum_timeout: null,
    maintenance_note: null,
    ...runner.settings,
    is_shared: runner.runnerType === "instance_type",
    runner_type: runner.runnerType,
    name: null,
    online: false,
    status: "never_contacted",
    created_at: runner.createdAt,
    tag_list: runner.tagList,
    groups: runner.groupId === null ? [] : [{ id: runner.groupId }],
    projects: runner.projectIds.flatMap((id) => {
      const project = projectById(call.state, id);
      if (project === undefined) return [];
      return [{ id, name: project.name, path: project.path, path_with_namespace: projectPath(call.state, project) }];
    }),
  };
}

function readSettings(call: Call, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { params } = call;
  const timeout = params.integer("maximum_timeout");
  if (timeout !== undefined && timeout < 600) {
    throw invalid({ maximum_timeout: ["needs to be at least 10 minutes"] });
  }
  const read = {
    description: params.text("description"),
    paused: params.flag("paused"),
    locked: params.flag("locked"),
    run_untagged: params.flag("run_untagged"),
    access_level: params.choice("access_level", ["not_protected", "ref_protected"]),
    maximum_timeout: timeout,
    maintenance_note: params.text("maintenance_note"),
  };
  return { ...before, ...Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined)) };
}

function checkTags(settings: Readonly<Record<string, unknown>>, tags: readonly string[]): void {
  if (settings["run_untagged"] === false && tags.length === 0) {
    throw invalid({ tags_list: ["can not be empty when runner is not allowed to pick untagged jobs"] });
  }
}

function create(call: Call): Reply {
  const user = caller(call);
  const { params, gitlab } = call;
  const runnerType = params.choice("runner_type", ["instance_type", "group_type", "project_type"]);
  if (runnerType === undefined) throw badParameter("runner_type is missing");
  const groupId = params.integer("group_id");
  const projectId = params.integer("project_id");
  if (runnerType === "group_type" && groupId === undefined) throw badParameter("group_id is missing");
  if (runnerType === "project_type" && projectId === undefined) throw badParameter("project_id is missing");
  if (runnerType === "instance_type" && !user.admin) throw forbidden();
  if (runnerType === "group_type") {
    const group = groupById(call.state, groupId ?? null);
    if (group === undefined) throw notFound("Group");
    if (groupLevel(call.state, user, group) < level.owner) throw forbidden();
  }
  if (runnerType === "project_type") {
    const project = projectById(call.state, projectId ?? null);
    if (project === undefined) throw notFound("Project");
    if (projectLevel(call.state, user, project) < level.maintainer) throw forbidden();
  }
  const settings = readSettings(call, {});
  const tagList = params.texts("tag_list") ?? [];
  checkTags(settings, tagList);
  const token = mint("glrt");
  const runner: Runner = {
    id: gitlab.store.next("runner"),
    runnerType,
    projectIds: runnerType === "project_type" && projectId !== undefined ? [projectId] : [],
    groupId: runnerType === "group_type" ? (groupId ?? null) : null,
    settings,
    tagList,
    digest: digest(token),
    createdAt: now(),
  };
  call.state.runners.push(runner);
  return created({ id: runner.id, token, token_expires_at: null });
}

function wanted(call: Call): Runner {
  const user = caller(call);
  const runner = call.state.runners.find((each) => each.id === Number(call.path["runner_id"]));
  if (runner === undefined) throw notFound("Runner");
  const group = groupById(call.state, runner.groupId);
  const manages =
    user.admin ||
    (group !== undefined && groupLevel(call.state, user, group) >= level.owner) ||
    runner.projectIds.some((id) => {
      const project = projectById(call.state, id);
      return project !== undefined && projectLevel(call.state, user, project) >= level.maintainer;
    });
  if (!manages) throw forbidden("No access granted");
  return runner;
}

/** Runners, as far as their tokens. None of them ever runs a job. */
export const runners: readonly Route[] = [
  { method: "POST", pattern: "user/runners", scopes: ["create_runner"], handle: create },
  {
    method: "GET",
    pattern: "runners/:runner_id",
    scopes: ["manage_runner"],
    handle: (call) => ok(body(call, wanted(call))),
  },
  {
    method: "PUT",
    pattern: "runners/:runner_id",
    scopes: ["manage_runner"],
    handle: (call) => {
      const runner = wanted(call);
      const settings = readSettings(call, runner.settings);
      const tagList = call.params.texts("tag_list") ?? runner.tagList;
      checkTags(settings, tagList);
      return ok(body(call, Object.assign(runner, { settings, tagList })));
    },
  },
  {
    method: "DELETE",
    pattern: "runners/:runner_id",
    scopes: ["manage_runner"],
    handle: (call) => {
      const runner = wanted(call);
      call.state.runners = call.state.runners.filter((each) => each !== runner);
      return noContent();
    },
  },
  {
    method: "GET",
    pattern: "projects/:id/runners",
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      const found = call.state.runners.filter((each) => each.projectIds.includes(project.id));
      return page(
        call.params,
        found.map((each) => body(call, each)),
        call.address,
      );
    },
  },
  {
    method: "GET",
    pattern: "groups/:id/runners",
    handle: (call) => {
      const group = groupOf(call, level.maintainer);
      const found = call.state.runners.filter((each) => each.groupId === group.id);
      return page(
        call.params,
        found.map((each) => body(call, each)),
        call.address,
      );
    },
  },
  {
    method: "POST",
    pattern: "projects/:id/runners",
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      const id = call.params.requiredInteger("runner_id");
      const runner = wanted({ ...call, path: { runner_id: String(id) } });
      if (runner.runnerType !== "project_type" || runner.settings["locked"] === true)
        throw forbidden("Runner is locked");
      if (runner.projectIds.includes(project.id)) throw conflict("Runner was already enabled for this project");
      runner.projectIds.push(project.id);
      return created(body(call, runner));
    },
  },
  {
    method: "DELETE",
    pattern: "projects/:id/runners/:runner_id",
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      const runner = call.state.runners.find((each) => each.id === Number(call.path["runner_id"]));
      const at = runner?.projectIds.indexOf(project.id) ?? -1;
      if (runner === undefined || at < 0) throw notFound("Runner");
      if (at === 0) throw forbidden("Only one project associated with the runner. Please remove the runner instead");
      runner.projectIds.splice(at, 1);
      return noContent();
    },
  },
];
