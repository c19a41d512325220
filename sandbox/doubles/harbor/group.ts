import { numberOr, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { Session } from "./config";

const inputs: Inputs = {
  groupName: { type: "string", required: true, forceNew: true },
  groupType: { type: "integer", required: true, validate: badType },
  ldapGroupDn: { type: "string" },
};

/** A group of people that the identity provider knows. */
export const group: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {},

  async create(wanted, { api }) {
    const { id } = await api.post("/usergroups", {
      group_name: text(wanted, "groupName"),
      group_type: numberOr(wanted, "groupType", 0),
      ldap_group_dn: textOr(wanted, "ldapGroupDn", ""),
    });
    return { id };
  },

  async read(id, prior, { api }) {
    const found = await api.find(id);
    if (found === undefined) return undefined;
    const dn = textOr(found, "ldap_group_dn", "");
    return {
      groupName: text(found, "group_name"),
      groupType: numberOr(found, "group_type", 0),
      ...(dn !== "" || prior["ldapGroupDn"] !== undefined ? { ldapGroupDn: dn } : {}),
    };
  },

  // The real one sends nothing either: the next refresh shows it.
  update: () => Promise.resolve(undefined),

  delete: (id, _state, { api }) => api.remove(id),
};

function badType(value: unknown): string | undefined {
  return typeof value === "number" && ![1, 2, 3].includes(value)
    ? `expected groupType to be one of [1 2 3] (LDAP, HTTP, OIDC), got ${value}`
    : undefined;
}
