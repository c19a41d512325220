import { caller, readableProject } from "../access/guards";
import { level } from "../access/levels";
import { canReadCode, canSeeProject, projectLevel } from "../access/rights";
import { now } from "../clock";
import { announce, fetchHead } from "../git/changes";
import { commitBody, log } from "../git/commits";
import { tryGit } from "../git/run";
import { created, ok, page, type Reply } from "../http/reply";
import { conflict, forbidden, invalid, notFound, Refusal } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { MergeRequest, Project, State } from "../model";
import { findProject, projectById } from "../namespaces";
import { projectUrl } from "./commits";
import { diffs } from "./diffs";
import { merge } from "./merge";
import { mergeRequestBody } from "./merge-request-body";

const unprocessable = (message: unknown): Refusal => new Refusal(422, { message });

/** The project all forks of one another come from. */
function root(state: State, project: Project): Project {
  const seen = new Set<number>();
  let at = project;
  for (;;) {
    const above = projectById(state, at.forkedFrom);
    if (above === undefined || seen.has(above.id)) return at;
    seen.add(above.id);
    at = above;
  }
}

/** Where a merge request of a fork goes when nothing was said: to where it was forked from. */
function defaultTarget(call: Call, source: Project): Project {
  const origin = projectById(call.state, source.forkedFrom);
  return origin === undefined || source.settings["mr_default_target_self"] === true ? source : origin;
}

async function create(call: Call): Promise<Reply> {
  const source = readableProject(call);
  const { params, state, gitlab } = call;
  const user = caller(call);
  const title = params.filledText("title");
  const sourceBranch = params.filledText("source_branch");
  const targetBranch = params.filledText("target_branch");
  const targetId = params.integer("target_project_id");
  const target = targetId === undefined ? defaultTarget(call, source) : projectById(state, targetId);
  if (target === undefined || !canSeeProject(state, user, target)) throw notFound("Project");
  if (projectLevel(state, user, source) < level.developer || !canReadCode(state, user, target)) throw forbidden();
  if (target.archived || target.settings["merge_requests_access_level"] === "disabled") throw forbidden();
  if (target.id !== source.id && root(state, source).id !== root(state, target).id) {
    throw unprocessable(["Source project is not a fork of the target project"]);
  }
  if (target.id === source.id && sourceBranch === targetBranch) {
    throw unprocessable(["You can't use same project/branch for source and target"]);
  }
  const sha = await gitlab.repositories.branch(source, sourceBranch);
  const into = await gitlab.repositories.branch(target, targetBranch);
  if (sha === undefined) throw unprocessable([`Source branch "${sourceBranch}" does not exist`]);
  if (into === undefined) throw unprocessable([`Target branch "${targetBranch}" does not exist`]);
  const open = state.mergeRequests.find(
    (each) =>
      each.state === "opened" &&
      each.projectId === target.id &&
      each.sourceProjectId === source.id &&
      each.sourceBranch === sourceBranch &&
      each.targetBranch === targetBranch,
  );
  if (open !== undefined) {
    throw conflict([`Another open merge request already exists for this source branch: !${String(open.iid)}`]);
  }
  const request: MergeRequest = {
    id: gitlab.store.next("merge_request"),
    iid: gitlab.store.next(`merge_request_of_${String(target.id)}`),
    projectId: target.id,
    sourceProjectId: source.id,
    sourceBranch,
    targetBranch,
    title,
    description: params.text("description") ?? null,
    authorId: user.id,
    state: "opened",
    createdAt: now(),
    updatedAt: now(),
    mergedAt: null,
    mergedBy: null,
    closedAt: null,
    sha,
    baseSha: into,
    mergeCommitSha: null,
    squashCommitSha: null,
    squash: params.flag("squash") ?? ["always", "default_on"].includes(String(target.settings["squash_option"])),
    removeSourceBranch: params.flag("remove_source_branch") ?? false,
    labels: params.texts("labels") ?? [],
    assigneeIds: params.integers("assignee_ids") ?? params.integers("assignee_id") ?? [],
    reviewerIds: params.integers("reviewer_ids") ?? [],
    approvedBy: [],
    notes: [],
    versions: [],
  };
  state.mergeRequests.push(request);
  await fetchHead(gitlab, request);
  const base = await tryGit(gitlab.repositories.folder(target), ["merge-base", into, sha]);
  if (base.status === 0) request.baseSha = base.stdout.toString("utf8").trim();
  announce(gitlab, request, user, "open");
  return created(await mergeRequestBody(call, request));
}

/** The merge request of the path; 404 without one. */
export function wanted(call: Call): { project: Project; request: MergeRequest } {
  const project = readableProject(call);
  const request = call.state.mergeRequests.find(
    (each) => each.projectId === project.id && each.iid === Number(call.path["iid"]),
  );
  if (request === undefined) throw notFound();
  return { project, request };
}

/** `labels` says all of them, `add_labels` and `remove_labels` some. Each that comes or goes is remembered with who did it. */
function labelsAfter(call: Call, request: MergeRequest): string[] {
  const { params } = call;
  const gone = params.texts("remove_labels") ?? [];
  const kept = [...(params.texts("labels") ?? request.labels), ...(params.texts("add_labels") ?? [])];
  const labels = [...new Set(kept)].filter((name) => !gone.includes(name));
  const note = (name: string, action: "add" | "remove") => ({
    id: call.gitlab.store.next("label_event"),
    userId: caller(call).id,
    createdAt: now(),
    label: name,
    action,
  });
  request.labelEvents = [
    ...(request.labelEvents ?? []),
    ...labels.filter((name) => !request.labels.includes(name)).map((name) => note(name, "add")),
    ...request.labels.filter((name) => !labels.includes(name)).map((name) => note(name, "remove")),
  ];
  return labels;
}

