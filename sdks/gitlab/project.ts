import type * as pulumi from "@pulumi/pulumi";
import type * as inputs from "./types/input";
import type * as outputs from "./types/output";
import { Resource, words, type Shape } from "./resource";

/** What a Project is made from. */
export interface ProjectArgs {
  readonly allowMergeOnSkippedPipeline?: pulumi.Input<boolean>;
  readonly allowPipelineTriggerApproveDeployment?: pulumi.Input<boolean>;
  readonly analyticsAccessLevel?: pulumi.Input<string>;
  readonly archiveOnDestroy?: pulumi.Input<boolean>;
  readonly archived?: pulumi.Input<boolean>;
  readonly autoCancelPendingPipelines?: pulumi.Input<string>;
  readonly autoDevopsDeployStrategy?: pulumi.Input<string>;
  readonly autoDevopsEnabled?: pulumi.Input<boolean>;
  readonly autoDuoCodeReviewEnabled?: pulumi.Input<boolean>;
  readonly autocloseReferencedIssues?: pulumi.Input<boolean>;
  readonly automaticRebaseEnabled?: pulumi.Input<boolean>;
  readonly avatar?: pulumi.Input<string>;
  readonly avatarHash?: pulumi.Input<string>;
  readonly branches?: pulumi.Input<string>;
  readonly buildGitStrategy?: pulumi.Input<string>;
  readonly buildTimeout?: pulumi.Input<number>;
  readonly buildsAccessLevel?: pulumi.Input<string>;
  readonly ciConfigPath?: pulumi.Input<string>;
  readonly ciDefaultGitDepth?: pulumi.Input<number>;
  readonly ciDeletePipelinesInSeconds?: pulumi.Input<number>;
  readonly ciDisplayPipelineVariables?: pulumi.Input<boolean>;
  readonly ciForwardDeploymentEnabled?: pulumi.Input<boolean>;
  readonly ciForwardDeploymentRollbackAllowed?: pulumi.Input<boolean>;
  readonly ciIdTokenSubClaimComponents?: pulumi.Input<pulumi.Input<string>[]>;
  readonly ciPipelineVariablesMinimumOverrideRole?: pulumi.Input<string>;
  readonly ciPushRepositoryForJobTokenAllowed?: pulumi.Input<boolean>;
  readonly ciRestrictPipelineCancellationRole?: pulumi.Input<string>;
  readonly ciSeparatedCaches?: pulumi.Input<boolean>;
  readonly containerExpirationPolicy?: pulumi.Input<inputs.ProjectContainerExpirationPolicy>;
  readonly containerRegistryAccessLevel?: pulumi.Input<string>;
  readonly defaultBranch?: pulumi.Input<string>;
  readonly description?: pulumi.Input<string>;
  readonly emailsEnabled?: pulumi.Input<boolean>;
  readonly environmentsAccessLevel?: pulumi.Input<string>;
  readonly externalAuthorizationClassificationLabel?: pulumi.Input<string>;
  readonly featureFlagsAccessLevel?: pulumi.Input<string>;
  readonly forkedFromProjectId?: pulumi.Input<number>;
  readonly forkingAccessLevel?: pulumi.Input<string>;
  readonly groupRunnersEnabled?: pulumi.Input<boolean>;
  readonly groupWithProjectTemplatesId?: pulumi.Input<number>;
  readonly importUrl?: pulumi.Input<string>;
  readonly importUrlPassword?: pulumi.Input<string>;
  readonly importUrlUsername?: pulumi.Input<string>;
  readonly infrastructureAccessLevel?: pulumi.Input<string>;
  readonly initializeWithReadme?: pulumi.Input<boolean>;
  readonly issueBranchTemplate?: pulumi.Input<string>;
  readonly issuesAccessLevel?: pulumi.Input<string>;
  readonly issuesTemplate?: pulumi.Input<string>;
  readonly keepLatestArtifact?: pulumi.Input<boolean>;
  readonly lfsEnabled?: pulumi.Input<boolean>;
  readonly maxArtifactsSize?: pulumi.Input<number>;
  readonly mergeCommitTemplate?: pulumi.Input<string>;
  readonly mergeMethod?: pulumi.Input<string>;
  readonly mergePipelinesEnabled?: pulumi.Input<boolean>;
  readonly mergeRequestTitleRegex?: pulumi.Input<string>;
  readonly mergeRequestTitleRegexDescription?: pulumi.Input<string>;
  readonly mergeRequestsAccessLevel?: pulumi.Input<string>;
  readonly mergeRequestsTemplate?: pulumi.Input<string>;
  readonly mergeTrainsEnabled?: pulumi.Input<boolean>;
  readonly mergeTrainsSkipTrainAllowed?: pulumi.Input<boolean>;
  readonly modelExperimentsAccessLevel?: pulumi.Input<string>;
  readonly modelRegistryAccessLevel?: pulumi.Input<string>;
  readonly monitorAccessLevel?: pulumi.Input<string>;
  readonly mrDefaultTargetSelf?: pulumi.Input<boolean>;
  readonly mrDefaultTitleTemplate?: pulumi.Input<string>;
  readonly name?: pulumi.Input<string>;
  readonly namespaceId?: pulumi.Input<number>;
  readonly onlyAllowMergeIfAllDiscussionsAreResolved?: pulumi.Input<boolean>;
  readonly onlyAllowMergeIfPipelineSucceeds?: pulumi.Input<boolean>;
  readonly packageRegistryAccessLevel?: pulumi.Input<string>;
  readonly packagesEnabled?: pulumi.Input<boolean>;
  readonly pagesAccessLevel?: pulumi.Input<string>;
  readonly path?: pulumi.Input<string>;
  readonly permanentlyDeleteOnDestroy?: pulumi.Input<boolean>;
  readonly preReceiveSecretDetectionEnabled?: pulumi.Input<boolean>;
  readonly preventMergeWithoutJiraIssue?: pulumi.Input<boolean>;
  readonly printingMergeRequestLinkEnabled?: pulumi.Input<boolean>;
  readonly protectMergeRequestPipelines?: pulumi.Input<boolean>;
  readonly publicBuilds?: pulumi.Input<boolean>;
  readonly publicJobs?: pulumi.Input<boolean>;
  readonly pushRules?: pulumi.Input<inputs.ProjectPushRules>;
  readonly releasesAccessLevel?: pulumi.Input<string>;
  readonly removeSourceBranchAfterMerge?: pulumi.Input<boolean>;
  readonly repositoryAccessLevel?: pulumi.Input<string>;
  readonly repositoryStorage?: pulumi.Input<string>;
  readonly requestAccessEnabled?: pulumi.Input<boolean>;
  readonly requirementsAccessLevel?: pulumi.Input<string>;
  readonly resolveOutdatedDiffDiscussions?: pulumi.Input<boolean>;
  readonly resourceGroupDefaultProcessMode?: pulumi.Input<string>;
  readonly reviewerAssignmentStrategy?: pulumi.Input<string>;
  readonly securityAndComplianceAccessLevel?: pulumi.Input<string>;
  readonly sharedRunnersEnabled?: pulumi.Input<boolean>;
  readonly skipWaitForDefaultBranchProtection?: pulumi.Input<boolean>;
  readonly snippetsAccessLevel?: pulumi.Input<string>;
  readonly squashCommitTemplate?: pulumi.Input<string>;
  readonly squashOption?: pulumi.Input<string>;
  readonly suggestionCommitMessage?: pulumi.Input<string>;
  readonly templateName?: pulumi.Input<string>;
  readonly templateProjectId?: pulumi.Input<number>;
  readonly topics?: pulumi.Input<pulumi.Input<string>[]>;
  readonly useCustomTemplate?: pulumi.Input<boolean>;
  readonly visibilityLevel?: pulumi.Input<string>;
  readonly wikiAccessLevel?: pulumi.Input<string>;
}

