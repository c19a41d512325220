import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a ProjectHook is made from. */
export interface ProjectHookArgs {
  readonly branchFilterStrategy?: pulumi.Input<string>;
  readonly confidentialIssuesEvents?: pulumi.Input<boolean>;
  readonly confidentialNoteEvents?: pulumi.Input<boolean>;
  readonly customHeaders?: pulumi.Input<pulumi.Input<inputs.ProjectHookCustomHeader>[]>;
  readonly customWebhookTemplate?: pulumi.Input<string>;
  readonly deploymentEvents?: pulumi.Input<boolean>;
  readonly description?: pulumi.Input<string>;
  readonly emojiEvents?: pulumi.Input<boolean>;
  readonly enableSslVerification?: pulumi.Input<boolean>;
  readonly featureFlagEvents?: pulumi.Input<boolean>;
  readonly issuesEvents?: pulumi.Input<boolean>;
  readonly jobEvents?: pulumi.Input<boolean>;
  readonly mergeRequestsEvents?: pulumi.Input<boolean>;
  readonly milestoneEvents?: pulumi.Input<boolean>;
  readonly name?: pulumi.Input<string>;
  readonly noteEvents?: pulumi.Input<boolean>;
  readonly pipelineEvents?: pulumi.Input<boolean>;
  readonly project: pulumi.Input<string>;
  readonly pushEvents?: pulumi.Input<boolean>;
  readonly pushEventsBranchFilter?: pulumi.Input<string>;
  readonly releasesEvents?: pulumi.Input<boolean>;
  readonly resourceAccessTokenEvents?: pulumi.Input<boolean>;
  readonly resourceDeployTokenEvents?: pulumi.Input<boolean>;
  readonly signingToken?: pulumi.Input<string>;
  readonly tagPushEvents?: pulumi.Input<boolean>;
  readonly token?: pulumi.Input<string>;
  readonly url: pulumi.Input<string>;
  readonly urlVariables?: pulumi.Input<pulumi.Input<inputs.ProjectHookUrlVariable>[]>;
  readonly vulnerabilityEvents?: pulumi.Input<boolean>;
  readonly wikiPageEvents?: pulumi.Input<boolean>;
}

const shape: Shape = {
  token: "gitlab:index/projectHook:ProjectHook",
  required: ["project", "url"],
  properties: words(`
    alertStatus branchFilterStrategy confidentialIssuesEvents confidentialNoteEvents customHeaders
    customWebhookTemplate deploymentEvents description disabledUntil emojiEvents enableSslVerification
    featureFlagEvents hookId issuesEvents jobEvents mergeRequestsEvents milestoneEvents name noteEvents
    pipelineEvents project projectId pushEvents pushEventsBranchFilter releasesEvents repositoryUpdateEvents
    resourceAccessTokenEvents resourceDeployTokenEvents signingToken signingTokenPresent tagPushEvents token url
    urlVariables vulnerabilityEvents wikiPageEvents
  `),
  secretInputs: ["signingToken", "token"],
  secretOutputs: ["signingToken", "token"],
};

/** A webhook of a project. */
export class ProjectHook extends Resource {
  declare readonly alertStatus: pulumi.Output<string>;
  declare readonly branchFilterStrategy: pulumi.Output<string>;
  declare readonly confidentialIssuesEvents: pulumi.Output<boolean>;
  declare readonly confidentialNoteEvents: pulumi.Output<boolean>;
  declare readonly customHeaders: pulumi.Output<outputs.ProjectHookCustomHeader[] | undefined>;
  declare readonly customWebhookTemplate: pulumi.Output<string>;
  declare readonly deploymentEvents: pulumi.Output<boolean>;
  declare readonly description: pulumi.Output<string>;
  declare readonly disabledUntil: pulumi.Output<string>;
  declare readonly emojiEvents: pulumi.Output<boolean>;
  declare readonly enableSslVerification: pulumi.Output<boolean>;
  declare readonly featureFlagEvents: pulumi.Output<boolean>;
  declare readonly hookId: pulumi.Output<number>;
  declare readonly issuesEvents: pulumi.Output<boolean>;
  declare readonly jobEvents: pulumi.Output<boolean>;
  declare readonly mergeRequestsEvents: pulumi.Output<boolean>;
  declare readonly milestoneEvents: pulumi.Output<boolean>;
  declare readonly name: pulumi.Output<string>;
  declare readonly noteEvents: pulumi.Output<boolean>;
  declare readonly pipelineEvents: pulumi.Output<boolean>;
  declare readonly project: pulumi.Output<string>;
  declare readonly projectId: pulumi.Output<number>;
  declare readonly pushEvents: pulumi.Output<boolean>;
  declare readonly pushEventsBranchFilter: pulumi.Output<string>;
  declare readonly releasesEvents: pulumi.Output<boolean>;
  declare readonly repositoryUpdateEvents: pulumi.Output<boolean>;
  declare readonly resourceAccessTokenEvents: pulumi.Output<boolean>;
  declare readonly resourceDeployTokenEvents: pulumi.Output<boolean>;
  declare readonly signingToken: pulumi.Output<string | undefined>;
  declare readonly signingTokenPresent: pulumi.Output<boolean>;
  declare readonly tagPushEvents: pulumi.Output<boolean>;
  declare readonly token: pulumi.Output<string>;
  declare readonly url: pulumi.Output<string>;
  declare readonly urlVariables: pulumi.Output<outputs.ProjectHookUrlVariable[] | undefined>;
  declare readonly vulnerabilityEvents: pulumi.Output<boolean>;
  declare readonly wikiPageEvents: pulumi.Output<boolean>;

  constructor(name: string, args: ProjectHookArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
