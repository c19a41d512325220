import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a ProjectWebhook is made from. */
export interface ProjectWebhookArgs {
  readonly address: pulumi.Input<string>;
  readonly authHeader?: pulumi.Input<string>;
  readonly description?: pulumi.Input<string>;
  readonly enabled?: pulumi.Input<boolean>;
  readonly eventsTypes: pulumi.Input<pulumi.Input<string>[]>;
  readonly name?: pulumi.Input<string>;
  readonly notifyType: pulumi.Input<string>;
  readonly projectId: pulumi.Input<string>;
  readonly skipCertVerify?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "harbor:index/projectWebhook:ProjectWebhook",
  required: ["address", "eventsTypes", "notifyType", "projectId"],
  properties: words(`
    address authHeader description enabled eventsTypes name notifyType projectId skipCertVerify
  `),
  secretInputs: ["authHeader"],
  secretOutputs: ["authHeader"],
};

/** An address that is told what happens in a project. */
export class ProjectWebhook extends Resource {
  declare readonly address: pulumi.Output<string>;
  declare readonly authHeader: pulumi.Output<string | undefined>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly enabled: pulumi.Output<boolean | undefined>;
  declare readonly eventsTypes: pulumi.Output<string[]>;
  declare readonly name: pulumi.Output<string>;
  declare readonly notifyType: pulumi.Output<string>;
  declare readonly projectId: pulumi.Output<string>;
  declare readonly skipCertVerify: pulumi.Output<boolean | undefined>;

  constructor(name: string, args: ProjectWebhookArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
