import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a ProjectLevelMrApprovals is made from. */
export interface ProjectLevelMrApprovalsArgs {
  readonly disableOverridingApproversPerMergeRequest?: pulumi.Input<boolean>;
  readonly mergeRequestsAuthorApproval?: pulumi.Input<boolean>;
  readonly mergeRequestsDisableCommittersApproval?: pulumi.Input<boolean>;
  readonly project: pulumi.Input<string>;
  readonly requirePasswordToApprove?: pulumi.Input<boolean>;
  readonly requireReauthenticationToApprove?: pulumi.Input<boolean>;
  readonly resetApprovalsOnPush?: pulumi.Input<boolean>;
  readonly selectiveCodeOwnerRemovals?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "gitlab:index/projectLevelMrApprovals:ProjectLevelMrApprovals",
  required: ["project"],
  properties: words(`
    disableOverridingApproversPerMergeRequest mergeRequestsAuthorApproval mergeRequestsDisableCommittersApproval
    project requirePasswordToApprove requireReauthenticationToApprove resetApprovalsOnPush
    selectiveCodeOwnerRemovals
  `),
};

/** How approvals of merge requests work in a project. */
export class ProjectLevelMrApprovals extends Resource {
  declare readonly disableOverridingApproversPerMergeRequest: pulumi.Output<boolean>;
  declare readonly mergeRequestsAuthorApproval: pulumi.Output<boolean>;
  declare readonly mergeRequestsDisableCommittersApproval: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly requirePasswordToApprove: pulumi.Output<boolean>;
  declare readonly requireReauthenticationToApprove: pulumi.Output<boolean>;
  declare readonly resetApprovalsOnPush: pulumi.Output<boolean>;
  declare readonly selectiveCodeOwnerRemovals: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectLevelMrApprovalsArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
