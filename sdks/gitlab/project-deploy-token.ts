import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a ProjectDeployToken is made from. */
export interface ProjectDeployTokenArgs {
  readonly expiresAt?: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
  readonly scopes: pulumi.Input<pulumi.Input<string>[]>;
  readonly username?: pulumi.Input<string>;
  readonly validatePastExpirationDate?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "gitlab:index/projectDeployToken:ProjectDeployToken",
  required: ["project", "scopes"],
  properties: words(`
    expired expiresAt name project revoked scopes token username validatePastExpirationDate
  `),
  secretOutputs: ["token"],
};

/** A token that reads or writes the repository and the packages of a project. */
export class ProjectDeployToken extends Resource {
  declare readonly expired: pulumi.Output<boolean>;
  declare readonly expiresAt: pulumi.Output<string>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly revoked: pulumi.Output<boolean>;
  declare readonly scopes: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly username: pulumi.Output<string>;
  declare readonly validatePastExpirationDate: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectDeployTokenArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
