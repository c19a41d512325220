import { text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import type { Session } from "./config";
import { numberOf, sameProject } from "./place";

const inputs: Inputs = {
  name: { type: "string" },
  projectId: { type: "string", forceNew: true, equivalent: sameProject },
  color: { type: "string", default: "false" },
  description: { type: "string" },
};

/** A label for artifacts: of one project, or of all of them. */
export const label: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: { scope: { type: "string" } },

  async create(wanted, { api }) {
    const { id } = await api.post("/labels", body(wanted));
    return { id };
  },

  async read(id, prior, { api }) {
    const found = await api.find(id);
    if (found === undefined) return undefined;
    const description = textOr(found, "description", "");
    const project = found["project_id"];
    const isIn = typeof project === "number" && project !== 0;
    return {
      name: text(found, "name"),
      color: textOr(found, "color", ""),
      scope: text(found, "scope"),
      ...(isIn || prior["projectId"] !== undefined ? { projectId: isIn ? `/projects/${project}` : null } : {}),
      ...(description !== "" || prior["description"] !== undefined ? { description } : {}),
    };
  },

  async update(id, _olds, news, { api }) {
    await api.put(id, body(news));
    return undefined;
  },

  delete: (id, _state, { api }) => api.delete(id),
};

function body(wanted: JsonMap): JsonMap {
  const project = textOr(wanted, "projectId", "");
  return {
    name: text(wanted, "name"),
    color: textOr(wanted, "color", "false"),
    description: textOr(wanted, "description", ""),
    scope: project === "" ? "g" : "p",
    ...(project !== "" && { project_id: numberOf(project) }),
  };
}
