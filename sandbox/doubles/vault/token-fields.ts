import type { Inputs } from "../framework/bridge/schema";

/** What every role says of the tokens it gives out. */
export const tokenFields: Inputs = {
  aliasMetadata: { type: { map: "string" } },
  tokenBoundCidrs: { type: { set: "string" } },
  tokenExplicitMaxTtl: { type: "integer" },
  tokenMaxTtl: { type: "integer" },
  tokenNoDefaultPolicy: { type: "boolean" },
  tokenNumUses: { type: "integer" },
  tokenPeriod: { type: "integer" },
  tokenPolicies: { type: { set: "string" } },
  tokenTtl: { type: "integer" },
  tokenType: { type: "string", default: "default" },
};
