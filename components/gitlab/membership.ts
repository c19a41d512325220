import { type Group, GroupMembership } from "@pulumi/gitlab";
import type { RoleMembership, TenantRole } from "../../model/capability";
import type { Child } from "./child";

/** In its own group everybody of a role has the role's level; shares cannot give more than this. */
const level: Readonly<Record<TenantRole, string>> = {
  owners: "maintainer",
  developers: "developer",
  operations: "reporter",
};

/** Says who is in a role's group, in the way that the settings name. */
export function addMembers(
  name: string,
  group: Group,
  role: TenantRole,
  membership: RoleMembership,
  child: Child,
): void {
  switch (membership.kind) {
    case "listed":
      for (const { username, id } of membership.members) {
        new GroupMembership(
          `${name}/${username}`,
          { groupId: group.id.apply(Number), userId: id, accessLevel: level[role] },
          child,
        );
      }
      return;
    case "external":
      return;
  }
}
