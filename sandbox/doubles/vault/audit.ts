import { text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { dataAt, fromApi, namespace, noEdgeSlashes, noNamespace, toApi, remove } from "./api";
import { isMap } from "../framework/value";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  type: { type: "string", required: true, forceNew: true },
  options: { type: { map: "string" }, required: true, forceNew: true },
  path: { type: "string", forceNew: true, computed: true, validate: noEdgeSlashes },
  description: { type: "string", forceNew: true },
  local: { type: "boolean", forceNew: true },
};

/** Where Vault writes down what it was asked; its path is its type unless it is given. Every change makes another. */
export const audit: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {},
  validate: noNamespace,
  plan: (wanted) => (wanted["path"] === undefined ? { ...wanted, path: wanted["type"] ?? null } : wanted),

  async create(wanted, { client }) {
    const path = text(wanted, "path");
    await client.write(`sys/audit/${path}`, toApi(inputs, ["type", "options", "description", "local"], wanted));
    return { id: path };
  },

  async read(id, prior, session) {
    const device = (await dataAt(session, "sys/audit"))?.[`${id}/`];
    if (!isMap(device)) return undefined;
    return { ...fromApi(inputs, ["type", "options", "description", "local"], device, prior), path: id };
  },

  delete: (id, _state, session) => remove(session, `sys/audit/${id}`),
};
