import type * as pulumi from "@pulumi/pulumi";

/** Part of `BranchProtectionArgs`. */
export interface BranchProtectionAllowedToMerge {
  readonly accessLevel?: pulumi.Input<string>;
  readonly accessLevelDescription?: pulumi.Input<string>;
  readonly groupId?: pulumi.Input<number>;
  readonly userId?: pulumi.Input<number>;
}

/** Part of `BranchProtectionArgs`. */
export interface BranchProtectionAllowedToPush {
  readonly accessLevel?: pulumi.Input<string>;
  readonly accessLevelDescription?: pulumi.Input<string>;
  readonly deployKeyId?: pulumi.Input<number>;
  readonly groupId?: pulumi.Input<number>;
  readonly userId?: pulumi.Input<number>;
}

/** Part of `BranchProtectionArgs`. */
export interface BranchProtectionAllowedToUnprotect {
  readonly accessLevel?: pulumi.Input<string>;
  readonly accessLevelDescription?: pulumi.Input<string>;
  readonly groupId?: pulumi.Input<number>;
  readonly userId?: pulumi.Input<number>;
}

/** Part of `GroupAccessTokenArgs`. */
export interface GroupAccessTokenRotationConfiguration {
  readonly expirationDays: pulumi.Input<number>;
  readonly rotateBeforeDays: pulumi.Input<number>;
}

/** Part of `GroupArgs`. */
export interface GroupDefaultBranchProtectionDefaults {
  readonly allowForcePush?: pulumi.Input<boolean>;
  readonly allowedToMerges?: pulumi.Input<pulumi.Input<string>[]>;
  readonly allowedToPushes?: pulumi.Input<pulumi.Input<string>[]>;
  readonly codeOwnerApprovalRequired?: pulumi.Input<boolean>;
  readonly developerCanInitialPush?: pulumi.Input<boolean>;
}

/** Part of `GroupHookArgs`. */
export interface GroupHookCustomHeader {
  readonly key: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** Part of `GroupHookArgs`. */
export interface GroupHookUrlVariable {
  readonly key: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** Part of `GroupArgs`. */
export interface GroupPushRules {
  readonly authorEmailRegex?: pulumi.Input<string>;
  readonly branchNameRegex?: pulumi.Input<string>;
  readonly commitCommitterCheck?: pulumi.Input<boolean>;
  readonly commitCommitterNameCheck?: pulumi.Input<boolean>;
  readonly commitMessageNegativeRegex?: pulumi.Input<string>;
  readonly commitMessageRegex?: pulumi.Input<string>;
  readonly denyDeleteTag?: pulumi.Input<boolean>;
  readonly fileNameRegex?: pulumi.Input<string>;
  readonly maxFileSize?: pulumi.Input<number>;
  readonly memberCheck?: pulumi.Input<boolean>;
  readonly preventSecrets?: pulumi.Input<boolean>;
  readonly rejectNonDcoCommits?: pulumi.Input<boolean>;
  readonly rejectUnsignedCommits?: pulumi.Input<boolean>;
}

/** Part of `ProjectAccessTokenArgs`. */
export interface ProjectAccessTokenRotationConfiguration {
  readonly expirationDays: pulumi.Input<number>;
  readonly rotateBeforeDays: pulumi.Input<number>;
}

/** Part of `ProjectArgs`. */
export interface ProjectContainerExpirationPolicy {
  readonly cadence?: pulumi.Input<string>;
  readonly enabled?: pulumi.Input<boolean>;
  readonly keepN?: pulumi.Input<number>;
  readonly nameRegexDelete?: pulumi.Input<string>;
  readonly nameRegexKeep?: pulumi.Input<string>;
  readonly nextRunAt?: pulumi.Input<string>;
  readonly olderThan?: pulumi.Input<string>;
}

/** Part of `ProjectHookArgs`. */
export interface ProjectHookCustomHeader {
  readonly key: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** Part of `ProjectHookArgs`. */
export interface ProjectHookUrlVariable {
  readonly key: pulumi.Input<string>;
  readonly value: pulumi.Input<string>;
}

/** Part of `ProjectArgs`. */
export interface ProjectPushRules {
  readonly authorEmailRegex?: pulumi.Input<string>;
  readonly branchNameRegex?: pulumi.Input<string>;
  readonly commitCommitterCheck?: pulumi.Input<boolean>;
  readonly commitCommitterNameCheck?: pulumi.Input<boolean>;
  readonly commitMessageNegativeRegex?: pulumi.Input<string>;
  readonly commitMessageRegex?: pulumi.Input<string>;
  readonly denyDeleteTag?: pulumi.Input<boolean>;
  readonly fileNameRegex?: pulumi.Input<string>;
  readonly maxFileSize?: pulumi.Input<number>;
  readonly memberCheck?: pulumi.Input<boolean>;
  readonly preventSecrets?: pulumi.Input<boolean>;
  readonly rejectNonDcoCommits?: pulumi.Input<boolean>;
  readonly rejectUnsignedCommits?: pulumi.Input<boolean>;
}

/** Part of `TagProtectionArgs`. */
export interface TagProtectionAllowedToCreate {
  readonly accessLevel?: pulumi.Input<string>;
  readonly accessLevelDescription?: pulumi.Input<string>;
  readonly deployKeyId?: pulumi.Input<number>;
  readonly groupId?: pulumi.Input<number>;
  readonly userId?: pulumi.Input<number>;
}
