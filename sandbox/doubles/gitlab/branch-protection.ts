import { flag, list, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { isMap, type BareMap, type Json, type JsonMap } from "../framework/value";
import { levelName, levelNumber, protectionLevels } from "./access-level";
import { escaped } from "./api";
import { changeEntries, entries, entriesWithKeys, fromEntries, toEntries } from "./entries";
import { ownerPath, splitId } from "./place";
import type { Session } from "./session";

/** Only the free edition has the two levels, and cannot change them in place. */
const level = { type: "string", computed: true, forceNew: true, oneOf: protectionLevels } as const;

const inputs: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  branch: { type: "string", required: true, forceNew: true },
  allowForcePush: { type: "boolean", default: false },
  codeOwnerApprovalRequired: { type: "boolean", default: false },
  pushAccessLevel: level,
  mergeAccessLevel: level,
  allowedToPushes: { ...entriesWithKeys, computed: true },
  allowedToMerges: { ...entries, computed: true },
  allowedToUnprotects: { ...entries, computed: true },
};

/** Who may do what, as properties and on the wire. */
const LISTS = {
  allowedToPushes: { ask: "allowed_to_push", told: "push_access_levels" },
  allowedToMerges: { ask: "allowed_to_merge", told: "merge_access_levels" },
  allowedToUnprotects: { ask: "allowed_to_unprotect", told: "unprotect_access_levels" },
} as const;

/** Who may push to and merge into a branch. */
export const branchProtection: BridgedResource<Session> = {
  half: "framework",
  inputs,
  outputs: { branchProtectionId: { type: "integer" } },
  examine: async (given, _olds, session) => refuseEdition(given, await session.enterprise()),

  async create(wanted, session) {
    const { api } = session;
    const project = text(wanted, "project");
    const branch = text(wanted, "branch");
    const enterprise = await session.enterprise();
    const folder = `${ownerPath("project", project)}/protected_branches`;
    if ((await api.find(`${folder}/${escaped(branch)}`)) !== undefined) {
      // GitLab protects the default branch of its own accord; any other protection is somebody's.
      const { default_branch: first } = await api.get(ownerPath("project", project));
      if (first !== branch) throw new Error(`the protection of branch ${branch} in project ${project} already exists`);
      await api.delete(`${folder}/${escaped(branch)}`);
    }
    const made = await api.post(folder, {
      name: branch,
      allow_force_push: flag(wanted, "allowForcePush"),
      code_owner_approval_required: flag(wanted, "codeOwnerApprovalRequired"),
      ...levels(wanted),
      ...Object.fromEntries(
        Object.entries(LISTS).flatMap(([name, { ask }]) =>
          wanted[name] === undefined ? [] : [[ask, toEntries(list(wanted, name))] as const],
        ),
      ),
    });
    return { id: `${project}:${branch}`, state: { ...wanted, ...stateOf(made, enterprise) } };
  },

  async read(id, _prior, session) {
    const [project = "", branch = ""] = splitId(id, 2);
    const found = await session.api.find(pathAt(id));
    if (found === undefined) return undefined;
    return { project, branch, ...stateOf(found, await session.enterprise()) };
  },

  async update(id, _olds, news, session) {
    const enterprise = await session.enterprise();
    const found = await session.api.get(pathAt(id));
    const lists = Object.entries(LISTS).flatMap(([name, { ask, told }]): [string, Json][] =>
      news[name] === undefined ? [] : [[ask, changeEntries(found, told, list(news, name))]],
    );
    await session.api.patch(pathAt(id), {
      allow_force_push: flag(news, "allowForcePush"),
      ...(enterprise && { code_owner_approval_required: flag(news, "codeOwnerApprovalRequired") }),
      ...(enterprise && Object.fromEntries(lists)),
    });
    return undefined;
  },

  delete: (id, _state, { api }) => api.delete(pathAt(id)),
};

/** While planning, and so in a preview, too. */
function refuseEdition(given: BareMap, enterprise: boolean): void {
  const named = (names: readonly string[]): string | undefined =>
    names.find((name) => given[name] !== undefined && given[name] !== null);
  const levelName = named(["pushAccessLevel", "mergeAccessLevel"]);
  if (enterprise && levelName !== undefined) {
    throw new Error(`${levelName} is not for the Enterprise Edition: use allowedToPushes and allowedToMerges instead`);
  }
  const list =
    named(Object.keys(LISTS)) ??
    (given["codeOwnerApprovalRequired"] === true ? "codeOwnerApprovalRequired" : undefined);
  if (!enterprise && list !== undefined) {
    throw new Error(
      `feature unavailable: ${list} needs GitLab Premium or Ultimate; use pushAccessLevel and mergeAccessLevel`,
    );
  }
}

function levels(wanted: JsonMap): JsonMap {
  const keys = { pushAccessLevel: "push_access_level", mergeAccessLevel: "merge_access_level" };
  return Object.fromEntries(
    Object.entries(keys).flatMap(([name, key]) => {
      const given = wanted[name];
      return typeof given === "string" ? [[key, levelNumber(given)] as const] : [];
    }),
  );
}

function stateOf(found: JsonMap, enterprise: boolean): JsonMap {
  const first = (key: string): Json => {
    const [entry] = list(found, key);
    return entry !== undefined && isMap(entry) ? (levelName(entry["access_level"]) ?? null) : null;
  };
  return {
    branchProtectionId: found["id"] ?? 0,
    allowForcePush: flag(found, "allow_force_push"),
    codeOwnerApprovalRequired: flag(found, "code_owner_approval_required"),
    ...(enterprise
      ? Object.fromEntries(Object.entries(LISTS).map(([name, { told }]) => [name, fromEntries(found, told)] as const))
      : { pushAccessLevel: first("push_access_levels"), mergeAccessLevel: first("merge_access_levels") }),
  };
}

function pathAt(id: string): string {
  const [project = "", branch = ""] = splitId(id, 2);
  return `${ownerPath("project", project)}/protected_branches/${escaped(branch)}`;
}
