import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { dataAt, fromApi, namespace, noNamespace, toApi, remove } from "./api";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  name: { type: "string", required: true },
  mountAccessor: { type: "string", required: true },
  canonicalId: { type: "string", required: true },
};

const FIELDS = ["name", "mountAccessor", "canonicalId"] as const;

/** What an auth method calls an external group. Vault takes the same name and accessor as the same alias. */
export const groupAlias: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {},
  validate: noNamespace,

  async create(wanted, { client }) {
    const id = (await client.write("identity/group-alias", toApi(inputs, FIELDS, wanted)))?.data["id"];
    if (typeof id !== "string") throw new Error("Vault gave the new group alias no id");
    return { id };
  },

  async read(id, prior, session) {
    const data = await dataAt(session, `identity/group-alias/id/${id}`);
    return data === undefined ? undefined : fromApi(inputs, FIELDS, data, prior);
  },

  async update(id, olds, news, { client }) {
    await client.write(`identity/group-alias/id/${id}`, toApi(inputs, FIELDS, news, olds));
    return undefined;
  },

  delete: (id, _state, session) => remove(session, `identity/group-alias/id/${id}`),
};
