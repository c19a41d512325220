/** Part of `BranchProtection`. */
export interface BranchProtectionAllowedToMerge {
  readonly accessLevel?: string;
  readonly accessLevelDescription?: string;
  readonly groupId?: number;
  readonly userId?: number;
}

/** Part of `BranchProtection`. */
export interface BranchProtectionAllowedToPush {
  readonly accessLevel?: string;
  readonly accessLevelDescription?: string;
  readonly deployKeyId?: number;
  readonly groupId?: number;
  readonly userId?: number;
}

/** Part of `BranchProtection`. */
export interface BranchProtectionAllowedToUnprotect {
  readonly accessLevel?: string;
  readonly accessLevelDescription?: string;
  readonly groupId?: number;
  readonly userId?: number;
}

/** Part of `GroupAccessToken`. */
export interface GroupAccessTokenRotationConfiguration {
  readonly expirationDays: number;
  readonly rotateBeforeDays: number;
}

/** Part of `Group`. */
export interface GroupDefaultBranchProtectionDefaults {
  readonly allowForcePush?: boolean;
  readonly allowedToMerges?: string[];
  readonly allowedToPushes?: string[];
  readonly codeOwnerApprovalRequired?: boolean;
  readonly developerCanInitialPush?: boolean;
}

/** Part of `GroupHook`. */
export interface GroupHookCustomHeader {
  readonly key: string;
  readonly value: string;
}

/** Part of `GroupHook`. */
export interface GroupHookUrlVariable {
  readonly key: string;
  readonly value: string;
}

/** Part of `Group`. */
export interface GroupPushRules {
  readonly authorEmailRegex?: string;
  readonly branchNameRegex?: string;
  readonly commitCommitterCheck?: boolean;
  readonly commitCommitterNameCheck?: boolean;
  readonly commitMessageNegativeRegex?: string;
  readonly commitMessageRegex?: string;
  readonly denyDeleteTag?: boolean;
  readonly fileNameRegex?: string;
  readonly maxFileSize?: number;
  readonly memberCheck?: boolean;
  readonly preventSecrets?: boolean;
  readonly rejectNonDcoCommits?: boolean;
  readonly rejectUnsignedCommits?: boolean;
}

/** Part of `ProjectAccessToken`. */
export interface ProjectAccessTokenRotationConfiguration {
  readonly expirationDays: number;
  readonly rotateBeforeDays: number;
}

/** Part of `Project`. */
export interface ProjectContainerExpirationPolicy {
  readonly cadence?: string;
  readonly enabled?: boolean;
  readonly keepN?: number;
  readonly nameRegexDelete?: string;
  readonly nameRegexKeep?: string;
  readonly nextRunAt?: string;
  readonly olderThan?: string;
}

/** Part of `ProjectHook`. */
export interface ProjectHookCustomHeader {
  readonly key: string;
  readonly value: string;
}

/** Part of `ProjectHook`. */
export interface ProjectHookUrlVariable {
  readonly key: string;
  readonly value: string;
}

/** Part of `Project`. */
export interface ProjectPushRules {
  readonly authorEmailRegex?: string;
  readonly branchNameRegex?: string;
  readonly commitCommitterCheck?: boolean;
  readonly commitCommitterNameCheck?: boolean;
  readonly commitMessageNegativeRegex?: string;
  readonly commitMessageRegex?: string;
  readonly denyDeleteTag?: boolean;
  readonly fileNameRegex?: string;
  readonly maxFileSize?: number;
  readonly memberCheck?: boolean;
  readonly preventSecrets?: boolean;
  readonly rejectNonDcoCommits?: boolean;
  readonly rejectUnsignedCommits?: boolean;
}

/** Part of `TagProtection`. */
export interface TagProtectionAllowedToCreate {
  readonly accessLevel?: string;
  readonly accessLevelDescription?: string;
  readonly deployKeyId?: number;
  readonly groupId?: number;
  readonly userId?: number;
}
