import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a GroupShareGroup is made from. */
export interface GroupShareGroupArgs {
  readonly expiresAt?: pulumi.Input<string>;
  readonly groupAccess: pulumi.Input<string>;
  readonly groupId: pulumi.Input<string>;
  readonly memberRoleId?: pulumi.Input<number>;
  readonly shareGroupId: pulumi.Input<number>;
}

const shape: Shape = {
  token: "gitlab:index/groupShareGroup:GroupShareGroup",
  required: ["groupAccess", "groupId", "shareGroupId"],
  properties: "expiresAt groupAccess groupId memberRoleId shareGroupId".split(" "),
};

/** A group invited into another group, with a role. */
export class GroupShareGroup extends Resource {
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly groupAccess: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<string>;
  declare readonly memberRoleId: pulumi.Output<number | undefined>;
  declare readonly shareGroupId: pulumi.Output<number>;

  constructor(name: string, args: GroupShareGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
