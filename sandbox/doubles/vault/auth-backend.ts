import { text } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource, type Inputs } from "../framework/bridge/schema";
import { namespace, noNamespace, remove } from "./api";
import { enable, mountInputs, path, readAuth, retune, tuneNew } from "./auth-mount";
import type { Session } from "./session";

const inputs: Inputs = {
  namespace,
  ...mountInputs,
  type: { type: "string", required: true, forceNew: true },
  path: { ...path, computed: true },
  identityTokenKey: { type: "string" },
};

/** An auth method of any type; its path is its type unless it is given. */
export const authBackend: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: { accessor: { type: "string" } },
  validate: noNamespace,
  plan: (wanted) => (wanted["path"] === undefined ? { ...wanted, path: wanted["type"] ?? null } : wanted),

  async create(wanted, session) {
    const at = text(wanted, "path");
    await enable(at, text(wanted, "type"), wanted, session);
    try {
      await tuneNew(at, wanted, session);
    } catch (error) {
      throw new Unfinished(at, error);
    }
    return { id: at };
  },

  read: (id, prior, session) => readAuth(inputs, id, prior, session),

  async update(id, olds, news, session) {
    const at = await retune(inputs, olds, news, session);
    return at === id ? undefined : readAuth(inputs, at, news, session);
  },

  delete: (id, _state, session) => remove(session, `sys/auth/${id}`),
};
