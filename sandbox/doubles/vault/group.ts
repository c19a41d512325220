import { flag, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { dataAt, fromApi, namespace, noNamespace, toApi, remove } from "./api";
import { createIdentity } from "./identity";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  name: { type: "string" },
  type: { type: "string", default: "internal", forceNew: true, oneOf: ["internal", "external"] },
  policies: { type: { set: "string" } },
  metadata: { type: { map: "string" } },
  memberEntityIds: { type: { set: "string" } },
  memberGroupIds: { type: { set: "string" } },
  externalPolicies: { type: "boolean", default: false },
  externalMemberEntityIds: { type: "boolean", default: false },
  externalMemberGroupIds: { type: "boolean", default: false },
};

/** What of a group is this resource's to say: other resources may own the rest, and logins an external group's members. */
function own(state: JsonMap): string[] {
  const internal = state["type"] !== "external";
  return [
    "metadata",
    ...(flag(state, "externalPolicies") ? [] : ["policies"]),
    ...(flag(state, "externalMemberEntityIds") || !internal ? [] : ["memberEntityIds"]),
    ...(flag(state, "externalMemberGroupIds") || !internal ? [] : ["memberGroupIds"]),
  ];
}

/** A group of identities. */
export const group: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {},
  validate: noNamespace,

  create: (wanted, session) =>
    createIdentity("group", text(wanted, "name"), toApi(inputs, ["name", "type", ...own(wanted)], wanted), session),

  async read(id, prior, session) {
    const data = await dataAt(session, `identity/group/id/${id}`);
    if (data === undefined) return undefined;
    return {
      name: text(data, "name"),
      type: text(data, "type"),
      ...fromApi(inputs, own({ ...data, ...prior }), data, prior),
    };
  },

  async update(id, olds, news, { client }) {
    await client.write(`identity/group/id/${id}`, toApi(inputs, ["name", "type", ...own(news)], news, olds));
    return undefined;
  },

  delete: (id, _state, session) => remove(session, `identity/group/id/${id}`),
};
