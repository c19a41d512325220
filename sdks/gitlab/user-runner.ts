import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a UserRunner is made from. */
export interface UserRunnerArgs {
  readonly accessLevel?: pulumi.Input<string>;
  readonly description?: pulumi.Input<string>;
  readonly groupId?: pulumi.Input<number>;
  readonly locked?: pulumi.Input<boolean>;
  readonly maintenanceNote?: pulumi.Input<string>;
  readonly maximumTimeout?: pulumi.Input<number>;
  readonly paused?: pulumi.Input<boolean>;
  readonly projectId?: pulumi.Input<number>;
  readonly runnerType: pulumi.Input<string>;
  readonly tagLists?: pulumi.Input<pulumi.Input<string>[]>;
  readonly untagged?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "gitlab:index/userRunner:UserRunner",
  required: ["runnerType"],
  properties: words(`
    accessLevel description groupId locked maintenanceNote maximumTimeout paused projectId runnerType tagLists
    token untagged
  `),
  secretOutputs: ["token"],
};

/** A runner that jobs are given to. */
export class UserRunner extends Resource {
  declare readonly accessLevel: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string>;
  declare readonly groupId: pulumi.Output<number | undefined>;
  declare readonly locked: pulumi.Output<boolean>;
  declare readonly maintenanceNote: pulumi.Output<string>;
  declare readonly maximumTimeout: pulumi.Output<number>;
  declare readonly paused: pulumi.Output<boolean>;
  declare readonly projectId: pulumi.Output<number | undefined>;
  declare readonly runnerType: pulumi.Output<string>;
  declare readonly tagLists: pulumi.Output<string[]>;
  declare readonly token: pulumi.Output<string>;
  declare readonly untagged: pulumi.Output<boolean>;

  constructor(name: string, args: UserRunnerArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
