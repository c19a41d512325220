import { type Group, GroupLdapLink, GroupMembership, GroupSamlLink } from "@pulumi/gitlab";
import type { RoleMembership, TenantRole } from "../../model/capability";
import type { Child } from "./child";

/** In its own group everybody of a role has the role's level; shares cannot give more than this. */
const level: Readonly<Record<TenantRole, string>> = {
  owners: "maintainer",
  developers: "developer",
  operations: "reporter",
};

/** Nothing of a link changes in place, and one group has one link of a name: the new one would meet the old one. */
const oldOneFirst = (child: Child) => ({ ...child, deleteBeforeReplace: true });

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
    case "saml":
      new GroupSamlLink(
        `${name}/saml`,
        { group: group.id, samlGroupName: membership.group, accessLevel: level[role] },
        oldOneFirst(child),
      );
      return;
    case "ldap":
      new GroupLdapLink(
        `${name}/ldap`,
        { group: group.id, cn: membership.group, ldapProvider: membership.provider, groupAccess: level[role] },
        oldOneFirst(child),
      );
      return;
    case "external":
      return;
  }
}
