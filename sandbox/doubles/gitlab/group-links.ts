import { flag, numberOr, present, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import type { BareMap } from "../framework/value";
import { levelName, levelNumber, memberLevels } from "./access-level";
import { escaped, GitLabError, isNotFound } from "./api";
import { ownerPath, splitId } from "./place";
import type { Session } from "./session";
import { fromWire } from "./wire";

// Neither looks at the edition: a free server has no such path, and that is the whole of its refusal.

const saml: Inputs = {
  group: { type: "string", required: true, forceNew: true },
  samlGroupName: { type: "string", required: true, forceNew: true },
  accessLevel: {
    type: "string",
    required: true,
    forceNew: true,
    oneOf: memberLevels.filter((name) => name !== "no one"),
  },
  memberRoleId: { type: "integer", forceNew: true },
};

/** The people of a SAML group as members of a group. Nothing of it changes in place. */
export const groupSamlLink: BridgedResource<Session> = {
  half: "sdk",
  inputs: saml,
  outputs: {},

  async create(wanted, { api }) {
    const group = text(wanted, "group");
    const made = await api.post(
      `${ownerPath("group", group)}/saml_group_links`,
      present({
        saml_group_name: text(wanted, "samlGroupName"),
        access_level: levelNumber(text(wanted, "accessLevel")),
        member_role_id: wanted["memberRoleId"],
      }),
    );
    return { id: `${group}:${text(made, "name")}` };
  },

  async read(id, prior, { api }) {
    const found = await api.find(samlPath(id));
    if (found === undefined) return undefined;
    return {
      group: splitId(id, 2)[0] ?? "",
      samlGroupName: text(found, "name"),
      accessLevel: levelName(found["access_level"]) ?? null,
      ...fromWire(saml, ["memberRoleId"], found, prior),
    };
  },

  async delete(id, _state, { api }) {
    await api.delete(samlPath(id)).catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
    });
  },
};

function samlPath(id: string): string {
  const [group = "", name = ""] = splitId(id, 2);
  return `${ownerPath("group", group)}/saml_group_links/${escaped(name)}`;
}

const ldap: Inputs = {
  group: { type: "string", required: true, forceNew: true },
  cn: { type: "string", computed: true, forceNew: true },
  filter: { type: "string", computed: true, forceNew: true },
  groupAccess: { type: "string", required: true, forceNew: true, oneOf: memberLevels },
  ldapProvider: { type: "string", required: true, forceNew: true },
  force: { type: "boolean", default: false, forceNew: true },
  memberRoleId: { type: "integer", computed: true, forceNew: true },
};

/** Whom a link is of, within its group: a link has no number. */
interface LdapKey {
  readonly group: string;
  readonly provider: string;
  readonly cn: string;
  readonly filter: string;
}

/** The people of an LDAP group as members of a group. Nothing of it changes in place. */
export const groupLdapLink: BridgedResource<Session> = {
  half: "sdk",
  inputs: ldap,
  outputs: {},
  validate: (given) => [...conflict(given, "cn", "filter"), ...conflict(given, "filter", "cn")],

  async create(wanted, session) {
    const key: LdapKey = {
      group: text(wanted, "group"),
      provider: text(wanted, "ldapProvider"),
      cn: textOr(wanted, "cn", ""),
      filter: textOr(wanted, "filter", ""),
    };
    if (flag(wanted, "force")) await unlink(key, session);
    const made = await session.api.post(`${ownerPath("group", key.group)}/ldap_group_links`, {
      ...query(key),
      group_access: levelNumber(text(wanted, "groupAccess")),
      ...present({ member_role_id: wanted["memberRoleId"] }),
    });
    return {
      id: [key.group, text(made, "provider"), textOr(made, "cn", ""), textOr(made, "filter", "")].join(":"),
    };
  },

  async read(id, prior, { api }) {
    const { group, ...key } = ldapKey(id);
    const links = await api.list(`${ownerPath("group", group)}/ldap_group_links`).catch((error: unknown) => {
      // A group without links is one that is not found; one that may not be seen is gone only to whoever forces it.
      if (isNotFound(error) || (isForbidden(error) && flag(prior, "force"))) return [];
      throw error;
    });
    const found = links.find(
      (link) =>
        link["provider"] === key.provider &&
        textOr(link, "cn", "") === key.cn &&
        textOr(link, "filter", "") === key.filter,
    );
    if (found === undefined) return undefined;
    return {
      group,
      cn: key.cn,
      filter: key.filter,
      groupAccess: levelName(found["group_access"]) ?? null,
      ldapProvider: key.provider,
      memberRoleId: numberOr(found, "member_role_id", 0),
    };
  },

  delete: (id, _state, session) => unlink(ldapKey(id), session),
};

/** As the plugin words it, once for each of the two. */
function conflict(given: BareMap, property: string, other: string): CheckFailure[] {
  return given[property] !== undefined && given[other] !== undefined
    ? [{ property, reason: `"${property}": conflicts with ${other}` }]
    : [];
}

async function unlink(key: LdapKey, { api }: Session): Promise<void> {
  try {
    await api.delete(`${ownerPath("group", key.group)}/ldap_group_links`, query(key));
  } catch (error) {
    // Only this text: a group that is not there is 404, too, and an error.
    const gone = error instanceof GitLabError && error.message.includes("Linked LDAP group not found");
    if (!gone && !isForbidden(error)) throw error;
  }
}

function query({ provider, cn, filter }: LdapKey): Record<string, string> {
  return { provider, ...(cn !== "" && { cn }), ...(filter !== "" && { filter }) };
}

/** `group:provider:cn:filter`, one of the last two empty: a colon within one of them breaks it. */
function ldapKey(id: string): LdapKey {
  const [group, provider, cn, filter, ...rest] = id.split(":");
  if (group === undefined || provider === undefined || cn === undefined || filter === undefined || rest.length > 0)
    throw new Error(`unexpected ID format: ${id} is not <group>:<LDAPProvider>:<CN>:<filter>`);
  return { group, provider, cn, filter };
}

function isForbidden(error: unknown): boolean {
  return error instanceof GitLabError && error.status === 403;
}
