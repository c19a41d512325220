import { flag, submap, text } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource, type Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import type { Session } from "./config";
import { numberOf, projectOf, projectPath, sameProject } from "./place";
import { badSelectors, firstSelector, repositorySelector, selectorInputs, tagSelector } from "./selector";

const inputs: Inputs = {
  projectId: { type: "string", required: true, forceNew: true, equivalent: sameProject },
  disabled: { type: "boolean", default: false },
  ...selectorInputs,
};

/** Tags that nobody can overwrite. */
export const immutableTagRule: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {},
  validate: badSelectors,

  async create(wanted, { api }) {
    const { id } = await api.post(`${projectPath(wanted)}/immutabletagrules`, body(wanted));
    // A new rule is always on.
    if (flag(wanted, "disabled")) {
      await api.put(id, { ...body(wanted), id: numberOf(id) }).catch((error: unknown) => {
        throw new Unfinished(id, error);
      });
    }
    return { id };
  },

  async read(id, prior, { api }) {
    let found: JsonMap | undefined;
    await api.pages(`${projectOf(id)}/immutabletagrules`, (rule) => {
      if (rule["id"] === numberOf(id)) found = rule;
      return found !== undefined;
    });
    if (found === undefined) return undefined;
    const tags = firstSelector(found["tag_selectors"], "tag selector");
    const repositories = firstSelector(submap(found, "scope_selectors")["repository"], "repository selector");
    return {
      projectId: projectOf(id),
      disabled: flag(found, "disabled"),
      ...selected(prior, "tag", tags, "matches", "excludes"),
      // The real one looks for "excludes" here, which Harbor never says of repositories: what is excluded is not read
      // back, and so differs after every refresh.
      ...selected(prior, "repo", repositories, "repoMatches", "excludes"),
    };
  },

  async update(id, _olds, news, { api }) {
    await api.put(id, { ...body(news), id: numberOf(id) });
    return undefined;
  },

  delete: (id, _state, { api }) => api.delete(id),
};

function body(wanted: JsonMap): JsonMap {
  return {
    disabled: flag(wanted, "disabled"),
    action: "immutable",
    template: "immutable_template",
    tag_selectors: [tagSelector(wanted)],
    scope_selectors: { repository: [repositorySelector(wanted)] },
  };
}

function selected(prior: JsonMap, what: "repo" | "tag", told: JsonMap, matches: string, excludes: string): JsonMap {
  const pattern = text(told, "pattern");
  const is = (decoration: string): boolean => told["decoration"] === decoration;
  const of = (name: string, value: string | null): JsonMap =>
    value !== null || prior[name] !== undefined ? { [name]: value } : {};
  return {
    ...of(`${what}Matching`, is(matches) ? pattern : null),
    ...of(`${what}Excluding`, is(excludes) ? pattern : null),
  };
}
