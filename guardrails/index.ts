import type { Guardrail } from "./guardrail";
import { operateOnly } from "./operate-only";

/** The guardrails in force on every cluster. A new one is one file and one name here. */
export const guardrails: readonly Guardrail[] = [operateOnly];
