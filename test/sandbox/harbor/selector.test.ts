import { describe, expect, it } from "vitest";

import { doublestar, ruleSpeaksOf } from "../../../sandbox/harbor/selector";
import type { RuleBody, Selector } from "../../../sandbox/harbor/state";

describe("doublestar", () => {
  it.each([
    ["**", "a/b", true],
    ["*", "a/b", false],
    ["*", "a", true],
    ["v*", "v1.0.0", true],
    ["v*", "rv1", false],
    ["v1.?", "v1.2", true],
    ["v1.?", "v1x2", false],
    ["{latest,v*}", "latest", true],
    ["{latest,v*}", "v2", true],
    ["{latest,v*}", "later", false],
    ["team/**/web", "team/web", true],
    ["team/**/web", "team/a/b/web", true],
    ["team/**/web", "team-b/web", false],
    ["v[0-9]*", "v1", true],
    ["v[!0-9]*", "v1", false],
    ["a.b", "axb", false],
    ["\\*", "*", true],
    ["\\*", "a", false],
    ["a+(b)", "a+(b)", true],
    ["v{1", "v1", true],
  ])("%s and %s: %s", (pattern, text, expected) => {
    expect(doublestar(pattern).test(text)).toBe(expected);
  });
});

describe("ruleSpeaksOf", () => {
  const select = (decoration: string, pattern: string): Selector => ({ kind: "doublestar", decoration, pattern });
  const rule = (tag: Selector, repository: Selector, disabled = false): RuleBody => ({
    action: "immutable",
    template: "immutable_template",
    params: {},
    disabled,
    tagSelectors: [tag],
    scopeSelectors: { repository: [repository] },
  });

  it("needs both to match, and takes exclusion at its word", () => {
    const plain = rule(select("matches", "v*"), select("repoMatches", "web"));
    expect(ruleSpeaksOf(plain, "web", "v1")).toBe(true);
    expect(ruleSpeaksOf(plain, "api", "v1")).toBe(false);
    expect(ruleSpeaksOf(plain, "web", "latest")).toBe(false);
    const without = rule(select("excludes", "latest"), select("repoExcludes", "scratch"));
    expect(ruleSpeaksOf(without, "web", "v1")).toBe(true);
    expect(ruleSpeaksOf(without, "web", "latest")).toBe(false);
    expect(ruleSpeaksOf(without, "scratch", "v1")).toBe(false);
  });

  it("says nothing while it is disabled", () => {
    expect(ruleSpeaksOf(rule(select("matches", "**"), select("repoMatches", "**"), true), "web", "v1")).toBe(false);
  });
});
