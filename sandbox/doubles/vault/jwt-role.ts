import { flag, submap } from "../framework/bridge/fields";
import { isList, mapValues, type Json } from "../framework/value";
import { namespace, noEdgeSlashes } from "./api";
import { role } from "./role";
import { tokenFields } from "./token-fields";

/** Who may log in with a JWT, and what they get. */
export const jwtRole = role({
  inputs: {
    namespace,
    ...tokenFields,
    backend: { type: "string", default: "jwt", forceNew: true, validate: noEdgeSlashes },
    roleName: { type: "string", required: true, forceNew: true },
    roleType: { type: "string", forceNew: true, computed: true, oneOf: ["jwt", "oidc"] },
    userClaim: { type: "string", required: true },
    userClaimJsonPointer: { type: "boolean" },
    allowedRedirectUris: { type: { set: "string" } },
    boundAudiences: { type: { set: "string" } },
    boundClaims: { type: { map: "string" } },
    boundClaimsType: { type: "string", computed: true, oneOf: ["string", "glob"] },
    boundSubject: { type: "string" },
    claimMappings: { type: { map: "string" } },
    clockSkewLeeway: { type: "integer" },
    disableBoundClaimsParsing: { type: "boolean" },
    expirationLeeway: { type: "integer" },
    groupsClaim: { type: "string" },
    maxAge: { type: "integer" },
    notBeforeLeeway: { type: "integer" },
    oidcScopes: { type: { set: "string" } },
    verboseOidcLogging: { type: "boolean" },
  },

  own: ["disableBoundClaimsParsing"],

  // Several accepted values of a claim are one text with commas here, and a list in Vault.
  send(body, wanted) {
    const whole = flag(wanted, "disableBoundClaimsParsing");
    const split = (value: Json): Json =>
      typeof value === "string" && value.includes(",") && !whole ? value.split(",").map((part) => part.trim()) : value;
    return wanted["boundClaims"] === undefined
      ? body
      : { ...body, bound_claims: mapValues(submap(wanted, "boundClaims"), split) };
  },
  receive: (data) => ({
    ...data,
    bound_claims: mapValues(submap(data, "bound_claims"), (value) =>
      isList(value) ? value.filter((part) => typeof part === "string").join(",") : value,
    ),
  }),
});
