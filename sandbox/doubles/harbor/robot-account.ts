import { flag, list, numberOr, submap, text, textOr } from "../framework/bridge/fields";
import { Unfinished, type BridgedResource, type Inputs } from "../framework/bridge/schema";
import { isMap, type Json, type JsonMap } from "../framework/value";
import type { Session } from "./config";

const word = { type: "string", required: true } as const;

const access: Inputs = { action: word, resource: word, effect: { type: "string" } };

const inputs: Inputs = {
  name: { type: "string", forceNew: true },
  level: { type: "string", required: true, forceNew: true, oneOf: ["system", "project"] },
  permissions: {
    type: {
      set: { object: { kind: word, namespace: word, accesses: { type: { set: { object: access } }, required: true } } },
    },
    required: true,
  },
  description: { type: "string" },
  disable: { type: "boolean", default: false },
  duration: { type: "integer", default: -1 },
  secret: { type: "string", secret: true, computed: true },
};

/** An account for machines. Its secret is told once. */
export const robotAccount: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: { fullName: { type: "string" }, robotId: { type: "string" } },

  async create(wanted, session) {
    const { api } = session;
    const made = await api.post("/robots", body(wanted, text(wanted, "name")));
    const own = textOr(wanted, "secret", "");
    const state = { secret: own === "" ? textOr(made.body, "secret", "") : own };
    try {
      if (own !== "") await api.patch(made.id, { secret: own });
      const found = await api.get(made.id);
      return { id: made.id, state: { ...wanted, ...(await stateOf(found, wanted, session)), ...state } };
    } catch (error) {
      throw new Unfinished(made.id, error, state);
    }
  },

  async read(id, prior, session) {
    // Whatever goes wrong, version 3.10.21 takes the robot for gone.
    const found = await session.api.get(id).catch(() => undefined);
    return found === undefined ? undefined : stateOf(found, prior, session);
  },

  async update(id, olds, news, { api }) {
    // The server's name has the prefix and the project in it, and wants it back.
    const found = await api.get(id);
    await api.put(id, { ...body(news, text(found, "name")), id: found["id"] ?? 0 });
    const secret = textOr(news, "secret", "");
    if (secret !== "" && secret !== olds["secret"]) await api.patch(id, { secret });
    return undefined;
  },

  delete: (id, _state, { api }) => api.delete(id),
};

function body(wanted: JsonMap, name: string): JsonMap {
  return {
    name,
    level: text(wanted, "level"),
    description: textOr(wanted, "description", ""),
    disable: flag(wanted, "disable"),
    duration: numberOr(wanted, "duration", -1),
    permissions: list(wanted, "permissions").flatMap((item) =>
      isMap(item)
        ? [{ kind: text(item, "kind"), namespace: text(item, "namespace"), access: list(item, "accesses") }]
        : [],
    ),
  };
}

async function stateOf(found: JsonMap, prior: JsonMap, session: Session): Promise<JsonMap> {
  const fullName = text(found, "name");
  const level = text(found, "level");
  const permissions = permissionsOf(found);
  const description = textOr(found, "description", "");
  return {
    name: await shortName(fullName, level, permissions, session),
    fullName,
    robotId: String(numberOr(found, "id", 0)),
    level,
    permissions,
    ...(description !== "" || prior["description"] !== undefined ? { description } : {}),
    disable: flag(found, "disable"),
    duration: numberOr(found, "duration", -1),
  };
}

/** The name as it was given: without the prefix and, in a project, without the project. */
async function shortName(
  fullName: string,
  level: string,
  permissions: readonly JsonMap[],
  { api, robotPrefix }: Session,
): Promise<string> {
  if (level === "project") {
    // The real plugin panics without a permission, and without the project in the name.
    const namespace = permissions[0]?.["namespace"];
    if (typeof namespace !== "string") throw new Error(`robot ${fullName} has no permission, and so no project`);
    const [, name] = fullName.split(`${namespace}+`);
    if (name === undefined) throw new Error(`robot ${fullName} is not named after its project ${namespace}`);
    return name;
  }
  const prefix =
    robotPrefix ?? textOr(submap(await api.get("/configurations"), "robot_name_prefix"), "value", "robot$");
  return fullName.startsWith(prefix) ? fullName.slice(prefix.length) : fullName;
}

function permissionsOf(found: JsonMap): JsonMap[] {
  return list(found, "permissions")
    .filter((item) => isMap(item))
    .map((item) => ({
      kind: text(item, "kind"),
      namespace: text(item, "namespace"),
      accesses: list(item, "access")
        .filter((one) => isMap(one))
        .map((one): Json => ({
          action: text(one, "action"),
          resource: text(one, "resource"),
          ...(textOr(one, "effect", "") !== "" && { effect: text(one, "effect") }),
        })),
    }));
}
