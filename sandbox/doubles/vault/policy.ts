import { text } from "../framework/bridge/fields";
import type { BridgedResource } from "../framework/bridge/schema";
import { dataAt, namespace, noNamespace, remove } from "./api";
import type { Session } from "./session";

/**
 * An ACL policy. An existing one of the same name is overwritten; the property that forbids it (`allowOverwrite`) came
 * after version 7.8.0 of the SDK.
 */
export const policy: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs: {
    namespace,
    name: { type: "string", forceNew: true },
    policy: { type: "string", required: true },
  },
  outputs: {},
  validate: noNamespace,

  async create(wanted, { client }) {
    const name = text(wanted, "name");
    await client.write(`sys/policies/acl/${name}`, { policy: text(wanted, "policy") });
    return { id: name };
  },

  async read(id, _prior, session) {
    const data = await dataAt(session, `sys/policies/acl/${id}`);
    // Vault keeps names in small letters; the id is the name as it was given.
    return data === undefined ? undefined : { name: id, policy: text(data, "policy") };
  },

  async update(id, _olds, news, { client }) {
    await client.write(`sys/policies/acl/${id}`, { policy: text(news, "policy") });
    return undefined;
  },

  delete: (id, _state, session) => remove(session, `sys/policies/acl/${id}`),
};