const shape: Shape = {
  token: "gitlab:index/project:Project",
  required: [],
  properties: words(`
    allowMergeOnSkippedPipeline allowPipelineTriggerApproveDeployment analyticsAccessLevel archiveOnDestroy
    archived autoCancelPendingPipelines autoDevopsDeployStrategy autoDevopsEnabled autoDuoCodeReviewEnabled
    autocloseReferencedIssues automaticRebaseEnabled avatar avatarHash avatarUrl branches buildGitStrategy
    buildTimeout buildsAccessLevel ciConfigPath ciDefaultGitDepth ciDeletePipelinesInSeconds
    ciDisplayPipelineVariables ciForwardDeploymentEnabled ciForwardDeploymentRollbackAllowed
    ciIdTokenSubClaimComponents ciPipelineVariablesMinimumOverrideRole ciPushRepositoryForJobTokenAllowed
    ciRestrictPipelineCancellationRole ciSeparatedCaches containerExpirationPolicy containerRegistryAccessLevel
    defaultBranch description emailsEnabled emptyRepo environmentsAccessLevel
    externalAuthorizationClassificationLabel featureFlagsAccessLevel forkedFromProjectId forkingAccessLevel
    groupRunnersEnabled groupWithProjectTemplatesId httpUrlToRepo importUrl importUrlPassword importUrlUsername
    infrastructureAccessLevel initializeWithReadme issueBranchTemplate issuesAccessLevel issuesTemplate
    keepLatestArtifact lfsEnabled maxArtifactsSize mergeCommitTemplate mergeMethod mergePipelinesEnabled
    mergeRequestTitleRegex mergeRequestTitleRegexDescription mergeRequestsAccessLevel mergeRequestsTemplate
    mergeTrainsEnabled mergeTrainsSkipTrainAllowed modelExperimentsAccessLevel modelRegistryAccessLevel
    monitorAccessLevel mrDefaultTargetSelf mrDefaultTitleTemplate name namespaceId
    onlyAllowMergeIfAllDiscussionsAreResolved onlyAllowMergeIfPipelineSucceeds packageRegistryAccessLevel
    packagesEnabled pagesAccessLevel path pathWithNamespace permanentlyDeleteOnDestroy
    preReceiveSecretDetectionEnabled preventMergeWithoutJiraIssue printingMergeRequestLinkEnabled
    protectMergeRequestPipelines publicBuilds publicJobs pushRules releasesAccessLevel
    removeSourceBranchAfterMerge repositoryAccessLevel repositoryStorage requestAccessEnabled
    requirementsAccessLevel resolveOutdatedDiffDiscussions resourceGroupDefaultProcessMode
    reviewerAssignmentStrategy runnersToken securityAndComplianceAccessLevel sharedRunnersEnabled
    skipWaitForDefaultBranchProtection snippetsAccessLevel squashCommitTemplate squashOption sshUrlToRepo
    suggestionCommitMessage templateName templateProjectId topics useCustomTemplate visibilityLevel webUrl
    wikiAccessLevel
  `),
  secretInputs: ["importUrlPassword"],
  secretOutputs: ["importUrlPassword", "runnersToken"],
};