async function change(call: Call): Promise<Reply> {
  const { project, request } = wanted(call);
  const { params, state } = call;
  const user = caller(call);
  if (request.authorId !== user.id && projectLevel(state, user, project) < level.developer) throw forbidden();
  const event = params.choice("state_event", ["close", "reopen"]);
  const labels = labelsAfter(call, request);
  const targetBranch = params.text("target_branch");
  if (targetBranch !== undefined && (await call.gitlab.repositories.branch(project, targetBranch)) === undefined) {
    throw unprocessable([`Target branch "${targetBranch}" does not exist`]);
  }
  if (event === "reopen" && request.state === "merged") throw invalid("Merged merge requests cannot be reopened");
  Object.assign(request, {
    title: params.text("title") ?? request.title,
    description: params.has("description") ? (params.text("description") ?? null) : request.description,
    targetBranch: targetBranch ?? request.targetBranch,
    squash: params.flag("squash") ?? request.squash,
    removeSourceBranch: params.flag("remove_source_branch") ?? request.removeSourceBranch,
    labels,
    assigneeIds: params.integers("assignee_ids") ?? request.assigneeIds,
    reviewerIds: params.integers("reviewer_ids") ?? request.reviewerIds,
    updatedAt: now(),
  });
  if (event === "close" && request.state === "opened") Object.assign(request, { state: "closed", closedAt: now() });
  if (event === "reopen" && request.state === "closed") Object.assign(request, { state: "opened", closedAt: null });
  announce(call.gitlab, request, user, event ?? "update");
  return ok(await mergeRequestBody(call, request));
}

async function list(call: Call, all: readonly MergeRequest[]): Promise<Reply> {
  const { params } = call;
  const state = params.choice("state", ["opened", "closed", "merged", "locked", "all"]) ?? "all";
  const [source, target] = [params.text("source_branch"), params.text("target_branch")];
  const sourceProject = params.integer("source_project_id");
  const author = params.integer("author_id");
  const iids = params.integers("iids");
  const found = all.filter(
    (each) =>
      (state === "all" || each.state === state) &&
      (source === undefined || each.sourceBranch === source) &&
      (target === undefined || each.targetBranch === target) &&
      (sourceProject === undefined || each.sourceProjectId === sourceProject) &&
      (author === undefined || each.authorId === author) &&
      (iids === undefined || iids.includes(each.iid)),
  );
  const reply = page(params, [...found].reverse(), call.address);
  const shown = reply.body as MergeRequest[];
  return { ...reply, body: await Promise.all(shown.map((each) => mergeRequestBody(call, each))) };
}

async function changes(call: Call): Promise<Record<string, unknown>[]> {
  const { project, request } = wanted(call);
  return diffs(call.gitlab.repositories.folder(project), request.baseSha, request.sha);
}

const pattern = "projects/:id/merge_requests";

/** Merge requests, within a project and from forks. */
export const mergeRequests: readonly Route[] = [
  {
    method: "GET",
    pattern,
    handle: (call) => {
      const project = readableProject(call);
      return list(
        call,
        call.state.mergeRequests.filter((each) => each.projectId === project.id),
      );
    },
  },
  {
    method: "GET",
    pattern: "merge_requests",
    handle: (call) => {
      const user = caller(call);
      const everything = call.params.text("scope") === "all";
      const visible = call.state.mergeRequests.filter((each) => {
        const project = findProject(call.state, String(each.projectId));
        return (
          project !== undefined && canReadCode(call.state, user, project) && (everything || each.authorId === user.id)
        );
      });
      return list(call, visible);
    },
  },
  { method: "POST", pattern, handle: create },
  {
    method: "GET",
    pattern: `${pattern}/:iid`,
    handle: async (call) =>
      // Counted for one merge request, and not in lists.
      ok({
        ...(await mergeRequestBody(call, wanted(call).request)),
        changes_count: String((await changes(call)).length),
      }),
  },
  { method: "PUT", pattern: `${pattern}/:iid`, handle: change },
  {
    method: "PUT",
    pattern: `${pattern}/:iid/merge`,
    handle: async (call) => {
      const { project, request } = wanted(call);
      await merge(call, project, request);
      return ok(await mergeRequestBody(call, request));
    },
  },
  {
    method: "GET",
    pattern: `${pattern}/:iid/changes`,
    handle: async (call) => {
      const found = await changes(call);
      const body = await mergeRequestBody(call, wanted(call).request);
      return ok({ ...body, changes: found, changes_count: String(found.length), overflow: false });
    },
  },
  {
    method: "GET",
    pattern: `${pattern}/:iid/diffs`,
    handle: async (call) => page(call.params, await changes(call), call.address),
  },
  {
    method: "GET",
    pattern: `${pattern}/:iid/commits`,
    handle: async (call) => {
      const { project, request } = wanted(call);
      const commits = await log(call.gitlab.repositories, project, `${request.baseSha}..${request.sha}`);
      return page(
        call.params,
        commits.map((commit) => commitBody(commit, projectUrl(call, project))),
        call.address,
      );
    },
  },
];
