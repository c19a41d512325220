import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, type Shape } from "./resource";

/** What a TagProtection is made from. */
export interface TagProtectionArgs {
  readonly allowedToCreates?: pulumi.Input<pulumi.Input<inputs.TagProtectionAllowedToCreate>[]>;
  readonly createAccessLevel?: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
  readonly tag: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/tagProtection:TagProtection",
  required: ["project", "tag"],
  properties: "allowedToCreates createAccessLevel project tag".split(" "),
};

/** Who may make a tag. */
export class TagProtection extends Resource {
  declare readonly allowedToCreates: pulumi.Output<outputs.TagProtectionAllowedToCreate[] | undefined>;
  declare readonly createAccessLevel: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly tag: pulumi.Output<string>;

  constructor(name: string, args: TagProtectionArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
