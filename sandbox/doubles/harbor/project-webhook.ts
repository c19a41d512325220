import { flag, list, text, textOr, texts } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { isMap, type JsonMap } from "../framework/value";
import type { Session } from "./config";
import { numberOf, projectOf } from "./place";

const NEVER = "0001-01-01T00:00:00Z";

const inputs: Inputs = {
  projectId: { type: "string", required: true, validate: badProject },
  name: { type: "string", forceNew: true },
  address: { type: "string", required: true },
  notifyType: { type: "string", required: true, oneOf: ["http", "slack", "teams"] },
  eventsTypes: { type: { list: "string" }, required: true },
  authHeader: { type: "string" },
  enabled: { type: "boolean", default: true },
  skipCertVerify: { type: "boolean", default: false },
  description: { type: "string" },
};

/** An address that is told what happens in a project. */
export const projectWebhook: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {},

  async create(wanted, { api }) {
    const { id } = await api.post(`${text(wanted, "projectId")}/webhook/policies`, body(wanted));
    return { id };
  },

  async read(id, prior, { api }) {
    // Not even a 404 takes it out of the state.
    const found = await api.get(id);
    const [target] = list(found, "targets");
    if (target === undefined || !isMap(target)) throw new Error(`webhook ${id} has no target`);
    for (const key of ["creation_time", "update_time"]) {
      if (Number.isNaN(Date.parse(text(found, key)))) throw new Error(`${key} of webhook ${id} is no RFC 3339 time`);
    }
    return {
      projectId: projectOf(id),
      name: text(found, "name"),
      enabled: flag(found, "enabled"),
      eventsTypes: list(found, "event_types"),
      address: text(target, "address"),
      notifyType: text(target, "type"),
      skipCertVerify: flag(target, "skip_cert_verify"),
      ...given("authHeader", textOr(target, "auth_header", ""), prior),
      ...given("description", textOr(found, "description", ""), prior),
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
    name: text(wanted, "name"),
    description: textOr(wanted, "description", ""),
    project_id: numberOf(text(wanted, "projectId")),
    enabled: flag(wanted, "enabled"),
    event_types: texts(wanted, "eventsTypes"),
    targets: [
      {
        type: text(wanted, "notifyType"),
        address: text(wanted, "address"),
        auth_header: textOr(wanted, "authHeader", ""),
        skip_cert_verify: flag(wanted, "skipCertVerify"),
      },
    ],
    creation_time: NEVER,
    update_time: NEVER,
  };
}

function given(name: string, value: string, prior: JsonMap): JsonMap {
  return value !== "" || prior[name] !== undefined ? { [name]: value } : {};
}

function badProject(value: unknown): string | undefined {
  return typeof value === "string" && !/^\/projects\/\d+$/.test(value)
    ? `expected projectId to be like /projects/1, got ${value}`
    : undefined;
}
