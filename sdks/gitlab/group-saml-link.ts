import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a GroupSamlLink is made from. */
export interface GroupSamlLinkArgs {
  readonly accessLevel: pulumi.Input<string>;
  readonly group: pulumi.Input<string>;
  readonly memberRoleId?: pulumi.Input<number>;
  readonly samlGroupName: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/groupSamlLink:GroupSamlLink",
  required: ["accessLevel", "group", "samlGroupName"],
  properties: "accessLevel group memberRoleId samlGroupName".split(" "),
};

/** The people of a SAML group have a role in a group. */
export class GroupSamlLink extends Resource {
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly group: pulumi.Output<string>;
  declare readonly memberRoleId: pulumi.Output<number | undefined>;
  declare readonly samlGroupName: pulumi.Output<string>;

  constructor(name: string, args: GroupSamlLinkArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
