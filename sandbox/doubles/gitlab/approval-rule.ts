import { flag, list, text, textOr } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import { isMap, type Json, type JsonMap } from "../framework/value";
import { idOf, ownerPath, splitId } from "./place";
import type { Session } from "./session";
import { fromWire, snake } from "./wire";

const ids = { type: { set: "integer" } } as const;

const inputs: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  name: { type: "string" },
  approvalsRequired: { type: "integer", required: true },
  ruleType: {
    type: "string",
    computed: true,
    forceNew: true,
    oneOf: ["regular", "any_approver", "report_approver"],
  },
  reportType: { type: "string", computed: true, forceNew: true, oneOf: ["code_coverage"] },
  userIds: { ...ids, computed: true },
  groupIds: { ...ids, computed: true },
  protectedBranchIds: { ...ids, computed: true },
  appliesToAllProtectedBranches: { type: "boolean", computed: true },
  disableImportingDefaultAnyApproverRuleOnCreate: { type: "boolean", computed: true },
};

const PLAIN = ["name", "approvalsRequired", "ruleType", "reportType", "appliesToAllProtectedBranches"];
const SENT = [...PLAIN, "userIds", "groupIds", "protectedBranchIds"];

/** Who has to approve merge requests of a project. */
export const projectApprovalRule: BridgedResource<Session> = {
  half: "sdk",
  autoname: true,
  inputs,
  outputs: {},

  async create(wanted, session) {
    const project = text(wanted, "project");
    const adopted = await findDefaultRule(session, wanted);
    if (adopted !== undefined) {
      await session.api.put(pathAt(`${project}:${adopted}`), body(wanted));
      return { id: `${project}:${adopted}` };
    }
    const made = await session.api.post(`${ownerPath("project", project)}/approval_rules`, body(wanted));
    return { id: `${project}:${idOf(made)}` };
  },

  async read(id, prior, { api }) {
    const found = await api.find(pathAt(id));
    if (found === undefined) return undefined;
    return {
      ...fromWire(inputs, PLAIN, found, prior),
      project: splitId(id, 2)[0] ?? "",
      // Groups that the project is not shared with were dropped by the server: that shows as a difference.
      userIds: idsOf(found, "users"),
      groupIds: idsOf(found, "groups"),
      protectedBranchIds: idsOf(found, "protected_branches"),
    };
  },

  async update(id, _olds, news, { api }) {
    await api.put(pathAt(id), body(news));
    return undefined;
  },

  delete: (id, _state, { api }) => api.delete(pathAt(id)),
};

/** The rule for any approver that a project has from the beginning and that asks for none. */
async function findDefaultRule({ api }: Session, wanted: JsonMap): Promise<number | undefined> {
  if (textOr(wanted, "ruleType", "") !== "any_approver") return undefined;
  if (flag(wanted, "disableImportingDefaultAnyApproverRuleOnCreate")) return undefined;
  const rules = await api.list(`${ownerPath("project", text(wanted, "project"))}/approval_rules`);
  const found = rules.find((rule) => rule["rule_type"] === "any_approver" && rule["approvals_required"] === 0);
  return found === undefined ? undefined : idOf(found);
}

function body(wanted: JsonMap): JsonMap {
  return Object.fromEntries(
    SENT.flatMap((name) => (wanted[name] === undefined ? [] : [[snake(name), wanted[name]] as const])),
  );
}

function idsOf(found: JsonMap, key: string): Json {
  return list(found, key).flatMap((entry) => (isMap(entry) && entry["id"] !== undefined ? [entry["id"]] : []));
}

function pathAt(id: string): string {
  const [project = "", rule = ""] = splitId(id, 2);
  return `${ownerPath("project", project)}/approval_rules/${rule}`;
}
