import type { Inputs } from "../framework/bridge/schema";
import { pushRulesInput } from "./push-rules";
import { each, words, type Wire } from "./wire";

const visibility = ["disabled", "private", "enabled"];

const ACCESS_LEVELS = `analyticsAccessLevel buildsAccessLevel containerRegistryAccessLevel environmentsAccessLevel
  featureFlagsAccessLevel forkingAccessLevel infrastructureAccessLevel issuesAccessLevel mergeRequestsAccessLevel
  modelExperimentsAccessLevel modelRegistryAccessLevel monitorAccessLevel releasesAccessLevel repositoryAccessLevel
  requirementsAccessLevel securityAndComplianceAccessLevel snippetsAccessLevel wikiAccessLevel`;

/** The parts of the policy that cleans up images. */
export const expirationPolicy: Inputs = {
  cadence: { type: "string", computed: true, oneOf: ["1d", "7d", "14d", "1month", "3month"] },
  enabled: { type: "boolean", computed: true },
  keepN: { type: "integer", computed: true },
  nameRegexDelete: { type: "string", computed: true },
  nameRegexKeep: { type: "string", computed: true },
  nextRunAt: { type: "string", computed: true },
  olderThan: { type: "string", computed: true },
};

/** The table of a project. */
export const inputs: Inputs = {
  name: { type: "string" },
  path: { type: "string" },
  namespaceId: { type: "integer", computed: true },
  visibilityLevel: { type: "string", computed: true, oneOf: ["private", "internal", "public"] },
  ...each(ACCESS_LEVELS, { type: "string", computed: true, oneOf: visibility }),
  pagesAccessLevel: { type: "string", computed: true, oneOf: ["public", ...visibility] },
  packageRegistryAccessLevel: { type: "string", computed: true, oneOf: ["public", ...visibility] },
  mergeMethod: { type: "string", computed: true, oneOf: ["merge", "rebase_merge", "ff"] },
  squashOption: { type: "string", computed: true, oneOf: ["never", "always", "default_on", "default_off"] },
  autoCancelPendingPipelines: { type: "string", computed: true, oneOf: ["enabled", "disabled"] },
  autoDevopsDeployStrategy: { type: "string", computed: true, oneOf: ["continuous", "manual", "timed_incremental"] },
  buildGitStrategy: { type: "string", computed: true, oneOf: ["clone", "fetch"] },
  ciPipelineVariablesMinimumOverrideRole: {
    type: "string",
    computed: true,
    oneOf: ["developer", "maintainer", "owner", "no_one_allowed"],
  },
  ciRestrictPipelineCancellationRole: { type: "string", computed: true, oneOf: ["developer", "maintainer", "no_one"] },
  reviewerAssignmentStrategy: { type: "string", computed: true, oneOf: ["disabled", "code_owners", "dap_powered"] },
  ...each(
    `avatarHash defaultBranch importUrl mergeRequestTitleRegex mergeRequestTitleRegexDescription repositoryStorage
     resourceGroupDefaultProcessMode`,
    { type: "string", computed: true },
  ),
  ...each(
    `avatar branches ciConfigPath description externalAuthorizationClassificationLabel importUrlUsername
     issueBranchTemplate issuesTemplate mergeCommitTemplate mergeRequestsTemplate mrDefaultTitleTemplate
     squashCommitTemplate suggestionCommitMessage`,
    { type: "string" },
  ),
  importUrlPassword: { type: "string", secret: true },
  ...each(
    `allowMergeOnSkippedPipeline allowPipelineTriggerApproveDeployment autoDevopsEnabled autoDuoCodeReviewEnabled
     autocloseReferencedIssues automaticRebaseEnabled ciDisplayPipelineVariables ciForwardDeploymentEnabled
     ciForwardDeploymentRollbackAllowed ciPushRepositoryForJobTokenAllowed ciSeparatedCaches emailsEnabled
     groupRunnersEnabled keepLatestArtifact lfsEnabled mergePipelinesEnabled mergeTrainsEnabled
     mergeTrainsSkipTrainAllowed onlyAllowMergeIfAllDiscussionsAreResolved onlyAllowMergeIfPipelineSucceeds
     packagesEnabled preReceiveSecretDetectionEnabled preventMergeWithoutJiraIssue printingMergeRequestLinkEnabled
     protectMergeRequestPipelines publicBuilds publicJobs removeSourceBranchAfterMerge requestAccessEnabled
     sharedRunnersEnabled`,
    { type: "boolean", computed: true },
  ),
  ...each(
    `archiveOnDestroy archived initializeWithReadme mrDefaultTargetSelf permanentlyDeleteOnDestroy
     resolveOutdatedDiffDiscussions skipWaitForDefaultBranchProtection useCustomTemplate`,
    { type: "boolean" },
  ),
  ...each("buildTimeout ciDefaultGitDepth ciDeletePipelinesInSeconds maxArtifactsSize", {
    type: "integer",
    computed: true,
  }),
  forkedFromProjectId: { type: "integer" },
  groupWithProjectTemplatesId: { type: "integer" },
  templateName: { type: "string", forceNew: true },
  templateProjectId: { type: "integer", forceNew: true },
  ciIdTokenSubClaimComponents: { type: { list: "string" }, computed: true },
  topics: { type: { set: "string" }, computed: true },
  containerExpirationPolicy: { type: { object: expirationPolicy }, computed: true },
  pushRules: pushRulesInput,
};

/** What only the provider knows, or goes through calls of its own. */
const OWN = new Set(
  words(
    `archiveOnDestroy archived avatar avatarHash branches containerExpirationPolicy forkedFromProjectId
     groupWithProjectTemplatesId importUrl importUrlPassword importUrlUsername initializeWithReadme mrDefaultTargetSelf
     namespaceId permanentlyDeleteOnDestroy pushRules skipWaitForDefaultBranchProtection templateName templateProjectId
     useCustomTemplate`,
  ),
);

/** What stands in the project's own record. */
export const PLAIN = Object.keys(inputs).filter((name) => !OWN.has(name));

/** What creation does not take: it is followed by a change if any of them is given. */
export const AFTERWARDS = words(
  `issuesTemplate mergeRequestsTemplate mergePipelinesEnabled mergeTrainsEnabled mergeTrainsSkipTrainAllowed
   ciDefaultGitDepth ciForwardDeploymentEnabled ciForwardDeploymentRollbackAllowed ciSeparatedCaches ciIdTokenSubClaimComponents
   ciDeletePipelinesInSeconds ciPipelineVariablesMinimumOverrideRole ciPushRepositoryForJobTokenAllowed
   ciRestrictPipelineCancellationRole keepLatestArtifact mrDefaultTitleTemplate issueBranchTemplate
   preReceiveSecretDetectionEnabled`,
);

/** What a fork takes when it is made; all else follows by a change. */
export const OF_A_FORK = words("name path description visibilityLevel");

/** What is called otherwise on the wire. */
export const WIRE: Wire = { visibilityLevel: "visibility" };
