import { numberOr, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { HarborError } from "./api";
import type { Session } from "./config";
import { projectOf, projectPath, sameProject } from "./place";

const ROLES: Readonly<Record<string, number>> = {
  projectadmin: 1,
  developer: 2,
  guest: 3,
  maintainer: 4,
  limitedguest: 5,
};

const TYPES: Readonly<Record<string, number>> = { ldap: 1, internal: 2, oidc: 3 };

const inputs: Inputs = {
  projectId: { type: "string", required: true, forceNew: true, equivalent: sameProject },
  groupId: { type: "integer", forceNew: true },
  groupName: { type: "string", forceNew: true },
  ldapGroupDn: { type: "string" },
  type: { type: "string", required: true, oneOf: Object.keys(TYPES) },
  role: { type: "string", required: true, oneOf: Object.keys(ROLES) },
};

/** The role of a group of people in a project. */
export const projectMemberGroup: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  // Never filled by the real one either.
  outputs: { memberId: { type: "integer" } },
  validate: (given) =>
    given["groupId"] === undefined && given["groupName"] === undefined
      ? [{ property: "groupName", reason: "one of groupId, groupName must be specified" }]
      : [],

  async create(wanted, { api }) {
    const { id } = await api.post(`${projectPath(wanted)}/members`, body(wanted));
    return { id };
  },

  async read(id, prior, { api }) {
    const found = await api.find(id);
    if (found === undefined) return undefined;
    const name = text(found, "entity_name");
    return {
      projectId: projectOf(id),
      role: Object.keys(ROLES).find((role) => ROLES[role] === found["role_id"]) ?? null,
      ...(prior["groupName"] !== undefined || prior["groupId"] === undefined ? { groupName: name } : {}),
    };
  },

  async update(id, _olds, news, { api }) {
    // A refusal is only printed, not reported: the next refresh shows it.
    await api.put(id, body(news)).catch((error: unknown) => {
      if (!(error instanceof HarborError)) throw error;
      process.stderr.write(`${error.message}\n`);
    });
    return undefined;
  },

  delete: (id, _state, { api }) => api.remove(id),
};

function body(wanted: JsonMap): JsonMap {
  const id = numberOr(wanted, "groupId", 0);
  return {
    role_id: ROLES[text(wanted, "role")] ?? 0,
    member_group: {
      ...(id !== 0 && { id }),
      group_name: textOr(wanted, "groupName", ""),
      group_type: TYPES[text(wanted, "type")] ?? 0,
      ldap_group_dn: textOr(wanted, "ldapGroupDn", ""),
    },
  };
}
