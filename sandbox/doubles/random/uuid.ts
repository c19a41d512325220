import { randomUUID } from "node:crypto";
import type { BridgedResource } from "../framework/bridge/schema";
import { inStateOnly, keepers } from "./keepers";

/** A random UUID, which is its own id. */
export const randomUuid: BridgedResource<null> = {
  ...inStateOnly,
  inputs: { keepers },
  outputs: { result: { type: "string" } },
  create: () => {
    const result = randomUUID();
    return Promise.resolve({ id: result, state: { result } });
  },
  read: (id, prior) => Promise.resolve(prior["result"] === undefined ? { result: id } : {}),
};
