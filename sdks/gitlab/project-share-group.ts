import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a ProjectShareGroup is made from. */
export interface ProjectShareGroupArgs {
  readonly expiresAt?: pulumi.Input<string>;
  readonly groupAccess: pulumi.Input<string>;
  readonly groupId: pulumi.Input<number>;
  readonly project: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/projectShareGroup:ProjectShareGroup",
  required: ["groupAccess", "groupId", "project"],
  properties: "expiresAt groupAccess groupId project".split(" "),
};

/** A group invited into a project, with a role. */
export class ProjectShareGroup extends Resource {
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly groupAccess: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<number>;
  declare readonly project: pulumi.Output<string>;

  constructor(name: string, args: ProjectShareGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
