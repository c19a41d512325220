import type * as pulumi from "@pulumi/pulumi";

/** Part of `ConfigSystemArgs`. */
export interface ConfigSystemBannerMessage {
  readonly closable?: pulumi.Input<boolean>;
  readonly fromDate?: pulumi.Input<string>;
  readonly message: pulumi.Input<string>;
  readonly toDate?: pulumi.Input<string>;
  readonly type?: pulumi.Input<string>;
}

/** Part of `RetentionPolicyArgs`. */
export interface RetentionPolicyRule {
  readonly alwaysRetain?: pulumi.Input<boolean>;
  readonly disabled?: pulumi.Input<boolean>;
  readonly mostRecentlyPulled?: pulumi.Input<number>;
  readonly mostRecentlyPushed?: pulumi.Input<number>;
  readonly nDaysSinceLastPull?: pulumi.Input<number>;
  readonly nDaysSinceLastPush?: pulumi.Input<number>;
  readonly repoExcluding?: pulumi.Input<string>;
  readonly repoMatching?: pulumi.Input<string>;
  readonly tagExcluding?: pulumi.Input<string>;
  readonly tagMatching?: pulumi.Input<string>;
  readonly untaggedArtifacts?: pulumi.Input<boolean>;
}

/** Part of `RobotAccountArgs`. */
export interface RobotAccountPermission {
  readonly accesses: pulumi.Input<pulumi.Input<RobotAccountPermissionAccess>[]>;
  readonly kind: pulumi.Input<string>;
  readonly namespace: pulumi.Input<string>;
}

/** Part of `RobotAccountArgs`. */
export interface RobotAccountPermissionAccess {
  readonly action: pulumi.Input<string>;
  readonly effect?: pulumi.Input<string>;
  readonly resource: pulumi.Input<string>;
}
