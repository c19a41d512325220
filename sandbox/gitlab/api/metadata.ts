import { admin, caller } from "../access/guards";
import { ok } from "../http/reply";
import type { Call, Route } from "../instance";

const revision = "0e57a7e0000";

function metadata(call: Call): Record<string, unknown> {
  caller(call);
  return {
    version: call.gitlab.version,
    revision,
    kas: { enabled: false, externalUrl: null, externalKubernetesProxyUrl: null, version: null },
    enterprise: call.gitlab.edition === "ee",
  };
}

/** What the instance says of itself. */
export const metadataRoutes: readonly Route[] = [
  { method: "GET", pattern: "metadata", scopes: ["read_user"], handle: (call) => ok(metadata(call)) },
  {
    method: "GET",
    pattern: "version",
    scopes: ["read_user"],
    handle: (call) => ok(metadata(call)),
  },
  {
    method: "GET",
    pattern: "application/settings",
    handle: (call) => {
      admin(call);
      return ok({
        id: 1,
        default_branch_protection: 2,
        default_branch_protection_defaults: {
          allowed_to_push: [{ access_level: 40 }],
          allow_force_push: false,
          allowed_to_merge: [{ access_level: 40 }],
          developer_can_initial_push: false,
        },
        default_project_visibility: "private",
        default_group_visibility: "private",
        require_personal_access_token_expiry: true,
        deletion_adjourned_period: 30,
        signup_enabled: false,
      });
    },
  },
];
