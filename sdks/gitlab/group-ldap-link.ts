import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a GroupLdapLink is made from: of `cn` and `filter` one. */
export interface GroupLdapLinkArgs {
  readonly cn?: pulumi.Input<string>;
  readonly filter?: pulumi.Input<string>;
  readonly force?: pulumi.Input<boolean>;
  readonly group: pulumi.Input<string>;
  readonly groupAccess: pulumi.Input<string>;
  readonly ldapProvider: pulumi.Input<string>;
  readonly memberRoleId?: pulumi.Input<number>;
}

const shape: Shape = {
  token: "gitlab:index/groupLdapLink:GroupLdapLink",
  required: ["group", "groupAccess", "ldapProvider"],
  properties: "cn filter force group groupAccess ldapProvider memberRoleId".split(" "),
};

/** The people of an LDAP group have a role in a group. */
export class GroupLdapLink extends Resource {
  declare readonly cn: pulumi.Output<string>;
  declare readonly filter: pulumi.Output<string>;
  declare readonly force: pulumi.Output<boolean | undefined>;
  declare readonly group: pulumi.Output<string>;
  declare readonly groupAccess: pulumi.Output<string>;
  declare readonly ldapProvider: pulumi.Output<string>;
  declare readonly memberRoleId: pulumi.Output<number>;

  constructor(name: string, args: GroupLdapLinkArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
