import { text, textOr } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource, type Inputs } from "../framework/bridge/schema";
import type { CheckFailure } from "../framework/plugin";
import { type BareMap, type JsonMap } from "../framework/value";
import { idOf } from "./place";
import type { Session } from "./session";
import { fromWire, snake, toWire, type Wire } from "./wire";

const inputs: Inputs = {
  runnerType: {
    type: "string",
    required: true,
    forceNew: true,
    oneOf: ["instance_type", "group_type", "project_type"],
  },
  groupId: { type: "integer", forceNew: true },
  projectId: { type: "integer", forceNew: true },
  description: { type: "string", computed: true },
  paused: { type: "boolean", computed: true },
  locked: { type: "boolean", computed: true },
  untagged: { type: "boolean", computed: true },
  tagLists: { type: { set: "string" }, computed: true },
  accessLevel: { type: "string", computed: true, oneOf: ["not_protected", "ref_protected"] },
  maximumTimeout: { type: "integer", computed: true, validate: badTimeout },
  maintenanceNote: { type: "string", computed: true },
};

const WIRE: Wire = { untagged: "run_untagged", tagLists: "tag_list" };
const READ = Object.keys(inputs).filter((name) => name !== "groupId" && name !== "projectId");
const CHANGING = READ.filter((name) => name !== "runnerType");

/** A runner that jobs are given to. Its token is told once. */
export const userRunner: BridgedResource<Session> = {
  half: "framework",
  inputs,
  outputs: { token: { type: "string", secret: true } },
  validate: refuseScope,

  async create(wanted, { api }) {
    const given = Object.keys(inputs).flatMap((name) =>
      wanted[name] === undefined ? [] : [[WIRE[name] ?? snake(name), wanted[name]] as const],
    );
    const made = await api.post("user/runners", Object.fromEntries(given));
    const id = String(idOf(made));
    const state = { token: text(made, "token") };
    try {
      return { id, state: { ...wanted, ...stateOf(await api.get(`runners/${id}`), wanted), ...state } };
    } catch (error) {
      throw new Unfinished(id, error, state);
    }
  },

  async read(id, prior, { api }) {
    const found = await api.find(`runners/${id}`);
    return found === undefined ? undefined : stateOf(found, prior);
  },

  async update(id, olds, news, { api }) {
    await api.put(`runners/${id}`, toWire(inputs, CHANGING, news, olds, WIRE));
    return undefined;
  },

  delete: (id, _state, { api }) => api.delete(`runners/${id}`),
};

function stateOf(found: JsonMap, prior: JsonMap): JsonMap {
  return { ...fromWire(inputs, READ, found, prior, WIRE), runnerType: textOr(found, "runner_type", null) };
}

/** A runner belongs to one group, one project or nobody, as its type says. */
function refuseScope(given: BareMap): CheckFailure[] {
  const owners = { group_type: "groupId", project_type: "projectId" } as const;
  const type = given["runnerType"];
  if (typeof type !== "string") return [];
  return Object.entries(owners).flatMap(([kind, property]): CheckFailure[] => {
    const isThere = given[property] !== undefined;
    if (kind === type && !isThere) return [{ property, reason: `${property} is required for runners of type ${type}` }];
    return kind !== type && isThere ? [{ property, reason: `${property} is only for runners of type ${kind}` }] : [];
  });
}

function badTimeout(value: unknown): string | undefined {
  return typeof value === "number" && value < 600 ? `maximumTimeout must be at least 600, got ${value}` : undefined;
}
