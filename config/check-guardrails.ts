import type { Problem } from "../model/problem";
import { warning } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";

/** Clusters on which tenants are told and not refused: a step to take, and not a place to stay in. */
export function checkGuardrails({ clusters, guardrails, protect }: Settings, { placeOf }: Places): Problem[] {
  const remedy =
    "ask `npm run guardrail-report` who would be refused, have it mended, then write enforce (or take the key out)";
  return Object.entries(clusters)
    .filter(([, { guardrails: own = guardrails }]) => own === "warn")
    .map(([name, { guardrails: own }]) =>
      warning(
        "P026",
        placeOf(own === undefined ? ["guardrails"] : ["clusters", name, "guardrails"]),
        `${protect ? "the estate is protected, and " : ""}guardrails only warn on cluster "${name}"`,
        remedy,
      ),
    );
}
