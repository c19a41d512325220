import { flag, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { escaped, GitLabError, type Query } from "./api";
import { ownerPath, pathOf, splitId, type Owner } from "./place";
import type { Session } from "./session";
import { fromWire } from "./wire";

const off = { type: "boolean", default: false } as const;

/** A CI variable of a project. */
export const projectVariable = variable("project");

/** A CI variable of all projects of a group. */
export const groupVariable = variable("group");

function variable(owner: Owner): BridgedResource<Session> {
  const inputs: Inputs = {
    [owner]: { type: "string", required: true, forceNew: true },
    key: { type: "string", required: true, forceNew: true },
    value: { type: "string", required: true },
    variableType: { type: "string", default: "env_var", oneOf: ["env_var", "file"] },
    protected: off,
    masked: off,
    hidden: { ...off, forceNew: true },
    raw: off,
    // In a project it changes in place; in a group another scope is another variable.
    environmentScope: { type: "string", default: "*", ...(owner === "group" && { forceNew: true }) },
    description: { type: "string", computed: true },
  };
  const READ = ["key", "variableType", "protected", "masked", "hidden", "raw", "environmentScope", "description"];
  return {
    half: "framework",
    inputs,
    outputs: {},
    validate: (given) =>
      given["hidden"] === true && (given["masked"] ?? false) === false
        ? [{ property: "hidden", reason: "a hidden variable has to be masked: set masked, too" }]
        : [],

    async create(wanted, { api }) {
      const { masked, ...rest } = body(wanted);
      const hidden = flag(wanted, "hidden");
      await friendly(
        api.post(`${pathOf(owner, wanted)}/variables`, {
          ...rest,
          ...(hidden ? { masked_and_hidden: true } : { masked: masked ?? false }),
        }),
      );
      return { id: `${text(wanted, owner)}:${text(wanted, "key")}:${scopeOf(wanted)}` };
    },

    async read(id, prior, { api }) {
      const [place = "", key = "", last = "*"] = splitId(id, 3);
      // The scope may have changed since the id was given.
      const scope = textOr(prior, "environmentScope", last);
      const found = await api.find(pathAt(owner, place, key), filter(scope));
      if (found === undefined) return undefined;
      return {
        [owner]: place,
        ...fromWire(inputs, READ, found, prior),
        // A hidden value is never told again.
        ...(typeof found["value"] === "string" && { value: found["value"] }),
      };
    },

    async update(id, olds, news, { api }) {
      const [place = "", key = ""] = splitId(id, 3);
      await friendly(api.put(pathAt(owner, place, key), body(news), filter(scopeOf(olds))));
      return undefined;
    },

    delete: (id, state, { api }) => {
      const [place = "", key = ""] = splitId(id, 3);
      return api.delete(pathAt(owner, place, key), filter(scopeOf(state)));
    },
  };
}

function body(wanted: JsonMap): JsonMap {
  const { description } = wanted;
  return {
    key: text(wanted, "key"),
    value: text(wanted, "value"),
    variable_type: textOr(wanted, "variableType", "env_var"),
    protected: flag(wanted, "protected"),
    masked: flag(wanted, "masked"),
    raw: flag(wanted, "raw"),
    environment_scope: scopeOf(wanted),
    ...(description !== undefined && { description }),
  };
}

function scopeOf(state: JsonMap): string {
  return textOr(state, "environmentScope", "*");
}

function filter(scope: string): Query {
  return { "filter[environment_scope]": scope };
}

function pathAt(owner: Owner, place: string, key: string): string {
  return `${ownerPath(owner, place)}/variables/${escaped(key)}`;
}

/** The server's own words for a value that cannot be masked help nobody. */
async function friendly(work: Promise<JsonMap>): Promise<JsonMap> {
  try {
    return await work;
  } catch (error) {
    const masked = error instanceof GitLabError && error.status === 400 && /value.*invalid/s.test(error.message);
    if (!masked) throw error;
    throw new Error(
      `Invalid value for a masked variable: GitLab asks for one line of at least 8 characters of a limited alphabet. ${error.message}`,
      { cause: error },
    );
  }
}
