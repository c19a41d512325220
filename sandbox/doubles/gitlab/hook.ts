import { list, text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { isMap, type Json, type JsonMap } from "../framework/value";
import { idOf, ownerPath, pathOf, splitId, type Owner } from "./place";
import type { Session } from "./session";
import { each, fromWire, snake } from "./wire";

const off = { type: "boolean", default: false } as const;
const empty = { type: "string", default: "" } as const;

const pairs = {
  type: {
    list: {
      object: { key: { type: "string", required: true }, value: { type: "string", required: true, secret: true } },
    },
  },
} as const;

const COMMON: Inputs = {
  url: { type: "string", required: true, forceNew: true },
  // Taken away in a program, it stays on the server.
  token: { type: "string", secret: true, computed: true },
  signingToken: { type: "string", secret: true, writeOnly: true },
  name: { type: "string" },
  description: empty,
  customHeaders: pairs,
  urlVariables: pairs,
  enableSslVerification: { type: "boolean", default: true },
  pushEvents: { type: "boolean", default: true },
  pushEventsBranchFilter: empty,
  branchFilterStrategy: { type: "string", computed: true, oneOf: ["wildcard", "regex", "all_branches"] },
  customWebhookTemplate: empty,
  ...each(
    `confidentialIssuesEvents confidentialNoteEvents deploymentEvents emojiEvents featureFlagEvents issuesEvents
     jobEvents mergeRequestsEvents milestoneEvents noteEvents pipelineEvents releasesEvents resourceAccessTokenEvents
     tagPushEvents vulnerabilityEvents wikiPageEvents`,
    off,
  ),
};

const OUTPUTS = {
  hookId: { type: "integer" },
  alertStatus: { type: "string" },
  disabledUntil: { type: "string" },
  signingTokenPresent: { type: "boolean" },
} as const;

/** A webhook of a project. */
export const projectHook = hook(
  "project",
  { ...COMMON, resourceDeployTokenEvents: off },
  {
    projectId: { type: "integer" },
    repositoryUpdateEvents: { type: "boolean" },
  },
);

/** A webhook of all projects of a group. */
export const groupHook = hook(
  "group",
  { ...COMMON, ...each("memberEvents projectEvents subgroupEvents", off) },
  {
    groupId: { type: "integer" },
  },
);

/** Its secrets are never told again; another address drops them, so it is another hook. */
function hook(owner: Owner, own: Inputs, outputs: BridgedResource<Session>["outputs"]): BridgedResource<Session> {
  const inputs: Inputs = { ...own, [owner]: { type: "string", required: true, forceNew: true } };
  const secrets = ["token", "signingToken", "customHeaders", "urlVariables"];
  const plain = Object.keys(inputs).filter((name) => name !== owner && !secrets.includes(name));

  const body = (wanted: JsonMap): JsonMap =>
    Object.fromEntries(
      [...plain, ...secrets].flatMap((name) =>
        wanted[name] === undefined ? [] : [[snake(name), wanted[name]] as const],
      ),
    );

  return {
    half: "framework",
    autoname: true,
    inputs,
    outputs: { ...OUTPUTS, ...outputs },

    async create(wanted, { api }) {
      const made = await api.post(`${pathOf(owner, wanted)}/hooks`, body(wanted));
      return { id: `${text(wanted, owner)}:${idOf(made)}` };
    },

    async read(id, prior, { api }) {
      const [place = ""] = splitId(id, 2);
      const found = await api.find(pathAt(owner, id));
      if (found === undefined) return undefined;
      return {
        [owner]: place,
        ...fromWire(inputs, plain, found, prior),
        ...keysOf("customHeaders", found["custom_headers"], prior),
        ...keysOf("urlVariables", found["url_variables"], prior),
        hookId: idOf(found),
        alertStatus: found["alert_status"] ?? null,
        disabledUntil: found["disabled_until"] ?? null,
        signingTokenPresent: found["signing_token_present"] ?? false,
        ...(owner === "project"
          ? {
              projectId: found["project_id"] ?? null,
              repositoryUpdateEvents: found["repository_update_events"] ?? false,
            }
          : { groupId: found["group_id"] ?? null }),
      };
    },

    async update(id, olds, news, { api }) {
      const removed = ["customHeaders", "urlVariables"].filter((name) => name in olds && !(name in news));
      const cleared = Object.fromEntries(removed.map((name) => [snake(name), []]));
      await api.put(pathAt(owner, id), { ...body(news), ...cleared });
      return undefined;
    },

    delete: (id, _state, { api }) => api.delete(pathAt(owner, id)),
  };
}

/** Pairs of which the server tells the keys only: with the same keys they stay as they were. */
function keysOf(name: string, told: Json | undefined, prior: JsonMap): JsonMap {
  const before = list(prior, name).filter((pair) => isMap(pair));
  const keys = (Array.isArray(told) ? (told as readonly Json[]) : [])
    .filter((pair) => isMap(pair))
    .map((pair) => pair["key"] ?? "");
  const same = keys.length === before.length && before.every((pair) => keys.includes(pair["key"] ?? ""));
  if (same) return {};
  return { [name]: keys.map((key) => ({ key, value: before.find((pair) => pair["key"] === key)?.["value"] ?? "" })) };
}

function pathAt(owner: Owner, id: string): string {
  const [place = "", number = ""] = splitId(id, 2);
  return `${ownerPath(owner, place)}/hooks/${number}`;
}
