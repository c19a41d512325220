import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a Group is made from. */
export interface GroupArgs {
  readonly groupName: pulumi.Input<string>;
  readonly groupType: pulumi.Input<number>;
  readonly ldapGroupDn?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "harbor:index/group:Group",
  required: ["groupName", "groupType"],
  properties: "groupName groupType ldapGroupDn".split(" "),
};

/** A group of people that the identity provider knows. */
export class Group extends Resource {
  declare readonly groupName: pulumi.Output<string>;
  declare readonly groupType: pulumi.Output<number>;
  declare readonly ldapGroupDn: pulumi.Output<string | undefined>;

  constructor(name: string, args: GroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
