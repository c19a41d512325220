import { caller, projectOf } from "../access/guards";
import { level } from "../access/levels";
import { byLevel, isAllowed } from "../git/protection";
import { created, noContent, ok, page } from "../http/reply";
import { conflict, forbidden, notFound } from "../http/refusal";
import type { Call, Route } from "../instance";
import type { ProtectedBranch } from "../model";
import { accessBody, patchAccess, readAccess } from "./ref-access";

const levels = [level.none, level.developer, level.maintainer, level.admin];
/** Owners are a choice of their own only where there are role lists; on a free instance maintainers include them. */
const unprotectLevels = [level.developer, level.maintainer, level.admin];

function body(call: Call, branch: ProtectedBranch): Record<string, unknown> {
  const ee = call.gitlab.edition === "ee";
  return {
    id: branch.id,
    name: branch.name,
    push_access_levels: branch.push.map((entry) => accessBody(call, entry)),
    merge_access_levels: branch.merge.map((entry) => accessBody(call, entry)),
    allow_force_push: branch.allowForcePush,
    ...(ee
      ? {
          unprotect_access_levels: branch.unprotect.map((entry) => accessBody(call, entry)),
          code_owner_approval_required: branch.codeOwnerApprovalRequired,
          inherited: false,
        }
      : {}),
  };
}

function protect(call: Call): ProtectedBranch {
  const project = projectOf(call, level.maintainer);
  const { params, gitlab, state } = call;
  const name = params.filledText("name");
  if (state.protectedBranches.some((each) => each.projectId === project.id && each.name === name)) {
    throw conflict(`Protected branch '${name}' already exists`);
  }
  const read = (kind: string, allowed: readonly number[]): ReturnType<typeof readAccess> =>
    readAccess(call, project, { single: `${kind}_access_level`, list: `allowed_to_${kind}` }, allowed);
  const branch: ProtectedBranch = {
    id: gitlab.store.next("protected_branch"),
    projectId: project.id,
    name,
    allowForcePush: params.flag("allow_force_push") ?? false,
    codeOwnerApprovalRequired: gitlab.edition === "ee" && (params.flag("code_owner_approval_required") ?? false),
    push: read("push", levels) ?? [byLevel(gitlab, level.maintainer)],
    merge: read("merge", levels) ?? [byLevel(gitlab, level.maintainer)],
    unprotect: gitlab.edition === "ee" ? (read("unprotect", unprotectLevels) ?? []) : [],
  };
  state.protectedBranches.push(branch);
  return branch;
}

function wanted(call: Call): ProtectedBranch {
  const project = projectOf(call, level.maintainer);
  const found = call.state.protectedBranches.find(
    (each) => each.projectId === project.id && each.name === call.path["name"],
  );
  if (found === undefined) throw notFound();
  return found;
}

function change(call: Call): ProtectedBranch {
  const branch = wanted(call);
  const project = projectOf(call);
  const { params, gitlab } = call;
  checkMayUnprotect(call, branch);
  if (gitlab.edition === "ee") {
    const push = patchAccess(call, project, "allowed_to_push", branch.push, levels);
    const merge = patchAccess(call, project, "allowed_to_merge", branch.merge, levels);
    const unprotect = patchAccess(call, project, "allowed_to_unprotect", branch.unprotect, unprotectLevels);
    Object.assign(branch, { push, merge, unprotect });
    branch.codeOwnerApprovalRequired = params.flag("code_owner_approval_required") ?? branch.codeOwnerApprovalRequired;
  }
  branch.allowForcePush = params.flag("allow_force_push") ?? branch.allowForcePush;
  return branch;
}

function checkMayUnprotect(call: Call, branch: ProtectedBranch): void {
  const project = projectOf(call);
  if (branch.unprotect.length > 0 && !isAllowed(call.state, project, caller(call), branch.unprotect)) throw forbidden();
}

const pattern = "projects/:id/protected_branches";

/** Protected branches. */
export const protectedBranches: readonly Route[] = [
  {
    method: "GET",
    pattern,
    handle: (call) => {
      const project = projectOf(call, level.maintainer);
      const found = call.state.protectedBranches.filter((each) => each.projectId === project.id);
      return page(
        call.params,
        found.map((each) => body(call, each)),
        call.address,
      );
    },
  },
  { method: "GET", pattern: `${pattern}/:name`, handle: (call) => ok(body(call, wanted(call))) },
  { method: "POST", pattern, handle: (call) => created(body(call, protect(call))) },
  { method: "PATCH", pattern: `${pattern}/:name`, handle: (call) => ok(body(call, change(call))) },
  {
    method: "DELETE",
    pattern: `${pattern}/:name`,
    handle: (call) => {
      const branch = wanted(call);
      checkMayUnprotect(call, branch);
      call.state.protectedBranches = call.state.protectedBranches.filter((each) => each !== branch);
      return noContent();
    },
  },
];
