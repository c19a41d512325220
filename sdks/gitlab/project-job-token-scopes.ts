import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a ProjectJobTokenScopes is made from. */
export interface ProjectJobTokenScopesArgs {
  readonly enabled?: pulumi.Input<boolean>;
  readonly project: pulumi.Input<string>;
  readonly targetGroupIds?: pulumi.Input<pulumi.Input<number>[]>;
  readonly targetProjectIds?: pulumi.Input<pulumi.Input<number>[]>;
}

const shape: Shape = {
  token: "gitlab:index/projectJobTokenScopes:ProjectJobTokenScopes",
  required: ["project"],
  properties: "enabled project targetGroupIds targetProjectIds".split(" "),
};

/** Which other projects' CI jobs may use a project: all of them in one list. */
export class ProjectJobTokenScopes extends Resource {
  declare readonly enabled: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly targetGroupIds: pulumi.Output<number[]>;
  declare readonly targetProjectIds: pulumi.Output<number[]>;

  constructor(name: string, args: ProjectJobTokenScopesArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
