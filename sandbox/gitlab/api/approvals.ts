import { caller, projectOf, readableProject } from "../access/guards";
import { level } from "../access/levels";
import { memberLevel, projectMemberLevel } from "../access/rights";
import { announce } from "../git/changes";
import { protectionsOf } from "../git/protection";
import { created, noContent, ok, page, type Reply } from "../http/reply";
import { badRequest, forbidden, invalid, notFound, unauthorized } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { ApprovalRule, MergeRequest, Project } from "../model";
import { groupById, groupPath, lineage, userById } from "../namespaces";
import { groupBody } from "./group-body";
import { userBody } from "./users";

const defaults: Readonly<Record<string, boolean>> = {
  reset_approvals_on_push: true,
  selective_code_owner_removals: false,
  disable_overriding_approvers_per_merge_request: false,
  merge_requests_author_approval: false,
  merge_requests_disable_committers_approval: false,
  require_password_to_approve: false,
  require_reauthentication_to_approve: false,
};

const family = "approvals";

const settingsOf = (call: Call, project: Project): Record<string, unknown> => ({
  approvals_before_merge: 0,
  ...defaults,
  ...call.state.items.find((each) => each.family === family && each.projectId === project.id)?.values,
});

function changeSettings(call: Call): Reply {
  const project = projectOf(call, level.maintainer);
  const values = { ...settingsOf(call, project) };
  for (const name of Object.keys(defaults)) values[name] = call.params.flag(name) ?? values[name];
  if (values["selective_code_owner_removals"] === true && values["reset_approvals_on_push"] === true) {
    throw badRequest("selective_code_owner_removals can only be enabled when reset_approvals_on_push is disabled");
  }
  const old = call.state.items.find((each) => each.family === family && each.projectId === project.id);
  if (old !== undefined) old.values = values;
  else call.state.items.push({ id: call.gitlab.store.next("item"), family, projectId: project.id, values });
  return created(values);
}

function ruleBody(call: Call, rule: ApprovalRule): Record<string, unknown> {
  const users = rule.userIds.flatMap((id) => userById(call.state, id) ?? []);
  const groups = rule.groupIds.flatMap((id) => groupById(call.state, id) ?? []);
  return {
    id: rule.id,
    name: rule.name,
    rule_type: rule.ruleType,
    report_type: rule.ruleType === "report_approver" ? "code_coverage" : null,
    eligible_approvers: users.map((user) => userBody(call.gitlab, user)),
    approvals_required: rule.approvalsRequired,
    users: users.map((user) => userBody(call.gitlab, user)),
    groups: groups.map((group) => ({
      ...groupBody(call.gitlab, group, undefined),
      full_path: groupPath(call.state, group),
    })),
    contains_hidden_groups: false,
    protected_branches: call.state.protectedBranches
      .filter((each) => rule.protectedBranchIds.includes(each.id))
      .map(({ id, name }) => ({ id, name })),
    applies_to_all_protected_branches: rule.appliesToAllProtectedBranches,
  };
}

const rulesOf = (call: Call, project: Project): ApprovalRule[] =>
  call.state.approvalRules.filter((rule) => rule.projectId === project.id);

/** Groups that have nothing to do with the project, and users who are no members, are dropped without a word. */
function eligible(call: Call, project: Project): { users: number[] | undefined; groups: number[] | undefined } {
  const invited = new Set([
    ...lineage(call.state, project.namespaceId).map((group) => group.id),
    ...call.state.shares
      .filter((share) => share.source === "project" && share.sourceId === project.id)
      .map((share) => share.groupId),
  ]);
  return {
    users: call.params
      .integers("user_ids")
      ?.filter((id) => projectMemberLevel(call.state, id, project) >= level.developer),
    groups: call.params.integers("group_ids")?.filter((id) => invited.has(id)),
  };
}

function createRule(call: Call): Reply {
  const project = projectOf(call, level.maintainer);
  const { params } = call;
  const name = params.filledText("name");
  const approvalsRequired = params.requiredInteger("approvals_required");
  const ruleType = params.choice("rule_type", ["regular", "any_approver", "report_approver"]) ?? "regular";
  if (approvalsRequired < 0) throw invalid({ approvals_required: ["must be greater than or equal to 0"] });
  const rules = rulesOf(call, project);
  if (ruleType === "any_approver" && rules.some((rule) => rule.ruleType === "any_approver")) {
    throw invalid({ rule_type: ["any-approver for the project already exists"] });
  }
  if (rules.some((rule) => rule.name === name)) throw invalid({ name: ["has already been taken"] });
  const who = eligible(call, project);
  const rule: ApprovalRule = {
    id: call.gitlab.store.next("approval_rule"),
    projectId: project.id,
    name,
    ruleType,
    approvalsRequired,
    userIds: ruleType === "any_approver" ? [] : (who.users ?? []),
    groupIds: ruleType === "any_approver" ? [] : (who.groups ?? []),
    protectedBranchIds: params.integers("protected_branch_ids") ?? [],
    appliesToAllProtectedBranches: params.flag("applies_to_all_protected_branches") ?? false,
  };
  call.state.approvalRules.push(rule);
  return created(ruleBody(call, rule));
}

function wanted(call: Call): { project: Project; rule: ApprovalRule } {
  const project = projectOf(call, level.maintainer);
  const rule = rulesOf(call, project).find((each) => each.id === Number(call.path["rule_id"]));
  if (rule === undefined) throw notFound();
  return { project, rule };
}

