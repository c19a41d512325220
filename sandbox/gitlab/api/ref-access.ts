import { level, describeLevel } from "../access/levels";
import { directLevel, projectMemberLevel } from "../access/rights";
import type { Params } from "../http/params";
import { badParameter, Refusal } from "../http/refusal";
import type { Call } from "../instance";
import type { Project, RefAccess } from "../model";
import { groupById, lineage, userById } from "../namespaces";

/** An entry of who may do something with a protected ref, as the API tells it. */
export function accessBody(call: Call, entry: RefAccess): Record<string, unknown> {
  const description =
    userById(call.state, entry.userId)?.name ??
    groupById(call.state, entry.groupId)?.name ??
    call.state.deployKeys.find((key) => key.id === entry.deployKeyId)?.title ??
    describeLevel(entry.accessLevel ?? level.none);
  return {
    id: entry.id,
    access_level: entry.accessLevel,
    access_level_description: description,
    user_id: entry.userId,
    group_id: entry.groupId,
    deploy_key_id: entry.deployKeyId,
  };
}

const unprocessable = (text: string): Refusal => new Refusal(422, { message: [text] });

/** Reads one entry; users must be members and groups must be invited. Without a licence only levels and deploy keys count. */
function readEntry(call: Call, project: Project, params: Params, levels: readonly number[], what: string): RefAccess {
  const userId = params.integer("user_id") ?? null;
  const groupId = params.integer("group_id") ?? null;
  const deployKeyId = params.integer("deploy_key_id") ?? null;
  const accessLevel = params.integer("access_level") ?? null;
  const { state, gitlab } = call;
  if (userId !== null) {
    const user = userById(state, userId);
    if (user === undefined || projectMemberLevel(state, userId, project) < level.developer) {
      throw unprocessable(`${what} user is not a member of the project`);
    }
  } else if (groupId !== null) {
    const above = lineage(state, project.namespaceId).some((group) => group.id === groupId);
    const invited = state.shares.some(
      (share) => share.source === "project" && share.sourceId === project.id && share.groupId === groupId,
    );
    if (groupById(state, groupId) === undefined || (!invited && !above)) {
      throw unprocessable(`${what} group does not have access to the project`);
    }
  } else if (deployKeyId !== null) {
    const key = state.deployKeys.find((each) => each.id === deployKeyId);
    if (key?.projects.some((each) => each.projectId === project.id && each.canPush) !== true) {
      throw unprocessable(`${what} deploy key is not enabled for this project`);
    }
  } else if (accessLevel === null || !levels.includes(accessLevel)) {
    throw badParameter(`${what}[access_level] does not have a valid value`);
  }
  return {
    id: gitlab.store.next("ref_access"),
    accessLevel: userId === null && groupId === null && deployKeyId === null ? accessLevel : level.maintainer,
    userId,
    groupId,
    deployKeyId,
  };
}

/** The list that a body's level and list make; undefined when neither was sent. */
export function readAccess(
  call: Call,
  project: Project,
  names: { readonly single: string; readonly list: string },
  levels: readonly number[],
): RefAccess[] | undefined {
  const single = call.params.level(names.single, levels);
  const list = call.gitlab.edition === "ee" ? call.params.objects(names.list) : undefined;
  // A free instance lets a deploy key push, but knows no users and groups.
  const keys =
    call.gitlab.edition === "ce"
      ? call.params.objects(names.list)?.filter((each) => each.integer("deploy_key_id") !== undefined)
      : undefined;
  const entries = (list ?? keys ?? []).map((each) => readEntry(call, project, each, levels, names.list));
  if (single === undefined && entries.length === 0) return undefined;
  return single === undefined
    ? entries
    : [
        {
          id: call.gitlab.store.next("ref_access"),
          accessLevel: single,
          userId: null,
          groupId: null,
          deployKeyId: null,
        },
        ...entries,
      ];
}

/** Changes a list as PATCH does: entries with an id change or go (`_destroy`), others are added. */
export function patchAccess(
  call: Call,
  project: Project,
  name: string,
  before: readonly RefAccess[],
  levels: readonly number[],
): RefAccess[] {
  let entries = [...before];
  for (const each of call.params.objects(name) ?? []) {
    const id = each.integer("id");
    if (id === undefined) {
      entries.push(readEntry(call, project, each, levels, name));
      continue;
    }
    const old = entries.find((entry) => entry.id === id);
    if (old === undefined) throw new Refusal(404, { message: "404 Not found" });
    if (each.flag("_destroy") === true) entries = entries.filter((entry) => entry !== old);
    else Object.assign(old, { ...readEntry(call, project, each, levels, name), id });
  }
  return entries;
}

/** Whether a user is a direct member of a project. */
export const isDirectMember = (call: Call, project: Project, userId: number): boolean =>
  directLevel(call.state, "project", project.id, userId) > level.none;
