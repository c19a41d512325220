import { flag, list, numberOr, submap, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import { isList, isMap, same, type BareMap, type Json, type JsonMap } from "../framework/value";
import { HarborError, type HarborApi } from "./api";
import type { Session } from "./config";
import { numberOf, sameProject } from "./place";
import { badSelectors, firstSelector, repositorySelector, selectorInputs, tagSelector } from "./selector";

const MOST = 15;

/** The words for common schedules. */
const SCHEDULES: Readonly<Record<string, string>> = {
  Hourly: "0 0 * * * *",
  Daily: "0 0 0 * * *",
  Weekly: "0 0 0 * * 0",
};

/** What a rule keeps, and how Harbor calls it. */
const TEMPLATES: Readonly<Record<string, string>> = {
  nDaysSinceLastPull: "nDaysSinceLastPull",
  nDaysSinceLastPush: "nDaysSinceLastPush",
  mostRecentlyPulled: "latestPulledN",
  mostRecentlyPushed: "latestPushedK",
};

const rule: Inputs = {
  disabled: { type: "boolean", default: false },
  nDaysSinceLastPull: { type: "integer" },
  nDaysSinceLastPush: { type: "integer" },
  mostRecentlyPulled: { type: "integer" },
  mostRecentlyPushed: { type: "integer" },
  alwaysRetain: { type: "boolean" },
  untaggedArtifacts: { type: "boolean", default: true },
  ...selectorInputs,
};

const inputs: Inputs = {
  scope: { type: "string", required: true, forceNew: true, equivalent: sameProject },
  schedule: { type: "string", validate: badSchedule, equivalent: (old, wanted) => cron(old) === cron(wanted) },
  rules: { type: { list: { object: rule } }, required: true, equivalent: sameRules },
};

/** Which artifacts of a project are kept. A project's policy never goes away: it is emptied. */
export const retentionPolicy: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {},
  validate: refuseRules,

  async create(wanted, { api }) {
    try {
      return { id: (await api.post("/retentions", body(wanted))).id };
    } catch (error) {
      if (!(error instanceof HarborError)) throw error;
      // Whatever the reason: most often the project has a policy already, an emptied one or somebody's.
      const id = await policyOf(api, text(wanted, "scope"));
      if (id === undefined) throw error;
      await api.put(id, { ...body(wanted), id: numberOf(id) });
      return { id };
    }
  },

  async read(id, prior, { api }) {
    const found = await api.find(id);
    if (found === undefined) return undefined;
    const schedule = textOr(submap(submap(found, "trigger"), "settings"), "cron", "");
    return {
      scope: `/projects/${numberOr(submap(found, "scope"), "ref", 0)}`,
      ...(schedule !== "" || prior["schedule"] !== undefined ? { schedule: word(schedule) } : {}),
      rules: list(found, "rules")
        .filter((one) => isMap(one))
        .map(fromRule),
    };
  },

  async update(id, _olds, news, { api }) {
    await api.put(id, { ...body(news), id: numberOf(id) });
    return undefined;
  },

  delete: (id, state, { api }) => api.put(id, { ...body({ ...state, rules: [] }), id: numberOf(id) }),
};

/** Equal but for defaults that one of them leaves out. */
function sameRules(left: Json, right: Json): boolean {
  const full = (rules: Json): Json =>
    isList(rules)
      ? rules.map((one) => (isMap(one) ? { disabled: false, untaggedArtifacts: true, ...one } : one))
      : rules;
  return same(full(left), full(right));
}

async function policyOf(api: HarborApi, scope: string): Promise<string | undefined> {
  const id = textOr(submap(await api.get(scope), "metadata"), "retention_id", "");
  return id === "" ? undefined : `/retentions/${id}`;
}

function body(wanted: JsonMap): JsonMap {
  return {
    algorithm: "or",
    scope: { level: "project", ref: numberOf(text(wanted, "scope")) },
    trigger: { kind: "Schedule", settings: { cron: cron(textOr(wanted, "schedule", "")) } },
    rules: list(wanted, "rules")
      .filter((one) => isMap(one))
      .map(toRule),
  };
}

function toRule(given: JsonMap): JsonMap {
  const name = Object.keys(TEMPLATES).find((key) => (given[key] ?? 0) !== 0);
  const template = (name === undefined ? undefined : TEMPLATES[name]) ?? "always";
  return {
    disabled: flag(given, "disabled"),
    action: "retain",
    template,
    params: name === undefined ? {} : { [template]: given[name] ?? 0 },
    tag_selectors: [tagSelector(given, given["untaggedArtifacts"] !== false)],
    scope_selectors: { repository: [repositorySelector(given)] },
  };
}

function fromRule(told: JsonMap): JsonMap {
  const template = text(told, "template");
  const name = Object.keys(TEMPLATES).find((key) => TEMPLATES[key] === template);
  const tags = firstSelector(told["tag_selectors"], "tag selector");
  const repositories = firstSelector(submap(told, "scope_selectors")["repository"], "repository selector");
  const untagged = /"untagged"\s*:\s*(true|false)/.exec(textOr(tags, "extras", ""))?.[1] ?? "true";
  return {
    disabled: flag(told, "disabled"),
    ...(name === undefined ? { alwaysRetain: true } : { [name]: Number(submap(told, "params")[template] ?? 0) }),
    [tags["decoration"] === "matches" ? "tagMatching" : "tagExcluding"]: text(tags, "pattern"),
    [repositories["decoration"] === "repoMatches" ? "repoMatching" : "repoExcluding"]: text(repositories, "pattern"),
    untaggedArtifacts: untagged === "true",
  };
}

function refuseRules(given: BareMap): CheckFailure[] {
  const { rules } = given;
  if (!isList(rules)) return [];
  const count =
    rules.length < 1 || rules.length > MOST
      ? [{ property: "rules", reason: `between 1 and ${MOST} rules are possible, and ${rules.length} are given` }]
      : [];
  const bad = rules.flatMap((one, index): CheckFailure[] => {
    if (!isMap(one)) return [];
    const kept = [...Object.keys(TEMPLATES), "alwaysRetain"].filter(
      (key) => (one[key] ?? false) !== false && one[key] !== 0,
    );
    const reason = `exactly one of ${[...Object.keys(TEMPLATES), "alwaysRetain"].join(", ")} must be specified`;
    return [
      ...(kept.length === 1 ? [] : [{ property: `rules[${index}]`, reason }]),
      ...badSelectors(one, `rules[${index}].`),
    ];
  });
  return [...count, ...bad];
}

function badSchedule(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "" || value in SCHEDULES) return undefined;
  return value.trim().split(/\s+/).length === 6
    ? undefined
    : `expected schedule to be Hourly, Daily, Weekly or a cron text of six fields, got ${value}`;
}

function cron(schedule: unknown): string {
  return typeof schedule === "string" ? (SCHEDULES[schedule] ?? schedule) : "";
}

function word(text: string): string {
  return Object.keys(SCHEDULES).find((key) => SCHEDULES[key] === text) ?? text;
}
