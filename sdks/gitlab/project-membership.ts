import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a ProjectMembership is made from. */
export interface ProjectMembershipArgs {
  readonly accessLevel: pulumi.Input<string>;
  readonly expiresAt?: pulumi.Input<string>;
  readonly memberRoleId?: pulumi.Input<number>;
  readonly project: pulumi.Input<string>;
  readonly userId: pulumi.Input<number>;
}

const shape: Shape = {
  token: "gitlab:index/projectMembership:ProjectMembership",
  required: ["accessLevel", "project", "userId"],
  properties: "accessLevel expiresAt memberRoleId project userId".split(" "),
};

/** A person's role in a project. */
export class ProjectMembership extends Resource {
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly memberRoleId: pulumi.Output<number | undefined>;
  declare readonly project: pulumi.Output<string>;
  declare readonly userId: pulumi.Output<number>;

  constructor(name: string, args: ProjectMembershipArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
