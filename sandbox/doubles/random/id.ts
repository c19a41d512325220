import { randomBytes } from "node:crypto";
import { numberOr, textOr } from "../framework/bridge/fields";
import type { BridgedResource } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { atLeast, inStateOnly, keepers } from "./keepers";

/** Random bytes in several spellings, each after the prefix; the id has none. */
export const randomId: BridgedResource<null> = {
  ...inStateOnly,
  inputs: {
    byteLength: { type: "integer", required: true, forceNew: true, validate: atLeast(1) },
    prefix: { type: "string", forceNew: true },
    keepers,
  },
  outputs: {
    b64Url: { type: "string" },
    b64Std: { type: "string" },
    hex: { type: "string" },
    dec: { type: "string" },
  },
  create: (inputs) => {
    const bytes = randomBytes(numberOr(inputs, "byteLength", 1));
    return Promise.resolve({ id: bytes.toString("base64url"), state: spell(bytes, textOr(inputs, "prefix", "")) });
  },
  read: (id, prior) => Promise.resolve(prior["hex"] === undefined ? imported(id) : {}),
};

function spell(bytes: Buffer, prefix: string): JsonMap {
  const hex = bytes.toString("hex");
  return {
    b64Url: prefix + bytes.toString("base64url"),
    b64Std: prefix + bytes.toString("base64"),
    hex: prefix + hex,
    dec: prefix + BigInt(`0x${hex}`).toString(),
  };
}

/** Imported as `<base64url>`, or as `<prefix>,<base64url>`. */
function imported(id: string): JsonMap {
  const comma = id.lastIndexOf(",");
  const prefix = comma < 0 ? "" : id.slice(0, comma);
  const bytes = Buffer.from(id.slice(comma + 1), "base64url");
  return { ...spell(bytes, prefix), byteLength: bytes.length, ...(prefix !== "" && { prefix }) };
}
