import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a ProjectApprovalRule is made from. */
export interface ProjectApprovalRuleArgs {
  readonly appliesToAllProtectedBranches?: pulumi.Input<boolean>;
  readonly approvalsRequired: pulumi.Input<number>;
  readonly disableImportingDefaultAnyApproverRuleOnCreate?: pulumi.Input<boolean>;
  readonly groupIds?: pulumi.Input<pulumi.Input<number>[]>;
  readonly name?: pulumi.Input<string>;
  readonly project: pulumi.Input<string>;
  readonly protectedBranchIds?: pulumi.Input<pulumi.Input<number>[]>;
  readonly reportType?: pulumi.Input<string>;
  readonly ruleType?: pulumi.Input<string>;
  readonly userIds?: pulumi.Input<pulumi.Input<number>[]>;
}

const shape: Shape = {
  token: "gitlab:index/projectApprovalRule:ProjectApprovalRule",
  required: ["approvalsRequired", "project"],
  properties: words(`
    appliesToAllProtectedBranches approvalsRequired disableImportingDefaultAnyApproverRuleOnCreate groupIds name
    project protectedBranchIds reportType ruleType userIds
  `),
};

/** Who has to approve merge requests of a project. */
export class ProjectApprovalRule extends Resource {
  declare readonly appliesToAllProtectedBranches: pulumi.Output<boolean>;
  declare readonly approvalsRequired: pulumi.Output<number>;
  declare readonly disableImportingDefaultAnyApproverRuleOnCreate: pulumi.Output<boolean>;
  declare readonly groupIds: pulumi.Output<number[]>;
  declare readonly name: pulumi.Output<string>;
  declare readonly project: pulumi.Output<string>;
  declare readonly protectedBranchIds: pulumi.Output<number[]>;
  declare readonly reportType: pulumi.Output<string>;
  declare readonly ruleType: pulumi.Output<string>;
  declare readonly userIds: pulumi.Output<number[]>;

  constructor(name: string, args: ProjectApprovalRuleArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
