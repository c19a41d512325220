import { numberOr, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { levelName, levelNumber, memberLevel } from "./access-level";
import { badDay, isOver } from "./expiry";
import { ownerPath, splitId, type Owner } from "./place";
import type { Session } from "./session";

const person = { type: "integer", required: true, forceNew: true } as const;
const common: Inputs = { userId: person, accessLevel: memberLevel, memberRoleId: { type: "integer" } };

/** A person's role in a group. */
export const groupMembership: BridgedResource<Session> = {
  ...membership("group", "groupId", {
    ...common,
    groupId: { type: "integer", required: true, forceNew: true },
    expiresAt: { type: "string", computed: true, validate: badDay },
    skipSubresourcesOnDestroy: { type: "boolean", default: false },
    unassignIssuablesOnDestroy: { type: "boolean", default: false },
  }),
  half: "framework",
  delete: (id, state, { api }) =>
    api.delete(pathAt("group", id), {
      skip_subresources: state["skipSubresourcesOnDestroy"] === true,
      unassign_issuables: state["unassignIssuablesOnDestroy"] === true,
    }),
};

/** A person's role in a project. */
export const projectMembership: BridgedResource<Session> = {
  ...membership("project", "project", {
    ...common,
    project: { type: "string", required: true, forceNew: true },
    expiresAt: { type: "string", validate: badDay },
  }),
  validate: (given) =>
    isOver(given["expiresAt"]) ? [{ property: "expiresAt", reason: "expiresAt must be in the future" }] : [],
};

function membership(owner: Owner, host: string, inputs: Inputs): BridgedResource<Session> {
  return {
    half: "sdk",
    inputs,
    outputs: {},

    async create(wanted, { api }) {
      const place = owner === "group" ? String(numberOr(wanted, host, 0)) : text(wanted, host);
      const user = numberOr(wanted, "userId", 0);
      await api.post(`${ownerPath(owner, place)}/members`, { user_id: user, ...body(wanted) });
      return { id: `${place}:${user}` };
    },

    async read(id, _prior, { api }) {
      const [place = "", user = ""] = splitId(id, 2);
      // Direct members only: a role that comes from a group above is another thing.
      const found = await api.find(pathAt(owner, id));
      if (found === undefined) return undefined;
      return {
        [host]: owner === "group" ? Number(place) : place,
        userId: Number(user),
        accessLevel: levelName(found["access_level"]) ?? null,
        expiresAt: found["expires_at"] ?? null,
      };
    },

    async update(id, _olds, news, { api }) {
      await api.put(pathAt(owner, id), body(news));
      return undefined;
    },

    delete: (id, _state, { api }) => api.delete(pathAt(owner, id)),
  };
}

function body(wanted: JsonMap): JsonMap {
  const role = wanted["memberRoleId"];
  return {
    access_level: levelNumber(text(wanted, "accessLevel")),
    expires_at: wanted["expiresAt"] ?? "",
    ...(role !== undefined && { member_role_id: role }),
  };
}

function pathAt(owner: Owner, id: string): string {
  const [place = "", user = ""] = splitId(id, 2);
  return `${ownerPath(owner, place)}/members/${user}`;
}
