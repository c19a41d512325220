import type { Place, Problem } from "../model/problem";
import { redact } from "./credential";

/** Longest cause and remedy: they repeat a user's text, which may be endless. */
const longest = { cause: 200, remedy: 600 };

/** Text that is safe to print on one line of a terminal: no credential, no control character. */
export function legible(text: string): string {
  return redact(text).replace(
    /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu,
    (character) => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`,
  );
}

function shortened(text: string, length: number): string {
  const clean = legible(text);
  return clean.length > length ? `${clean.slice(0, length)}...` : clean;
}

/** A user's mistake; what it repeats of the user's text is made legible. */
export function mistake(code: string, place: Place, cause: string, remedy: string): Problem {
  return {
    code,
    place,
    cause: shortened(cause, longest.cause),
    remedy: shortened(remedy, longest.remedy),
    severity: "error",
  };
}

/** The same as a warning: told, and nothing stops. */
export function warning(code: string, place: Place, cause: string, remedy: string): Problem {
  return { ...mistake(code, place, cause, remedy), severity: "warning" };
}
