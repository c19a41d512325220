import { textOr } from "../framework/bridge/fields";
import type { Inputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import { isMap, type BareMap, type Json, type JsonMap } from "../framework/value";

/** Which repositories and tags a rule is about. */
export const selectorInputs: Inputs = {
  repoMatching: { type: "string" },
  repoExcluding: { type: "string" },
  tagMatching: { type: "string" },
  tagExcluding: { type: "string" },
};

/** A rule is for what matches or for what does not, not both. */
export function badSelectors(rule: BareMap, at = ""): CheckFailure[] {
  return (["repo", "tag"] as const).flatMap((what): CheckFailure[] => {
    const names = [`${what}Matching`, `${what}Excluding`];
    const given = names.filter((name) => rule[name] !== undefined && rule[name] !== "");
    if (given.length === 1) return [];
    const reason = `one of ${names.join(", ")} must be specified, and ${given.length} are`;
    return [{ property: `${at}${what}Matching`, reason }];
  });
}

/** The selector for repositories, as Harbor has it. */
export function repositorySelector(rule: JsonMap): JsonMap {
  const matching = textOr(rule, "repoMatching", "");
  return {
    kind: "doublestar",
    decoration: matching === "" ? "repoExcludes" : "repoMatches",
    pattern: matching === "" ? textOr(rule, "repoExcluding", "") : matching,
  };
}

/** The selector for tags; `untagged` is told in it, too. */
export function tagSelector(rule: JsonMap, untagged?: boolean): JsonMap {
  const matching = textOr(rule, "tagMatching", "");
  return {
    kind: "doublestar",
    decoration: matching === "" ? "excludes" : "matches",
    pattern: matching === "" ? textOr(rule, "tagExcluding", "") : matching,
    ...(untagged !== undefined && { extras: JSON.stringify({ untagged }) }),
  };
}

/** The first of a list of selectors; the real plugin panics without one. */
export function firstSelector(selectors: Json | undefined, what: string): JsonMap {
  const [first] = Array.isArray(selectors) ? (selectors as readonly Json[]) : [];
  if (first === undefined || !isMap(first)) throw new Error(`the rule has no ${what}`);
  return first;
}
