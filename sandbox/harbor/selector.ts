import type { RuleBody, Selector } from "./state";

/**
 * A doublestar pattern as a regular expression: `*` and `?` stay within a path segment, `**` crosses them, `{a,b}` is a
 * choice, `[...]` a class, and a backslash takes the next letter as it is.
 */
export function doublestar(pattern: string): RegExp {
  let source = "";
  let depth = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const letter = pattern.charAt(at);
    if (letter === "\\" && at + 1 < pattern.length) source += literal(pattern.charAt((at += 1)));
    else if (letter === "*" && pattern.charAt(at + 1) === "*") {
      at += 1;
      // `**/` may also stand for no folder at all.
      if (pattern.charAt(at + 1) === "/") {
        at += 1;
        source += "(?:.*/)?";
      } else source += ".*";
    } else if (letter === "*") source += "[^/]*";
    else if (letter === "?") source += "[^/]";
    else if (letter === "{") {
      depth += 1;
      source += "(?:";
    } else if (letter === "}" && depth > 0) {
      depth -= 1;
      source += ")";
    } else if (letter === "," && depth > 0) source += "|";
    else if (letter === "[" && pattern.indexOf("]", at + 2) > 0) {
      const end = pattern.indexOf("]", at + 2);
      const inner = pattern
        .slice(at + 1, end)
        .replace(/^[!^]/, "^")
        .replaceAll("\\", "\\\\");
      source += `[${inner}]`;
      at = end;
    } else source += literal(letter);
  }
  return new RegExp(`^${source}${")".repeat(depth)}$`, "s");
}

const literal = (letter: string): string => letter.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");

function selects(selector: Selector, text: string): boolean {
  const hit = doublestar(selector.pattern).test(text);
  return selector.decoration.toLowerCase().endsWith("excludes") ? !hit : hit;
}

/** Whether a rule that is on speaks of this tag of this repository (named without its project). */
export function ruleSpeaksOf(rule: RuleBody, repository: string, tag: string): boolean {
  const scopes = rule.scopeSelectors["repository"] ?? [];
  return (
    !rule.disabled &&
    scopes.every((selector) => selects(selector, repository)) &&
    rule.tagSelectors.every((selector) => selects(selector, tag))
  );
}
