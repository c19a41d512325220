import type { Place, Problem } from "../model/problem";
import { redact } from "./credential";

/** Longest piece of a user's text that a message repeats. */
const longestText = 200;

/** Text that is safe to print on one line of a terminal: no credential, no control character, not endless. */
export function legible(text: string): string {
  const clean = redact(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu,
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
  return clean.length > longestText ? `${clean.slice(0, longestText)}...` : clean;
}

/** A user's mistake; what it repeats of the user's text is made legible. */
export function mistake(code: string, place: Place, cause: string, remedy: string): Problem {
  return { code, place, cause: legible(cause), remedy: legible(remedy), severity: "error" };
}

/** The same as a warning: told, and nothing stops. */
export function warning(code: string, place: Place, cause: string, remedy: string): Problem {
  return { ...mistake(code, place, cause, remedy), severity: "warning" };
}
