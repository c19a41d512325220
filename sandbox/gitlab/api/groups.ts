import { caller, callerIfAny, groupOf } from "../access/guards";
import { level } from "../access/levels";
import { canSeeGroup, canSeeProject, groupLevel } from "../access/rights";
import { mintRunnersToken } from "../access/tokens";
import { now } from "../clock";
import { created, ok, page } from "../http/reply";
import { badParameter, forbidden, invalid, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { Group, Visibility } from "../model";
import { descendants, groupById, groupPath, isTaken, lineage, projectsBelow } from "../namespaces";
import { groupBody } from "./group-body";
import { readGroupSettings } from "./group-settings";
import { projectBody } from "./project-body";

const visibilities: readonly Visibility[] = ["private", "internal", "public"];
const rank = (visibility: Visibility): number => visibilities.indexOf(visibility);

const pathRule =
  "can only include non-accented letters, digits, '_', '-' and '.'. It must not start with '-', '_', or '.', nor end with '-', '_', '.', '.git', or '.atom'.";

/** What the addresses of projects and subgroups go on with. */
const reserved: ReadonlySet<string> = new Set([
  "badges", "blame", "blob", "builds", "commits", "create", "create_dir", "edit", "files", "find_file",
  "new", "preview", "raw", "refs", "tree", "update", "wikis",
]); // prettier-ignore

/** What GitLab has against a text as the path of a project or of a group; undefined when nothing. */
export function pathComplaint(path: string, isTop = false): string | undefined {
  const isPath = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(path) && !/([-_.]|\.git|\.atom)$/.test(path) && path.length <= 255;
  if (!isPath) return pathRule;
  return !isTop && reserved.has(path.toLowerCase()) ? `${path} is a reserved name` : undefined;
}

const nameComplaint =
  "can contain only letters, digits, emoji, '_', '.', dash, space, parenthesis. It must start with letter, digit, emoji, or '_'.";
const isName = (name: string): boolean =>
  /^[\p{L}\p{N}\u{A9}-\u{1F9FF}_][\p{L}\p{N}\p{Pd}\u{A9}-\u{1F9FF}_(). ]*$/u.test(name);

function checkVisibility(parent: Group | undefined, visibility: Visibility): void {
  if (parent !== undefined && rank(visibility) > rank(parent.visibility)) {
    throw invalid({
      visibility_level: [`${visibility} is not allowed since the parent group has a ${parent.visibility} visibility.`],
    });
  }
}

/** GitLab writes the complaints about a group as one text in Ruby's notation. */
const failedToSave = (complaints: string): Error => invalid(`Failed to save group {${complaints}}`);

function create(call: Call): Group {
  const user = caller(call);
  const { params, state, gitlab } = call;
  const name = params.filledText("name");
  const path = params.filledText("path");
  const parentId = params.integer("parent_id") ?? null;
  const parent = groupById(state, parentId);
  if (parentId !== null) {
    if (parent === undefined || !canSeeGroup(state, user, parent)) throw notFound("Group");
    const needs = parent.settings["subgroup_creation_level"] === "owner" ? level.owner : level.maintainer;
    if (groupLevel(state, user, parent) < needs) throw forbidden();
    if (lineage(state, parentId).some((each) => each.markedForDeletionOn !== null)) throw forbidden();
  } else if (user.bot) throw forbidden();
  const visibility = params.choice("visibility", visibilities) ?? parent?.visibility ?? "private";
  const settings = readGroupSettings(call);
  checkVisibility(parent, visibility);
  const wrongPath = pathComplaint(path, parentId === null);
  if (wrongPath !== undefined) throw failedToSave(`:path=>["${wrongPath}"]`);
  if (!isName(name)) throw failedToSave(`:name=>["${nameComplaint}"]`);
  if (isTaken(state, parentId, path)) throw failedToSave(`:path=>["has already been taken"]`);
  if (parentId !== null && state.groups.some((each) => each.parentId === parentId && each.name === name)) {
    throw failedToSave(`:name=>["has already been taken"]`);
  }
  const inherited = parent?.settings["default_branch_protection_defaults"];
  const group: Group = {
    id: gitlab.store.next("namespace"),
    name,
    path,
    parentId,
    description: params.text("description") ?? "",
    visibility,
    settings: { ...(inherited === undefined ? {} : { default_branch_protection_defaults: inherited }), ...settings },
    runnersToken: mintRunnersToken(),
    markedForDeletionOn: null,
    formerPath: null,
    createdAt: now(),
  };
  state.groups.push(group);
  // Who makes a group owns it; below a group where one is an owner already, that is not written down again.
  if (!user.bot && (parent === undefined || groupLevel(state, user, parent) < level.owner)) {
    state.members.push({
      source: "group",
      sourceId: group.id,
      userId: user.id,
      accessLevel: level.owner,
      expiresAt: null,
      createdAt: now(),
    });
  }
  return group;
}

function update(call: Call): Group {
  const group = groupOf(call, level.owner);
  const { params, state } = call;
  const name = params.text("name") ?? group.name;
  const path = params.text("path") ?? group.path;
  const visibility = params.choice("visibility", visibilities) ?? group.visibility;
  const settings = readGroupSettings(call);
  checkVisibility(groupById(state, group.parentId), visibility);
  const wrongPath = pathComplaint(path, group.parentId === null);
  if (wrongPath !== undefined) throw invalid({ path: [wrongPath] });
  if (!isName(name)) throw invalid({ name: [nameComplaint] });
  if (path.toLowerCase() !== group.path.toLowerCase() && isTaken(state, group.parentId, path)) {
    throw invalid({ path: ["has already been taken"] });
  }
  const below = [...descendants(state, group.id), ...projectsBelow(state, group.id)];
  if (below.some((each) => rank(each.visibility) > rank(visibility))) {
    throw invalid({
      visibility_level: [`${visibility} is not allowed since this group contains projects with higher visibility.`],
    });
  }
  Object.assign(group, { name, path, visibility, description: params.text("description") ?? group.description });
  group.settings = { ...group.settings, ...settings };
  return group;
}

function transfer(call: Call): Group {
  const group = groupOf(call, level.owner);
  const { state, params } = call;
  const to = params.integer("group_id") ?? null;
  const parent = groupById(state, to);
  if (to !== null && parent === undefined) throw notFound("Group");
  const failed = (why: string): Error => invalid(`Transfer failed: ${why}`);
  if (to === group.parentId) {
    throw failed(to === null ? "Group is already a root group." : "Group is already associated to the parent group.");
  }
  if (to === group.id || descendants(state, group.id).some((each) => each.id === to)) {
    throw failed("Group cannot be transferred to one of its subgroups.");
  }
  if (parent !== undefined && groupLevel(state, caller(call), parent) < level.maintainer) {
    throw failed("You don't have enough permissions.");
  }
  if (isTaken(state, to, group.path)) {
    throw failed("The parent group already has a subgroup or a project with the same path.");
  }
  if (parent !== undefined && rank(group.visibility) > rank(parent.visibility)) group.visibility = parent.visibility;
  group.parentId = to;
  return group;
}

function list(call: Call, groups: readonly Group[]): ReturnType<typeof page> {
  const user = callerIfAny(call);
  const search = call.params.text("search")?.toLowerCase();
  const top = call.params.flag("top_level_only") === true;
  const owned = call.params.flag("owned") === true;
  const minimum = call.params.integer("min_access_level") ?? level.none;
  const found = groups.filter(
    (group) =>
      canSeeGroup(call.state, user, group) &&
      (!top || group.parentId === null) &&
      (!owned || groupLevel(call.state, user, group) >= level.owner) &&
      groupLevel(call.state, user, group) >= minimum &&
      (search === undefined ||
        [group.name, groupPath(call.state, group)].some((text) => text.toLowerCase().includes(search))),
  );
  return page(
    call.params,
    found.map((group) => groupBody(call.gitlab, group, user)),
    call.address,
  );
}

/** Groups and subgroups. */
export const groups: readonly Route[] = [
  { method: "GET", pattern: "groups", anonymous: true, handle: (call) => list(call, call.state.groups) },
  {
    method: "POST",
    pattern: "groups",
    handle: (call) => created(groupBody(call.gitlab, create(call), caller(call))),
  },
  {
    method: "GET",
    pattern: "groups/:id",
    anonymous: true,
    handle: (call) => {
      const group = groupOf(call);
      const user = callerIfAny(call);
      const body = groupBody(call.gitlab, group, user);
      if (call.params.flag("with_projects") === false) return ok(body);
      const projects = call.state.projects
        .filter((project) => project.namespaceId === group.id && canSeeProject(call.state, user, project))
        .slice(0, 100)
        .map((project) => projectBody(call.gitlab, project, user));
      return ok({ ...body, projects, shared_projects: [] });
    },
  },
  { method: "PUT", pattern: "groups/:id", handle: (call) => ok(groupBody(call.gitlab, update(call), caller(call))) },
  {
    method: "POST",
    pattern: "groups/:id/transfer",
    handle: (call) => created(groupBody(call.gitlab, transfer(call), caller(call))),
  },
  {
    method: "GET",
    pattern: "groups/:id/subgroups",
    anonymous: true,
    handle: (call) => {
      const parent = groupOf(call);
      return list(
        call,
        call.state.groups.filter((group) => group.parentId === parent.id),
      );
    },
  },
  {
    method: "GET",
    pattern: "groups/:id/descendant_groups",
    anonymous: true,
    handle: (call) => list(call, descendants(call.state, groupOf(call).id)),
  },
  {
    method: "GET",
    pattern: "groups/:id/projects",
    anonymous: true,
    handle: (call) => {
      const group = groupOf(call);
      const user = callerIfAny(call);
      const below = call.params.flag("include_subgroups") === true;
      const projects = projectsBelow(call.state, group.id).filter(
        (project) => (below || project.namespaceId === group.id) && canSeeProject(call.state, user, project),
      );
      return page(
        call.params,
        projects.map((project) => projectBody(call.gitlab, project, user)),
        call.address,
      );
    },
  },
];

/** What a body of a group or project says of its visibility. */
export function readVisibility(call: Call): Visibility | undefined {
  if (call.params.has("visibility") && call.params.text("visibility") === "") throw badParameter("visibility is empty");
  return call.params.choice("visibility", visibilities);
}

/** Whether one visibility shows more than another. */
export const isWider = (a: Visibility, b: Visibility): boolean => rank(a) > rank(b);
