import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a ProjectAccessToken is made from. */
export interface ProjectAccessTokenArgs {
  readonly accessLevel?: pulumi.Input<string>;
  readonly description?: pulumi.Input<string>;
  readonly expiresAt?: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
  readonly rotationConfiguration?: pulumi.Input<inputs.ProjectAccessTokenRotationConfiguration>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "gitlab:index/projectAccessToken:ProjectAccessToken",
  required: ["project", "scopes"],
  properties: words(`
    accessLevel active createdAt description expiresAt name project revoked rotationConfiguration scopes token
    userId validatePastExpirationDate
  `),
  secretOutputs: ["token"],
};

/** A token that acts as a member of a project. */
export class ProjectAccessToken extends Resource {
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly active: pulumi.Output<boolean>;
  declare readonly createdAt: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly rotationConfiguration: pulumi.Output<outputs.ProjectAccessTokenRotationConfiguration | undefined>;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly userId: pulumi.Output<number>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectAccessTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
