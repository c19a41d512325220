import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a GroupVariable is made from. */
export interface GroupVariableArgs {
  readonly description?: pulumi.Input<string>;
  readonly environmentScope?: pulumi.Input<string>;
  readonly group: pulumi.Input<string>;
  readonly hidden?: pulumi.Input<boolean>;
  readonly key: pulumi.Input<string>;
  readonly masked?: pulumi.Input<boolean>;
  readonly protected?: pulumi.Input<boolean>;
  readonly raw?: pulumi.Input<boolean>;
  readonly value: pulumi.Input<string>;
  readonly variableType?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/groupVariable:GroupVariable",
  required: ["group", "key", "value"],
  properties: words(`
    description environmentScope group hidden key masked protected raw value variableType
  `),
  secretInputs: ["value"],
  secretOutputs: ["value"],
};

/** A CI variable of all projects of a group. Its value is kept as a secret. */
export class GroupVariable extends Resource {
  declare readonly description: pulumi.Output<string>;
  declare readonly environmentScope: pulumi.Output<string>;
  declare readonly group: pulumi.Output<string>;
  declare readonly hidden: pulumi.Output<boolean>;
  declare readonly key: pulumi.Output<string>;
  declare readonly masked: pulumi.Output<boolean>;
  declare readonly protected: pulumi.Output<boolean>;
  declare readonly raw: pulumi.Output<boolean>;
  declare readonly value: pulumi.Output<string>;
  declare readonly variableType: pulumi.Output<string>;

  constructor(name: string, args: GroupVariableArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
