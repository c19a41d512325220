import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a Group is made from. */
export interface GroupArgs {
  readonly allowMergeOnSkippedPipeline?: pulumi.Input<boolean>;
  readonly allowedEmailDomainsLists?: pulumi.Input<pulumi.Input<string>[]>;
  readonly archiveOnDestroy?: pulumi.Input<boolean>;
  readonly autoDevopsEnabled?: pulumi.Input<boolean>;
  readonly avatar?: pulumi.Input<string>;
  readonly avatarHash?: pulumi.Input<string>;
  readonly crmEnabled?: pulumi.Input<boolean>;
  readonly defaultBranch?: pulumi.Input<string>;
  readonly defaultBranchProtection?: pulumi.Input<number>;
  readonly defaultBranchProtectionDefaults?: pulumi.Input<inputs.GroupDefaultBranchProtectionDefaults>;
  readonly description?: pulumi.Input<string>;
  readonly emailsEnabled?: pulumi.Input<boolean>;
  readonly extraSharedRunnersMinutesLimit?: pulumi.Input<number>;
  readonly ipRestrictionRanges?: pulumi.Input<pulumi.Input<string>[]>;
  readonly lfsEnabled?: pulumi.Input<boolean>;
  readonly maxArtifactsSize?: pulumi.Input<number>;
  readonly membershipLock?: pulumi.Input<boolean>;
  readonly mentionsDisabled?: pulumi.Input<boolean>;
  readonly name?: pulumi.Input<string>;
  readonly onlyAllowMergeIfAllDiscussionsAreResolved?: pulumi.Input<boolean>;
  readonly onlyAllowMergeIfPipelineSucceeds?: pulumi.Input<boolean>;
  readonly parentId?: pulumi.Input<number>;
  readonly path: pulumi.Input<string>;
  readonly permanentlyRemoveOnDelete?: pulumi.Input<boolean>;
  readonly preventForkingOutsideGroup?: pulumi.Input<boolean>;
  readonly preventSharingGroupsOutsideHierarchy?: pulumi.Input<boolean>;
  readonly projectCreationLevel?: pulumi.Input<string>;
  readonly pushRules?: pulumi.Input<inputs.GroupPushRules>;
  readonly requestAccessEnabled?: pulumi.Input<boolean>;
  readonly requireTwoFactorAuthentication?: pulumi.Input<boolean>;
  readonly shareWithGroupLock?: pulumi.Input<boolean>;
  readonly sharedRunnersMinutesLimit?: pulumi.Input<number>;
  readonly sharedRunnersSetting?: pulumi.Input<string>;
  readonly subgroupCreationLevel?: pulumi.Input<string>;
  readonly twoFactorGracePeriod?: pulumi.Input<number>;
  readonly visibilityLevel?: pulumi.Input<string>;
  readonly wikiAccessLevel?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/group:Group",
  required: ["path"],
  properties: words(`
    allowMergeOnSkippedPipeline allowedEmailDomainsLists archiveOnDestroy autoDevopsEnabled avatar avatarHash
    avatarUrl crmEnabled defaultBranch defaultBranchProtection defaultBranchProtectionDefaults description
    emailsEnabled extraSharedRunnersMinutesLimit fullName fullPath ipRestrictionRanges lfsEnabled
    maxArtifactsSize membershipLock mentionsDisabled name onlyAllowMergeIfAllDiscussionsAreResolved
    onlyAllowMergeIfPipelineSucceeds parentId path permanentlyRemoveOnDelete preventForkingOutsideGroup
    preventSharingGroupsOutsideHierarchy projectCreationLevel pushRules requestAccessEnabled
    requireTwoFactorAuthentication runnersToken shareWithGroupLock sharedRunnersMinutesLimit sharedRunnersSetting
    subgroupCreationLevel twoFactorGracePeriod visibilityLevel webUrl wikiAccessLevel
  `),
  secretOutputs: ["runnersToken"],
};

/** A group of projects and of further groups. */
export class Group extends Resource {
  declare readonly allowMergeOnSkippedPipeline: pulumi.Output<boolean>;
  declare readonly allowedEmailDomainsLists: pulumi.Output<string[]>;
  declare readonly archiveOnDestroy: pulumi.Output<boolean | undefined>;
  declare readonly autoDevopsEnabled: pulumi.Output<boolean>;
  declare readonly avatar: pulumi.Output<string | undefined>;
  declare readonly avatarHash: pulumi.Output<string>;
  declare readonly avatarUrl: pulumi.Output<string>;
  declare readonly crmEnabled: pulumi.Output<boolean>;
  declare readonly defaultBranch: pulumi.Output<string | undefined>;
  declare readonly defaultBranchProtection: pulumi.Output<number>;
  declare readonly defaultBranchProtectionDefaults: pulumi.Output<outputs.GroupDefaultBranchProtectionDefaults>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly emailsEnabled: pulumi.Output<boolean>;
  declare readonly extraSharedRunnersMinutesLimit: pulumi.Output<number>;
  declare readonly fullName: pulumi.Output<string>;
  declare readonly fullPath: pulumi.Output<string>;
  declare readonly ipRestrictionRanges: pulumi.Output<string[] | undefined>;
  declare readonly lfsEnabled: pulumi.Output<boolean>;
  declare readonly maxArtifactsSize: pulumi.Output<number>;
  declare readonly membershipLock: pulumi.Output<boolean>;
  declare readonly mentionsDisabled: pulumi.Output<boolean>;
  declare readonly name: pulumi.Output<string>;
  declare readonly onlyAllowMergeIfAllDiscussionsAreResolved: pulumi.Output<boolean>;
  declare readonly onlyAllowMergeIfPipelineSucceeds: pulumi.Output<boolean>;
  declare readonly parentId: pulumi.Output<number>;
  declare readonly path: pulumi.Output<string>;
  declare readonly permanentlyRemoveOnDelete: pulumi.Output<boolean | undefined>;
  declare readonly preventForkingOutsideGroup: pulumi.Output<boolean>;
  declare readonly preventSharingGroupsOutsideHierarchy: pulumi.Output<boolean>;
  declare readonly projectCreationLevel: pulumi.Output<string>;
  declare readonly pushRules: pulumi.Output<outputs.GroupPushRules>;
  declare readonly requestAccessEnabled: pulumi.Output<boolean>;
  declare readonly requireTwoFactorAuthentication: pulumi.Output<boolean>;
  declare readonly runnersToken: pulumi.Output<string>;
  declare readonly shareWithGroupLock: pulumi.Output<boolean>;
  declare readonly sharedRunnersMinutesLimit: pulumi.Output<number>;
  declare readonly sharedRunnersSetting: pulumi.Output<string>;
  declare readonly subgroupCreationLevel: pulumi.Output<string>;
  declare readonly twoFactorGracePeriod: pulumi.Output<number>;
  declare readonly visibilityLevel: pulumi.Output<string>;
  declare readonly webUrl: pulumi.Output<string>;
  declare readonly wikiAccessLevel: pulumi.Output<string>;

  constructor(name: string, args: GroupArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
