/** Part of `ConfigSystem`. */
export interface ConfigSystemBannerMessage {
  readonly closable?: boolean;
  readonly fromDate?: string;
  readonly message: string;
  readonly toDate?: string;
  readonly type?: string;
}

/** Part of `RetentionPolicy`. */
export interface RetentionPolicyRule {
  readonly alwaysRetain?: boolean;
  readonly disabled?: boolean;
  readonly mostRecentlyPulled?: number;
  readonly mostRecentlyPushed?: number;
  readonly nDaysSinceLastPull?: number;
  readonly nDaysSinceLastPush?: number;
  readonly repoExcluding?: string;
  readonly repoMatching?: string;
  readonly tagExcluding?: string;
  readonly tagMatching?: string;
  readonly untaggedArtifacts?: boolean;
}

/** Part of `RobotAccount`. */
export interface RobotAccountPermission {
  readonly accesses: RobotAccountPermissionAccess[];
  readonly kind: string;
  readonly namespace: string;
}

/** Part of `RobotAccount`. */
export interface RobotAccountPermissionAccess {
  readonly action: string;
  readonly effect?: string;
  readonly resource: string;
}
