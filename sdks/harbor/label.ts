import type * as pulumi from "@pulumi/pulumi";
import { Resource, type Shape } from "./resource";

/** What a Label is made from. */
export interface LabelArgs {
  readonly color?: pulumi.Input<string>;
  readonly description?: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly projectId?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "harbor:index/label:Label",
  required: [],
  properties: "color description name projectId scope".split(" "),
};

/** A label for artifacts. */
export class Label extends Resource {
  declare readonly color: pulumi.Output<string | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly projectId: pulumi.Output<string | undefined>;
  declare readonly scope: pulumi.Output<string>;

  constructor(name: string, args?: LabelArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
