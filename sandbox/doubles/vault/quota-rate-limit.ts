import { text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { dataAt, fromApi, namespace, noNamespace, toApi, remove } from "./api";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  name: { type: "string", forceNew: true },
  path: { type: "string", forceNew: true },
  rate: { type: "number", required: true, validate: positive },
  interval: { type: "integer", computed: true },
  blockInterval: { type: "integer" },
  role: { type: "string" },
  inheritable: { type: "boolean", computed: true },
  groupBy: { type: "string", computed: true },
  secondaryRate: { type: "number", computed: true },
};

const FIELDS = [
  "path",
  "rate",
  "interval",
  "blockInterval",
  "role",
  "inheritable",
  "groupBy",
  "secondaryRate",
] as const;

/** How many requests a path answers; no path is all of Vault. */
export const quotaRateLimit: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {},
  validate: noNamespace,

  async create(wanted, { client }) {
    const name = text(wanted, "name");
    await client.write(`sys/quotas/rate-limit/${name}`, toApi(inputs, FIELDS, wanted));
    return { id: name };
  },

  async read(id, prior, session) {
    const data = await dataAt(session, `sys/quotas/rate-limit/${id}`);
    return data === undefined ? undefined : { ...fromApi(inputs, FIELDS, data, prior), name: id };
  },

  async update(id, olds, news, { client }) {
    await client.write(`sys/quotas/rate-limit/${id}`, toApi(inputs, FIELDS, news, olds));
    return undefined;
  },

  delete: (id, _state, session) => remove(session, `sys/quotas/rate-limit/${id}`),
};

function positive(value: unknown): string | undefined {
  return typeof value === "number" && value <= 0 ? `expected rate to be greater than 0, got ${value}` : undefined;
}