function changeRule(call: Call): Reply {
  const { project, rule } = wanted(call);
  const { params } = call;
  const who = eligible(call, project);
  Object.assign(rule, {
    name: params.text("name") ?? rule.name,
    approvalsRequired: params.integer("approvals_required") ?? rule.approvalsRequired,
    userIds: who.users ?? rule.userIds,
    groupIds: who.groups ?? rule.groupIds,
    protectedBranchIds: params.integers("protected_branch_ids") ?? rule.protectedBranchIds,
    appliesToAllProtectedBranches:
      params.flag("applies_to_all_protected_branches") ?? rule.appliesToAllProtectedBranches,
  });
  return ok(ruleBody(call, rule));
}

const mayApprove = (call: Call, project: Project, rule: ApprovalRule, userId: number): boolean =>
  rule.ruleType === "any_approver"
    ? projectMemberLevel(call.state, userId, project) >= level.developer
    : rule.userIds.includes(userId) ||
      rule.groupIds.some((id) => {
        const group = groupById(call.state, id);
        return group !== undefined && memberLevel(call.state, userId, group) >= level.developer;
      });

/** How many approvals a merge request still needs. Without a licence approvals are never needed. */
export function approvalsLeft(call: Call, project: Project, request: MergeRequest): number {
  if (call.gitlab.edition === "ce") return 0;
  const protections = protectionsOf(call.state, project, request.targetBranch).map((each) => each.id);
  const authorCounts = settingsOf(call, project)["merge_requests_author_approval"] === true;
  const approvers = request.approvedBy.filter((id) => authorCounts || id !== request.authorId);
  return rulesOf(call, project)
    .filter((rule) =>
      rule.appliesToAllProtectedBranches
        ? protections.length > 0
        : rule.protectedBranchIds.length === 0 || rule.protectedBranchIds.some((id) => protections.includes(id)),
    )
    .map((rule) => rule.approvalsRequired - approvers.filter((id) => mayApprove(call, project, rule, id)).length)
    .reduce((left, each) => left + Math.max(each, 0), 0);
}

function requestOf(call: Call): { project: Project; request: MergeRequest } {
  const project = readableProject(call);
  const request = call.state.mergeRequests.find(
    (each) => each.projectId === project.id && each.iid === Number(call.path["iid"]),
  );
  if (request === undefined) throw notFound();
  return { project, request };
}

function stateBody(call: Call, project: Project, request: MergeRequest): Record<string, unknown> {
  const left = approvalsLeft(call, project, request);
  return {
    id: request.id,
    iid: request.iid,
    project_id: project.id,
    approved: call.gitlab.edition === "ce" ? request.approvedBy.length > 0 : left === 0,
    approvals_left: left,
    approved_by: request.approvedBy.flatMap((id) => {
      const user = userById(call.state, id);
      return user === undefined ? [] : [{ user: userBody(call.gitlab, user) }];
    }),
  };
}

function approve(call: Call, wants: boolean): Reply {
  const { project, request } = requestOf(call);
  const user = caller(call);
  if (projectMemberLevel(call.state, user.id, project) < level.developer) throw unauthorized();
  if (request.state !== "opened" || request.approvedBy.includes(user.id) === wants) {
    throw wants ? unauthorized() : notFound();
  }
  const sha = call.params.text("sha");
  if (sha !== undefined && sha !== request.sha) throw forbidden();
  request.approvedBy = wants ? [...request.approvedBy, user.id] : request.approvedBy.filter((id) => id !== user.id);
  announce(call.gitlab, request, user, wants ? "approved" : "unapproved");
  return created(stateBody(call, project, request));
}

const rulesAt = "projects/:id/approval_rules";

/** Approvals: rules and settings with a licence, a thumb for a merge request without. */
export const approvals: readonly Route[] = [
  {
    method: "GET",
    pattern: "projects/:id/approvals",
    licensed: true,
    handle: (call) => ok(settingsOf(call, projectOf(call, level.maintainer))),
  },
  { method: "POST", pattern: "projects/:id/approvals", licensed: true, handle: changeSettings },
  {
    method: "GET",
    pattern: rulesAt,
    licensed: true,
    handle: (call) =>
      page(
        call.params,
        rulesOf(call, projectOf(call)).map((rule) => ruleBody(call, rule)),
        call.address,
      ),
  },
  { method: "POST", pattern: rulesAt, licensed: true, handle: createRule },
  {
    method: "GET",
    pattern: `${rulesAt}/:rule_id`,
    licensed: true,
    handle: (call) => ok(ruleBody(call, wanted(call).rule)),
  },
  { method: "PUT", pattern: `${rulesAt}/:rule_id`, licensed: true, handle: changeRule },
  {
    method: "DELETE",
    pattern: `${rulesAt}/:rule_id`,
    licensed: true,
    handle: (call) => {
      const { rule } = wanted(call);
      call.state.approvalRules = call.state.approvalRules.filter((each) => each !== rule);
      return noContent();
    },
  },
  {
    method: "GET",
    pattern: "projects/:id/merge_requests/:iid/approvals",
    handle: (call) => {
      const { project, request } = requestOf(call);
      return ok(stateBody(call, project, request));
    },
  },
  { method: "POST", pattern: "projects/:id/merge_requests/:iid/approve", handle: (call) => approve(call, true) },
  { method: "POST", pattern: "projects/:id/merge_requests/:iid/unapprove", handle: (call) => approve(call, false) },
];
