import type { Problem } from "../model/problem";
import { findCredentials } from "./credential";
import { mistake } from "./mistake";
import { placeAt } from "./text";

/**
 * Characters that no editor shows and that tools read differently: controls, the line ends that only YAML 1.1 and
 * JavaScript know, byte order marks inside a file, and the controls that turn the direction of text.
 */
const invisible = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/g;

/** Blanks that look like indentation and are none. */
const foreignIndent = /^[ \t]*[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gm;

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** What makes a reader see another structure than the parser: nothing can be checked behind these. */
export function misleadingCharacters(text: string, file: string): Problem[] {
  const returns = [...text.matchAll(/\r(?!\n)/g)]
    .slice(0, 1)
    .map((match) =>
      mistake(
        "Y003",
        placeAt(file, text, match.index),
        "carriage return without line feed",
        "save the file with line feeds (LF)",
      ),
    );
  const indents = [...text.matchAll(foreignIndent)].map((match) => {
    const character = match[0].slice(-1);
    const what = character === "\u00a0" ? "U+00A0 (no-break space)" : codePoint(character);
    return mistake("Y006", placeAt(file, text, match.index), `${what} in indentation`, "use plain spaces");
  });
  return [...returns, ...indents];
}

/** What no value, key or comment may hold. */
export function refusedCharacters(text: string, file: string): Problem[] {
  const controls = [...text.matchAll(invisible)].map((match) =>
    mistake("Y004", placeAt(file, text, match.index), `control character ${codePoint(match[0])}`, "remove it"),
  );
  const credentials = findCredentials(text).map(({ what, offset }) =>
    mistake(
      "K015",
      placeAt(file, text, offset),
      `looks like ${what}`,
      "put it in Vault, revoke this one, and reference the path",
    ),
  );
  return [...controls, ...credentials];
}

/** The first character that a parsed text must not hold: an escape such as "\0" brings them in unseen. */
export function hiddenCharacter(value: string): string | undefined {
  const match = new RegExp(`${invisible.source}|\\p{Surrogate}`, "u").exec(value);
  return match === null ? undefined : codePoint(match[0]);
}
