import type { Fields } from "./fields";
import { badRequest } from "./refusal";
import type { RuleBody, Selector } from "./state";

/** Reads a rule of retention or immutability from a request. */
export function ruleOf(body: Fields): RuleBody {
  const scopes = body.object("scope_selectors");
  const rule: RuleBody = {
    action: body.text("action") ?? "",
    template: body.text("template") ?? "",
    params: body.object("params")?.value ?? {},
    disabled: body.truth("disabled") ?? false,
    tagSelectors: body.objects("tag_selectors").map(selectorOf),
    scopeSelectors: { repository: scopes === undefined ? [] : scopes.objects("repository").map(selectorOf) },
  };
  if (rule.tagSelectors.length === 0 || rule.scopeSelectors["repository"]?.length === 0) {
    throw badRequest("a rule wants tag_selectors and scope_selectors.repository");
  }
  return rule;
}

/** The same rule as Harbor shows it. */
export function ruleView(rule: RuleBody, id: number): Record<string, unknown> {
  return {
    id,
    priority: 0,
    disabled: rule.disabled,
    action: rule.action,
    template: rule.template,
    params: rule.params,
    tag_selectors: rule.tagSelectors,
    scope_selectors: rule.scopeSelectors,
  };
}

/** What two rules are compared by. */
export const ruleKey = ({ action, template, params, tagSelectors, scopeSelectors }: RuleBody): string =>
  JSON.stringify([action, template, params, tagSelectors, scopeSelectors]);

const decorations = new Set(["matches", "excludes", "repoMatches", "repoExcludes"]);

function selectorOf(body: Fields): Selector {
  const extras = body.text("extras");
  const selector: Selector = {
    kind: body.text("kind") ?? "",
    decoration: body.text("decoration") ?? "",
    pattern: body.text("pattern") ?? "",
    ...(extras === undefined ? {} : { extras }),
  };
  if (selector.kind !== "doublestar" || !decorations.has(selector.decoration) || selector.pattern === "") {
    throw badRequest(`invalid selector: ${JSON.stringify(selector)}`);
  }
  return selector;
}
