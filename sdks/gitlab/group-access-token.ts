import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a GroupAccessToken is made from. */
export interface GroupAccessTokenArgs {
  readonly accessLevel?: pulumi.Input<string>;
  readonly description?: pulumi.Input<string>;
  readonly expiresAt?: pulumi.Input<string>;
  readonly group: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly rotationConfiguration?: pulumi.Input<inputs.GroupAccessTokenRotationConfiguration>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "gitlab:index/groupAccessToken:GroupAccessToken",
  required: ["group", "scopes"],
  properties: words(`
    accessLevel active createdAt description expiresAt group name revoked rotationConfiguration scopes token
    userId validatePastExpirationDate
  `),
  secretOutputs: ["token"],
};

/** A token that acts as a member of a group. */
export class GroupAccessToken extends Resource {
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly active: pulumi.Output<boolean>;
  declare readonly createdAt: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly group: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly rotationConfiguration: pulumi.Output<outputs.GroupAccessTokenRotationConfiguration | undefined>;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly userId: pulumi.Output<number>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: GroupAccessTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
