import { fluxObjects } from "./flux-objects";
import type { Guardrail } from "./guardrail";
import { managed } from "./managed";
import { operateOnly } from "./operate-only";
import { tokenSecrets } from "./token-secrets";

/** The guardrails in force on every cluster. A new one is one file and one name here. */
export const guardrails: readonly Guardrail[] = [fluxObjects, managed, operateOnly, tokenSecrets];
