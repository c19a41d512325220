import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a ProjectMemberGroup is made from. */
export interface ProjectMemberGroupArgs {
  readonly groupId?: pulumi.Input<number>;
  readonly groupName?: pulumi.Input<string>;
  readonly ldapGroupDn?: pulumi.Input<string>;
  readonly projectId: pulumi.Input<string>;
  readonly role: pulumi.Input<string>;
  readonly type: pulumi.Input<string>;
}

const shape: Shape = {
  token: "harbor:index/projectMemberGroup:ProjectMemberGroup",
  required: ["projectId", "role", "type"],
  properties: "groupId groupName ldapGroupDn memberId projectId role type".split(" "),
};

/** The role of a group of people in a project. */
export class ProjectMemberGroup extends Resource {
  declare readonly groupId: pulumi.Output<number | undefined>;
  declare readonly groupName: pulumi.Output<string | undefined>;
  declare readonly ldapGroupDn: pulumi.Output<string | undefined>;
  declare readonly memberId: pulumi.Output<number>;
  declare readonly projectId: pulumi.Output<string>;
  declare readonly role: pulumi.Output<string>;
  declare readonly type: pulumi.Output<string>;

  constructor(name: string, args: ProjectMemberGroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
