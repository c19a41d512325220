import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a BranchProtection is made from. */
export interface BranchProtectionArgs {
  readonly allowForcePush?: pulumi.Input<boolean>;
  readonly allowedToMerges?: pulumi.Input<pulumi.Input<inputs.BranchProtectionAllowedToMerge>[]>;
  readonly allowedToPushes?: pulumi.Input<pulumi.Input<inputs.BranchProtectionAllowedToPush>[]>;
  readonly allowedToUnprotects?: pulumi.Input<pulumi.Input<inputs.BranchProtectionAllowedToUnprotect>[]>;
  readonly branch: pulumi.Input<string>;
  readonly codeOwnerApprovalRequired?: pulumi.Input<boolean>;
  readonly mergeAccessLevel?: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
  readonly pushAccessLevel?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/branchProtection:BranchProtection",
  required: ["branch", "project"],
  properties: words(`
    allowForcePush allowedToMerges allowedToPushes allowedToUnprotects branch branchProtectionId
    codeOwnerApprovalRequired mergeAccessLevel project pushAccessLevel
  `),
};

/** Who may push to and merge into a branch. `allowedTo…` is for Premium servers, the two access levels for all others. */
export class BranchProtection extends Resource {
  declare readonly allowForcePush: pulumi.Output<boolean>;
  declare readonly allowedToMerges: pulumi.Output<outputs.BranchProtectionAllowedToMerge[]>;
  declare readonly allowedToPushes: pulumi.Output<outputs.BranchProtectionAllowedToPush[]>;
  declare readonly allowedToUnprotects: pulumi.Output<outputs.BranchProtectionAllowedToUnprotect[]>;
  declare readonly branch: pulumi.Output<string>;
  declare readonly branchProtectionId: pulumi.Output<number>;
  declare readonly codeOwnerApprovalRequired: pulumi.Output<boolean>;
  declare readonly mergeAccessLevel: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly pushAccessLevel: pulumi.Output<string>;

  constructor(name: string, args: BranchProtectionArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
