import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a ProjectVariable is made from. */
export interface ProjectVariableArgs {
  readonly description?: pulumi.Input<string>;
  readonly environmentScope?: pulumi.Input<string>;
  readonly hidden?: pulumi.Input<boolean>;
  readonly key: pulumi.Input<string>;
  readonly masked?: pulumi.Input<boolean>;
  readonly project: pulumi.Input<string>;
  readonly protected?: pulumi.Input<boolean>;
  readonly raw?: pulumi.Input<boolean>;
  readonly value: pulumi.Input<string>;
  readonly variableType?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/projectVariable:ProjectVariable",
  required: ["key", "project", "value"],
  properties: words(`
    description environmentScope hidden key masked project protected raw value variableType
  `),
  secretInputs: ["value"],
  secretOutputs: ["value"],
};

/** A CI variable of a project. Its value is kept as a secret. */
export class ProjectVariable extends Resource {
  declare readonly description: pulumi.Output<string>;
  declare readonly environmentScope: pulumi.Output<string>;
  declare readonly hidden: pulumi.Output<boolean>;
  declare readonly key: pulumi.Output<string>;
  declare readonly masked: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly protected: pulumi.Output<boolean>;
  declare readonly raw: pulumi.Output<boolean>;
  declare readonly value: pulumi.Output<string>;
  declare readonly variableType: pulumi.Output<string>;

  constructor(name: string, args: ProjectVariableArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
