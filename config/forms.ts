import { z } from "zod";
import { isDate } from "../model/date";
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

/** A day, quoted: YAML 1.1 tools read a bare one as a time. */
export const date = matching(
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/,
  "not a date",
  complaint("T005", 'write a date in quotes: "2027-06-30"'),
)
  // The pattern has told of other texts already.
  .refine((text) => !/^\d{4}-\d\d-\d\d$/.test(text) || isDate(text), {
    error: (issue) => `"${String(issue.input)}" is not a day of the calendar`,
    ...complaint("T005", "correct the date"),
  })
  .describe('A date in quotes: "2027-06-30"');

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