/** A project: a repository and everything around it. */
export class Project extends Resource {
  declare readonly allowMergeOnSkippedPipeline: pulumi.Output<boolean>;
  declare readonly allowPipelineTriggerApproveDeployment: pulumi.Output<boolean>;
  declare readonly analyticsAccessLevel: pulumi.Output<string>;
  declare readonly archiveOnDestroy: pulumi.Output<boolean | undefined>;
  declare readonly archived: pulumi.Output<boolean | undefined>;
  declare readonly autoCancelPendingPipelines: pulumi.Output<string>;
  declare readonly autoDevopsDeployStrategy: pulumi.Output<string>;
  declare readonly autoDevopsEnabled: pulumi.Output<boolean>;
  declare readonly autoDuoCodeReviewEnabled: pulumi.Output<boolean>;
  declare readonly autocloseReferencedIssues: pulumi.Output<boolean>;
  declare readonly automaticRebaseEnabled: pulumi.Output<boolean>;
  declare readonly avatar: pulumi.Output<string | undefined>;
  declare readonly avatarHash: pulumi.Output<string>;
  declare readonly avatarUrl: pulumi.Output<string>;
  declare readonly branches: pulumi.Output<string | undefined>;
  declare readonly buildGitStrategy: pulumi.Output<string>;
  declare readonly buildTimeout: pulumi.Output<number>;
  declare readonly buildsAccessLevel: pulumi.Output<string>;
  declare readonly ciConfigPath: pulumi.Output<string | undefined>;
  declare readonly ciDefaultGitDepth: pulumi.Output<number>;
  declare readonly ciDeletePipelinesInSeconds: pulumi.Output<number>;
  declare readonly ciDisplayPipelineVariables: pulumi.Output<boolean>;
  declare readonly ciForwardDeploymentEnabled: pulumi.Output<boolean>;
  declare readonly ciForwardDeploymentRollbackAllowed: pulumi.Output<boolean>;
  declare readonly ciIdTokenSubClaimComponents: pulumi.Output<string[]>;
  declare readonly ciPipelineVariablesMinimumOverrideRole: pulumi.Output<string>;
  declare readonly ciPushRepositoryForJobTokenAllowed: pulumi.Output<boolean>;
  declare readonly ciRestrictPipelineCancellationRole: pulumi.Output<string>;
  declare readonly ciSeparatedCaches: pulumi.Output<boolean>;
  declare readonly containerExpirationPolicy: pulumi.Output<outputs.ProjectContainerExpirationPolicy>;
  declare readonly containerRegistryAccessLevel: pulumi.Output<string>;
  declare readonly defaultBranch: pulumi.Output<string>;
  declare readonly description: pulumi.Output<string | undefined>;
  declare readonly emailsEnabled: pulumi.Output<boolean>;
  declare readonly emptyRepo: pulumi.Output<boolean>;
  declare readonly environmentsAccessLevel: pulumi.Output<string>;
  declare readonly externalAuthorizationClassificationLabel: pulumi.Output<string | undefined>;
  declare readonly featureFlagsAccessLevel: pulumi.Output<string>;
  declare readonly forkedFromProjectId: pulumi.Output<number | undefined>;
  declare readonly forkingAccessLevel: pulumi.Output<string>;
  declare readonly groupRunnersEnabled: pulumi.Output<boolean>;
  declare readonly groupWithProjectTemplatesId: pulumi.Output<number | undefined>;
  declare readonly httpUrlToRepo: pulumi.Output<string>;
  declare readonly importUrl: pulumi.Output<string>;
  declare readonly importUrlPassword: pulumi.Output<string | undefined>;
  declare readonly importUrlUsername: pulumi.Output<string | undefined>;
  declare readonly infrastructureAccessLevel: pulumi.Output<string>;
  declare readonly initializeWithReadme: pulumi.Output<boolean | undefined>;
  declare readonly issueBranchTemplate: pulumi.Output<string | undefined>;
  declare readonly issuesAccessLevel: pulumi.Output<string>;
  declare readonly issuesTemplate: pulumi.Output<string | undefined>;
  declare readonly keepLatestArtifact: pulumi.Output<boolean>;
  declare readonly lfsEnabled: pulumi.Output<boolean>;
  declare readonly maxArtifactsSize: pulumi.Output<number>;
  declare readonly mergeCommitTemplate: pulumi.Output<string | undefined>;
  declare readonly mergeMethod: pulumi.Output<string>;
  declare readonly mergePipelinesEnabled: pulumi.Output<boolean>;
  declare readonly mergeRequestTitleRegex: pulumi.Output<string>;
  declare readonly mergeRequestTitleRegexDescription: pulumi.Output<string>;
  declare readonly mergeRequestsAccessLevel: pulumi.Output<string>;
  declare readonly mergeRequestsTemplate: pulumi.Output<string | undefined>;
  declare readonly mergeTrainsEnabled: pulumi.Output<boolean>;
  declare readonly mergeTrainsSkipTrainAllowed: pulumi.Output<boolean>;
  declare readonly modelExperimentsAccessLevel: pulumi.Output<string>;
  declare readonly modelRegistryAccessLevel: pulumi.Output<string>;
  declare readonly monitorAccessLevel: pulumi.Output<string>;
  declare readonly mrDefaultTargetSelf: pulumi.Output<boolean | undefined>;
  declare readonly mrDefaultTitleTemplate: pulumi.Output<string | undefined>;
  declare readonly name: pulumi.Output<string>;
  declare readonly namespaceId: pulumi.Output<number>;
  declare readonly onlyAllowMergeIfAllDiscussionsAreResolved: pulumi.Output<boolean>;
  declare readonly onlyAllowMergeIfPipelineSucceeds: pulumi.Output<boolean>;
  declare readonly packageRegistryAccessLevel: pulumi.Output<string>;
  declare readonly packagesEnabled: pulumi.Output<boolean>;
  declare readonly pagesAccessLevel: pulumi.Output<string>;
  declare readonly path: pulumi.Output<string | undefined>;
  declare readonly pathWithNamespace: pulumi.Output<string>;
  declare readonly permanentlyDeleteOnDestroy: pulumi.Output<boolean | undefined>;
  declare readonly preReceiveSecretDetectionEnabled: pulumi.Output<boolean>;
  declare readonly preventMergeWithoutJiraIssue: pulumi.Output<boolean>;
  declare readonly printingMergeRequestLinkEnabled: pulumi.Output<boolean>;
  declare readonly protectMergeRequestPipelines: pulumi.Output<boolean>;
  declare readonly publicBuilds: pulumi.Output<boolean>;
  declare readonly publicJobs: pulumi.Output<boolean>;
  declare readonly pushRules: pulumi.Output<outputs.ProjectPushRules>;
  declare readonly releasesAccessLevel: pulumi.Output<string>;
  declare readonly removeSourceBranchAfterMerge: pulumi.Output<boolean>;
  declare readonly repositoryAccessLevel: pulumi.Output<string>;
  declare readonly repositoryStorage: pulumi.Output<string>;
  declare readonly requestAccessEnabled: pulumi.Output<boolean>;
  declare readonly requirementsAccessLevel: pulumi.Output<string>;
  declare readonly resolveOutdatedDiffDiscussions: pulumi.Output<boolean | undefined>;
  declare readonly resourceGroupDefaultProcessMode: pulumi.Output<string>;
  declare readonly reviewerAssignmentStrategy: pulumi.Output<string>;
  declare readonly runnersToken: pulumi.Output<string>;
  declare readonly securityAndComplianceAccessLevel: pulumi.Output<string>;
  declare readonly sharedRunnersEnabled: pulumi.Output<boolean>;
  declare readonly skipWaitForDefaultBranchProtection: pulumi.Output<boolean | undefined>;
  declare readonly snippetsAccessLevel: pulumi.Output<string>;
  declare readonly squashCommitTemplate: pulumi.Output<string | undefined>;
  declare readonly squashOption: pulumi.Output<string>;
  declare readonly sshUrlToRepo: pulumi.Output<string>;
  declare readonly suggestionCommitMessage: pulumi.Output<string | undefined>;
  declare readonly templateName: pulumi.Output<string | undefined>;
  declare readonly templateProjectId: pulumi.Output<number | undefined>;
  declare readonly topics: pulumi.Output<string[]>;
  declare readonly useCustomTemplate: pulumi.Output<boolean | undefined>;
  declare readonly visibilityLevel: pulumi.Output<string>;
  declare readonly webUrl: pulumi.Output<string>;
  declare readonly wikiAccessLevel: pulumi.Output<string>;

  constructor(name: string, args?: ProjectArgs, opts?: pulumi.CustomResourceOptions) {
    super(shape, name, { ...args }, opts);
  }
}
