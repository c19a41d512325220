import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a GroupMembership is made from. */
export interface GroupMembershipArgs {
  readonly accessLevel: pulumi.Input<string>;
  readonly expiresAt?: pulumi.Input<string>;
  readonly groupId: pulumi.Input<number>;
  readonly memberRoleId?: pulumi.Input<number>;
  readonly skipSubresourcesOnDestroy?: pulumi.Input<boolean>;
  readonly unassignIssuablesOnDestroy?: pulumi.Input<boolean>;
  readonly userId: pulumi.Input<number>;
}

const shape: Shape = {
  token: "gitlab:index/groupMembership:GroupMembership",
  required: ["accessLevel", "groupId", "userId"],
  properties: words(`
    accessLevel expiresAt groupId memberRoleId skipSubresourcesOnDestroy unassignIssuablesOnDestroy userId
  `),
};

/** A person's role in a group. */
export class GroupMembership extends Resource {
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<number>;
  declare readonly memberRoleId: pulumi.Output<number | undefined>;
  declare readonly skipSubresourcesOnDestroy: pulumi.Output<boolean>;
  declare readonly unassignIssuablesOnDestroy: pulumi.Output<boolean>;
  declare readonly userId: pulumi.Output<number>;

  constructor(name: string, args: GroupMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
