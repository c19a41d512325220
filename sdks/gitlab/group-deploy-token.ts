import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a GroupDeployToken is made from. */
export interface GroupDeployTokenArgs {
  readonly expiresAt?: pulumi.Input<string>;
  readonly group: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly username?: pulumi.Input<string>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "gitlab:index/groupDeployToken:GroupDeployToken",
  required: ["group", "scopes"],
  properties: words(`
    expired expiresAt group name revoked scopes token username validatePastExpirationDate
  `),
  secretOutputs: ["token"],
};

/** A token that reads or writes the repositories and packages of a group. */
export class GroupDeployToken extends Resource {
  declare readonly expired: pulumi.Output<boolean>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly group: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly username: pulumi.Output<string>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: GroupDeployTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
