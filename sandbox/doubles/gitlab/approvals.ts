import { text } from "../framework/bridge/fields";
import type { BridgedResource, Inputs } from "../framework/bridge/schema";
import type { JsonMap } from "../framework/value";
import { ownerPath } from "./place";
import type { Session } from "./session";
import { fromWire, snake } from "./wire";

const off = { type: "boolean", default: false } as const;

const inputs: Inputs = {
  project: { type: "string", required: true, forceNew: true },
  disableOverridingApproversPerMergeRequest: off,
  mergeRequestsAuthorApproval: off,
  mergeRequestsDisableCommittersApproval: off,
  requireReauthenticationToApprove: { type: "boolean", computed: true },
  requirePasswordToApprove: { type: "boolean", computed: true },
  resetApprovalsOnPush: { type: "boolean", default: true },
  selectiveCodeOwnerRemovals: off,
};

const NAMES = Object.keys(inputs).filter((name) => name !== "project");

const DEFAULTS: JsonMap = {
  disable_overriding_approvers_per_merge_request: false,
  merge_requests_author_approval: false,
  merge_requests_disable_committers_approval: false,
  require_reauthentication_to_approve: false,
  reset_approvals_on_push: true,
  selective_code_owner_removals: false,
};

/** How approvals of merge requests work in a project. Made, changed and taken back by one call. */
export const projectLevelMrApprovals: BridgedResource<Session> = {
  half: "framework",
  inputs,
  outputs: {},
  validate: (given) =>
    given["selectiveCodeOwnerRemovals"] === true && given["resetApprovalsOnPush"] !== false
      ? [{ property: "selectiveCodeOwnerRemovals", reason: "can be enabled only if resetApprovalsOnPush is disabled" }]
      : [],

  async create(wanted, session) {
    await write(session, text(wanted, "project"), wanted);
    return { id: text(wanted, "project") };
  },

  async read(id, prior, { api }) {
    const found = await api.find(`${ownerPath("project", id)}/approvals`);
    return found === undefined ? undefined : { project: id, ...fromWire(inputs, NAMES, found, prior) };
  },

  async update(id, _olds, news, session) {
    await write(session, id, news);
    return undefined;
  },

  async delete(id, _state, { api }) {
    await api.post(`${ownerPath("project", id)}/approvals`, DEFAULTS);
  },
};

async function write({ api }: Session, project: string, wanted: JsonMap): Promise<void> {
  const given = NAMES.flatMap((name) => (wanted[name] === undefined ? [] : [[snake(name), wanted[name]] as const]));
  await api.post(`${ownerPath("project", project)}/approvals`, Object.fromEntries(given));
}
