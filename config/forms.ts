import { z } from "zod";
import { addressMistake } from "./address";

/** A custom complaint with the stable code and the remedy of a report. */
export function complaint(code: string, remedy: string): { params: { code: string; remedy: string } } {
  return { params: { code, remedy } };
}

/**
 * Text of one form. The form also reaches the JSON Schema as a pattern; the complaint has its own code and remedy, which
 * zod's `regex` has no place for.
 */
export function matching(pattern: RegExp, cause: string, { params }: ReturnType<typeof complaint>) {
  return z
    .string()
    .refine((text) => pattern.test(text), { error: (issue) => `"${String(issue.input)}": ${cause}`, params })
    .meta({ pattern: pattern.source });
}

/** What guardrails do with what they judge wrong; its type is `GuardrailMode`. */
export const guardrailMode = z.enum(["warn", "enforce"]);

/** The address of a service, without a slash at its end. */
export const httpsUrl = z
  .string()
  .check(({ value, issues }) => {
    const wrong = addressMistake(value);
    if (wrong !== undefined)
      issues.push({ code: "custom", input: value, message: wrong.cause, ...complaint(wrong.code, wrong.remedy) });
  })
  // Coarser than the check, and never stricter: a host, and no login before it.
  .meta({ pattern: "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#@\\s]+(/[^?#\\s]*)?$" })
  .transform((url) => url.replace(/\/+$/, ""));
