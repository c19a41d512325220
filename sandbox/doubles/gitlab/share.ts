import { list, numberOr, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { isMap, type JsonMap } from "../framework/value";
import { levelName, levelNumber, memberLevels } from "./access-level";
import { isMarked } from "./deletion";
import { ownerPath, splitId, type Owner } from "./place";
import type { Session } from "./session";

const level = { type: "string", required: true, forceNew: true, oneOf: memberLevels } as const;
const day = { type: "string", forceNew: true } as const;

const ofProject: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  groupId: { type: "integer", required: true, forceNew: true },
  groupAccess: level,
  expiresAt: day,
};

const ofGroup: Inputs = {
  groupId: { type: "string", required: true, forceNew: true },
  shareGroupId: { type: "integer", required: true, forceNew: true },
  groupAccess: level,
  expiresAt: day,
  memberRoleId: { type: "integer", forceNew: true },
};

/** A group invited into a project. Nothing of it changes in place. */
export const projectShareGroup = share("project", ofProject, "project", "groupId");

/** A group invited into another group. Nothing of it changes in place. */
export const groupShareGroup = share("group", ofGroup, "groupId", "shareGroupId");

function share(owner: Owner, inputs: Inputs, host: string, guest: string): BridgedResource<Session> {
  return {
    half: owner === "project" ? "sdk" : "framework",
    inputs,
    outputs: {},

    async create(wanted, { api }) {
      const expires = wanted["expiresAt"];
      const role = wanted["memberRoleId"];
      await api.post(`${ownerPath(owner, text(wanted, host))}/share`, {
        group_id: numberOr(wanted, guest, 0),
        group_access: levelNumber(text(wanted, "groupAccess")),
        ...(expires !== undefined && { expires_at: expires }),
        ...(role !== undefined && { member_role_id: role }),
      });
      return { id: `${text(wanted, host)}:${numberOr(wanted, guest, 0)}` };
    },

    async read(id, _prior, { api }) {
      const [place = "", group = ""] = splitId(id, 2);
      const found = await api.find(ownerPath(owner, place));
      if (found === undefined || isMarked(found)) return undefined;
      const entry = list(found, "shared_with_groups").find(
        (one): one is JsonMap => isMap(one) && one["group_id"] === Number(group),
      );
      if (entry === undefined) return undefined;
      return {
        [host]: place,
        [guest]: Number(group),
        groupAccess: levelName(entry["group_access_level"]) ?? null,
        expiresAt: entry["expires_at"] ?? null,
        ...(owner === "group" && { memberRoleId: entry["member_role_id"] ?? null }),
      };
    },

    delete: (id, _state, { api }) => {
      const [place = "", group = ""] = splitId(id, 2);
      return api.delete(`${ownerPath(owner, place)}/share/${group}`);
    },
  };
}
