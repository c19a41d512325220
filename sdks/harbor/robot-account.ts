import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a RobotAccount is made from. */
export interface RobotAccountArgs {
  readonly description?: pulumi.Input<string>;
  readonly disable?: pulumi.Input<boolean>;
  readonly duration?: pulumi.Input<number>;
  readonly level: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly permissions: pulumi.Input<pulumi.Input<inputs.RobotAccountPermission>[]>;
  readonly secret?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "harbor:index/robotAccount:RobotAccount",
  required: ["level", "permissions"],
  properties: words(`
    description disable duration fullName level name permissions robotId secret
  `),
  secretInputs: ["secret"],
  secretOutputs: ["secret"],
};

/** An account for machines, with rights of its own. */
export class RobotAccount extends Resource {
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly disable: pulumi.Output<boolean | undefined>;
  declare readonly duration: pulumi.Output<number | undefined>;
  declare readonly fullName: pulumi.Output<string>;
  declare readonly level: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly permissions: pulumi.Output<outputs.RobotAccountPermission[]>;
  declare readonly robotId: pulumi.Output<string>;
  declare readonly secret: pulumi.Output<string>;

  constructor(name: string, args: RobotAccountArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
