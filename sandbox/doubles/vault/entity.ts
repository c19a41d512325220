import { flag, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { dataAt, fromApi, namespace, noNamespace, toApi, remove } from "./api";
import { createIdentity } from "./identity";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  name: { type: "string" },
  policies: { type: { set: "string" } },
  metadata: { type: { map: "string" } },
  disabled: { type: "boolean" },
  externalPolicies: { type: "boolean", default: false },
};

function own(state: JsonMap): string[] {
  return ["metadata", "disabled", ...(flag(state, "externalPolicies") ? [] : ["policies"])];
}

/** One identity, whatever it logs in with. */
export const entity: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {},
  validate: noNamespace,

  create: (wanted, session) =>
    createIdentity("entity", text(wanted, "name"), toApi(inputs, ["name", ...own(wanted)], wanted), session),

  async read(id, prior, session) {
    const data = await dataAt(session, `identity/entity/id/${id}`);
    return data === undefined ? undefined : { name: text(data, "name"), ...fromApi(inputs, own(prior), data, prior) };
  },

  async update(id, olds, news, { client }) {
    await client.write(`identity/entity/id/${id}`, toApi(inputs, ["name", ...own(news)], news, olds));
    return undefined;
  },

  delete: (id, _state, session) => remove(session, `identity/entity/id/${id}`),
};
