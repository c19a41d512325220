import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a ConfigSystem is made from. */
export interface ConfigSystemArgs {
  readonly auditLogForwardEndpoint?: pulumi.Input<string>;
  readonly bannerMessage?: pulumi.Input<inputs.ConfigSystemBannerMessage>;
  readonly projectCreationRestriction?: pulumi.Input<string>;
  readonly readOnly?: pulumi.Input<boolean>;
  readonly robotNamePrefix?: pulumi.Input<string>;
  readonly robotTokenExpiration?: pulumi.Input<number>;
  readonly scannerSkipUpdatePulltime?: pulumi.Input<boolean>;
  readonly skipAuditLogDatabase?: pulumi.Input<boolean>;
  readonly storagePerProject?: pulumi.Input<number>;
}

const shape: Shape = {
  token: "harbor:index/configSystem:ConfigSystem",
  required: [],
  properties: words(`
    auditLogForwardEndpoint bannerMessage projectCreationRestriction readOnly robotNamePrefix
    robotTokenExpiration scannerSkipUpdatePulltime skipAuditLogDatabase storagePerProject
  `),
};

/** The settings of the whole registry. */
export class ConfigSystem extends Resource {
  declare readonly auditLogForwardEndpoint: pulumi.Output<string | undefined>;
  declare readonly bannerMessage: pulumi.Output<outputs.ConfigSystemBannerMessage | undefined>;
  declare readonly projectCreationRestriction: pulumi.Output<string | undefined>;
  declare readonly readOnly: pulumi.Output<boolean | undefined>;
  declare readonly robotNamePrefix: pulumi.Output<string | undefined>;
  declare readonly robotTokenExpiration: pulumi.Output<number | undefined>;
  declare readonly scannerSkipUpdatePulltime: pulumi.Output<boolean | undefined>;
  declare readonly skipAuditLogDatabase: pulumi.Output<boolean | undefined>;
  declare readonly storagePerProject: pulumi.Output<number | undefined>;

  constructor(name: string, args?: ConfigSystemArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
