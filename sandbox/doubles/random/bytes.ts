import { randomBytes as bytesOf } from "node:crypto";
import { numberOr } from "../framework/bridge/fields";
import type { BridgedResource } from "../framework/bridge/schema";
import { atLeast, inStateOnly, keepers } from "./keepers";

/** Secret random bytes. */
export const randomBytes: BridgedResource<null> = {
  ...inStateOnly,
  inputs: { length: { type: "integer", required: true, forceNew: true, validate: atLeast(1) }, keepers },
  outputs: { base64: { type: "string", secret: true }, hex: { type: "string", secret: true } },
  create: (inputs) => {
    const bytes = bytesOf(numberOr(inputs, "length", 1));
    const state = { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
    return Promise.resolve({ id: "none", state });
  },
  read: (id, prior) => {
    if (prior["base64"] !== undefined) return Promise.resolve({});
    const bytes = Buffer.from(id, "base64");
    return Promise.resolve({ base64: id, hex: bytes.toString("hex"), length: bytes.length });
  },
};
