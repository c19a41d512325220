import type * as pulumi from "@pulumi/pulumi";
import { Resource, words, type Shape } from "./resource";

/** What a Project is made from. */
export interface ProjectArgs {
  readonly autoSbomGeneration?: pulumi.Input<boolean>;
  readonly cveAllowlists?: pulumi.Input<pulumi.Input<string>[]>;
  readonly deploymentSecurity?: pulumi.Input<string>;
  readonly enableContentTrust?: pulumi.Input<boolean>;
  readonly enableContentTrustCosign?: pulumi.Input<boolean>;
  readonly forceDestroy?: pulumi.Input<boolean>;
  readonly name?: pulumi.Input<string>;
  readonly public?: pulumi.Input<boolean>;
  readonly registryId?: pulumi.Input<number>;
  readonly storageQuota?: pulumi.Input<number>;
  readonly vulnerabilityScanning?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "harbor:index/project:Project",
  required: [],
  properties: words(`
    autoSbomGeneration cveAllowlists deploymentSecurity enableContentTrust enableContentTrustCosign forceDestroy
    name projectId public registryId storageQuota vulnerabilityScanning
  `),
};

/** A project: a name that repositories of images begin with, and the rights to them. */
export class Project extends Resource {
  declare readonly autoSbomGeneration: pulumi.Output<boolean | undefined>;
  declare readonly cveAllowlists: pulumi.Output<string[] | undefined>;
  declare readonly deploymentSecurity: pulumi.Output<string | undefined>;
  declare readonly enableContentTrust: pulumi.Output<boolean | undefined>;
  declare readonly enableContentTrustCosign: pulumi.Output<boolean | undefined>;
  declare readonly forceDestroy: pulumi.Output<boolean | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly projectId: pulumi.Output<number>;
  declare readonly public: pulumi.Output<boolean | undefined>;
  declare readonly registryId: pulumi.Output<number>;
  declare readonly storageQuota: pulumi.Output<number | undefined>;
  declare readonly vulnerabilityScanning: pulumi.Output<boolean | undefined>;

  constructor(name: string, args?: ProjectArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
