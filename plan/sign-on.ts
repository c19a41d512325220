import type { Settings } from "../config/schema";
import type { EngineScope } from "../engines/engine";
import type { ClusterFacts, EstateFacts } from "../model/home";
import { planIdentity } from "./controlplane/identity";

/** Where people log in to the engine. OpenUnison wants each client told to it, and is told of none here. */
export function signOnOf(
  estate: EstateFacts,
  clusters: readonly ClusterFacts[],
  settings: Settings,
): Pick<EngineScope, "identity"> {
  const identity = planIdentity(estate, clusters, settings);
  if (identity === undefined || identity.kind === "openunison") return {};
  const { issuer, groupsClaim, kind } = identity;
  const scopes = ["openid", "profile", "email", ...(kind === "cognito" ? [] : ["groups"])];
  return { identity: { issuer, groupsClaim, scopes } };
}
