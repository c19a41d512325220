import { flag, numberOr, submap, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { isMap, type Json, type JsonMap } from "../framework/value";
import type { Session } from "./config";

const GIB = 1024 ** 3;

const inputs: Inputs = {
  projectCreationRestriction: { type: "string", default: "adminonly", oneOf: ["adminonly", "everyone"] },
  readOnly: { type: "boolean", default: false },
  robotTokenExpiration: { type: "integer", default: 30 },
  robotNamePrefix: { type: "string", default: "robot$" },
  scannerSkipUpdatePulltime: { type: "boolean", default: false },
  storagePerProject: { type: "integer", default: -1 },
  auditLogForwardEndpoint: { type: "string" },
  skipAuditLogDatabase: { type: "boolean", default: false },
  bannerMessage: {
    type: {
      object: {
        message: { type: "string", required: true },
        type: { type: "string" },
        closable: { type: "boolean" },
        fromDate: { type: "string" },
        toDate: { type: "string" },
      },
    },
  },
};

/** The settings of the whole registry. There is one set of them: it is changed, and never taken away. */
export const configSystem: BridgedResource<Session> = {
  half: "sdk",
  inputs,
  outputs: {},

  async create(wanted, session) {
    await session.api.put("/configurations", body(wanted));
    return { id: "configuration/system" };
  },

  async read(_id, prior, { api }) {
    const found = await api.get("/configurations");
    const value = (key: string): Json => submap(found, key)["value"] ?? null;
    const storage = value("storage_per_project");
    const endpoint = value("audit_log_forward_endpoint");
    return {
      projectCreationRestriction: value("project_creation_restriction"),
      readOnly: value("read_only"),
      robotTokenExpiration: value("robot_token_duration"),
      robotNamePrefix: value("robot_name_prefix"),
      scannerSkipUpdatePulltime: value("scanner_skip_update_pulltime"),
      storagePerProject: typeof storage === "number" && storage > 0 ? storage / GIB : storage,
      ...(prior["auditLogForwardEndpoint"] !== undefined || (endpoint ?? "") !== ""
        ? { auditLogForwardEndpoint: endpoint }
        : {}),
      skipAuditLogDatabase: value("skip_audit_log_database"),
      ...banner(value("banner_message"), prior),
    };
  },

  async update(_id, _olds, news, { api }) {
    await api.put("/configurations", body(news));
    return undefined;
  },

  delete: () => Promise.resolve(),
};

function body(wanted: JsonMap): JsonMap {
  const storage = numberOr(wanted, "storagePerProject", -1);
  const told = submap(wanted, "bannerMessage");
  const message = {
    message: textOr(told, "message", ""),
    type: textOr(told, "type", "info"),
    closable: flag(told, "closable"),
    fromDate: textOr(told, "fromDate", ""),
    toDate: textOr(told, "toDate", ""),
  };
  return {
    project_creation_restriction: text(wanted, "projectCreationRestriction"),
    read_only: flag(wanted, "readOnly"),
    robot_token_duration: numberOr(wanted, "robotTokenExpiration", 30),
    robot_name_prefix: text(wanted, "robotNamePrefix"),
    scanner_skip_update_pulltime: flag(wanted, "scannerSkipUpdatePulltime"),
    quota_per_project_enable: true,
    storage_per_project: storage > 0 ? storage * GIB : storage,
    audit_log_forward_endpoint: textOr(wanted, "auditLogForwardEndpoint", ""),
    skip_audit_log_database: flag(wanted, "skipAuditLogDatabase"),
    banner_message: wanted["bannerMessage"] === undefined ? "" : JSON.stringify(message),
  };
}

/** The banner is JSON text. What was not given and is as it is by default stays away. */
function banner(told: Json, prior: JsonMap): JsonMap {
  if (typeof told !== "string" || told === "")
    return prior["bannerMessage"] === undefined ? {} : { bannerMessage: null };
  const found: unknown = JSON.parse(told);
  // It is JSON, since it was parsed.
  const map = found as Json;
  if (!isMap(map)) return {};
  const before = submap(prior, "bannerMessage");
  const defaults: JsonMap = { type: "info", closable: false, fromDate: "", toDate: "" };
  const entries = Object.entries(map).filter(([key, value]) => before[key] !== undefined || value !== defaults[key]);
  return { bannerMessage: Object.fromEntries(entries) };
}
