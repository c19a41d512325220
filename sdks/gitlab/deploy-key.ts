import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a DeployKey is made from. */
export interface DeployKeyArgs {
  readonly canPush?: pulumi.Input<boolean>;
  readonly expiresAt?: pulumi.Input<string>;
  readonly key: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
  readonly title: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/deployKey:DeployKey",
  required: ["key", "project", "title"],
  properties: "canPush deployKeyId expiresAt key project title".split(" "),
};

/** An SSH key that reads (or writes) one project. */
export class DeployKey extends Resource {
  declare readonly canPush: pulumi.Output<boolean | undefined>;
  declare readonly deployKeyId: pulumi.Output<number>;
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  declare readonly key: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly title: pulumi.Output<string>;

  constructor(name: string, args: DeployKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
