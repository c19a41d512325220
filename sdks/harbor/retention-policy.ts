import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, type Shape } from "./resource";

/** What a RetentionPolicy is made from. */
export interface RetentionPolicyArgs {
  readonly rules: pulumi.Input<pulumi.Input<inputs.RetentionPolicyRule>[]>;
  readonly schedule?: pulumi.Input<string>;
  readonly scope: pulumi.Input<string>;
}

const shape: Shape = {
  token: "harbor:index/retentionPolicy:RetentionPolicy",
  required: ["rules", "scope"],
  properties: "rules schedule scope".split(" "),
};

/** Which artifacts of a project are kept. */
export class RetentionPolicy extends Resource {
  declare readonly rules: pulumi.Output<outputs.RetentionPolicyRule[]>;
  declare readonly schedule: pulumi.Output<string | undefined>;
  declare readonly scope: pulumi.Output<string>;

  constructor(name: string, args: RetentionPolicyArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
