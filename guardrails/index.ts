import type { EstateFacts } from "../model/home";
import { fluxObjects } from "./flux-objects";
import type { Guardrail } from "./guardrail";
import { images } from "./images";
import { managed } from "./managed";
import { operateOnly } from "./operate-only";
import { tokenSecrets } from "./token-secrets";

/** The guardrails in force on every cluster. A new one is one file and one name here. */
export function guardrails(estate: EstateFacts): readonly Guardrail[] {
  return [fluxObjects, images(estate), managed, operateOnly, tokenSecrets];
}
