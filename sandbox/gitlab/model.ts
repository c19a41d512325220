// What the stand-in keeps. Plain records, so that the whole state is one JSON file.

/** Free instances are `ce`; `ee` has what needs a licence (approval rules, users and groups in branch protection, group hooks). */
export type Edition = "ce" | "ee";

/** Who may see something. */
export type Visibility = "private" | "internal" | "public";

/** A person, or the bot behind a project's or group's access token. */
export interface User {
  readonly id: number;
  username: string;
  name: string;
  email: string;
  admin: boolean;
  bot: boolean;
  state: "active" | "blocked";
  /** The namespace of the user's own projects; bots have none. */
  readonly namespaceId: number | null;
  readonly createdAt: string;
}

/** A group or subgroup. Its id is also its namespace's. */
export interface Group {
  readonly id: number;
  name: string;
  path: string;
  parentId: number | null;
  description: string;
  visibility: Visibility;
  /** Everything else of the API's body that was set. */
  settings: Record<string, unknown>;
  runnersToken: string;
  markedForDeletionOn: string | null;
  /** The full path it had before it was marked. */
  formerPath: string | null;
  readonly createdAt: string;
}

/** A project. Its repository's folder follows from its id, so a rename or transfer moves nothing. */
export interface Project {
  readonly id: number;
  name: string;
  path: string;
  namespaceId: number;
  readonly creatorId: number;
  description: string | null;
  visibility: Visibility;
  defaultBranch: string;
  archived: boolean;
  topics: string[];
  settings: Record<string, unknown>;
  runnersToken: string;
  forkedFrom: number | null;
  importStatus: "none" | "finished" | "failed";
  importUrl: string | null;
  markedForDeletionOn: string | null;
  formerPath: string | null;
  readonly createdAt: string;
  lastActivityAt: string;
}

/** Where a member, variable, token or hook belongs. */
export type SourceKind = "group" | "project";

/** A direct membership. */
export interface Member {
  readonly source: SourceKind;
  readonly sourceId: number;
  readonly userId: number;
  accessLevel: number;
  expiresAt: string | null;
  readonly createdAt: string;
}

/** A group invited to a project or to another group. */
export interface Share {
  readonly source: SourceKind;
  readonly sourceId: number;
  readonly groupId: number;
  readonly accessLevel: number;
  readonly expiresAt: string | null;
}

/** A personal access token, or a bot's: then it belongs to a project or group. Only its hash is kept. */
export interface AccessToken {
  readonly id: number;
  readonly userId: number;
  readonly source: "user" | SourceKind;
  readonly sourceId: number;
  readonly name: string;
  readonly description: string | null;
  readonly scopes: readonly string[];
  readonly createdAt: string;
  readonly expiresAt: string | null;
  revoked: boolean;
  readonly digest: string;
}

/** A deploy token of a project or group. */
export interface DeployToken {
  readonly id: number;
  readonly source: SourceKind;
  readonly sourceId: number;
  readonly name: string;
  readonly username: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  revoked: boolean;
  readonly digest: string;
}

/** A public key and the projects it opens. */
export interface DeployKey {
  readonly id: number;
  title: string;
  readonly key: string;
  readonly fingerprint: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly projects: { projectId: number; canPush: boolean }[];
}

/** One entry of who may do something with a protected ref. Exactly one of level, user, group and key decides. */
export interface RefAccess {
  readonly id: number;
  accessLevel: number | null;
  userId: number | null;
  groupId: number | null;
  deployKeyId: number | null;
}

/** A protected branch or wildcard. */
export interface ProtectedBranch {
  readonly id: number;
  readonly projectId: number;
  name: string;
  allowForcePush: boolean;
  codeOwnerApprovalRequired: boolean;
  push: RefAccess[];
  merge: RefAccess[];
  unprotect: RefAccess[];
}

/** A protected tag or wildcard. */
export interface ProtectedTag {
  readonly projectId: number;
  readonly name: string;
  create: RefAccess[];
}

/** A CI variable. The value is kept as it is: the API and jobs need it back. */
export interface Variable {
  readonly source: SourceKind;
  readonly sourceId: number;
  readonly key: string;
  value: string;
  variableType: "env_var" | "file";
  protected: boolean;
  masked: boolean;
  readonly hidden: boolean;
  raw: boolean;
  environmentScope: string;
  description: string | null;
}

/** A webhook. Its token is sent with each delivery, never returned by the API. */
export interface Hook {
  readonly id: number;
  readonly source: SourceKind;
  readonly sourceId: number;
  url: string;
  name: string;
  description: string;
  token: string | null;
  events: Record<string, boolean>;
  enableSslVerification: boolean;
  pushEventsBranchFilter: string;
  branchFilterStrategy: "wildcard" | "regex" | "all_branches";
  customHeaders: { key: string; value: string }[];
  urlVariables: { key: string; value: string }[];
  customWebhookTemplate: string;
  readonly createdAt: string;
  /** The last deliveries, newest first: when, of what, and what came of it. */
  deliveries: { at: string; trigger: string; url: string; status: string }[];
}

/** A merge request; it lives in its target project. */
export interface MergeRequest {
  readonly id: number;
  readonly iid: number;
  readonly projectId: number;
  readonly sourceProjectId: number;
  readonly sourceBranch: string;
  targetBranch: string;
  title: string;
  description: string | null;
  readonly authorId: number;
  state: "opened" | "merged" | "closed";
  readonly createdAt: string;
  updatedAt: string;
  mergedAt: string | null;
  mergedBy: number | null;
  closedAt: string | null;
  sha: string;
  baseSha: string;
  mergeCommitSha: string | null;
  squashCommitSha: string | null;
  squash: boolean;
  removeSourceBranch: boolean;
  labels: string[];
  assigneeIds: number[];
  reviewerIds: number[];
  approvedBy: number[];
  notes: { id: number; authorId: number; body: string; createdAt: string; updatedAt?: string }[];
  /** Labels that came and went, and by whom. */
  labelEvents?: { id: number; userId: number; createdAt: string; label: string; action: "add" | "remove" }[];
  /** Its heads, the newest last. */
  versions?: { id: number; sha: string; createdAt: string }[];
}

/** An approval rule (ee). */
export interface ApprovalRule {
  readonly id: number;
  readonly projectId: number;
  name: string;
  readonly ruleType: "regular" | "any_approver" | "report_approver";
  approvalsRequired: number;
  userIds: number[];
  groupIds: number[];
  protectedBranchIds: number[];
  appliesToAllProtectedBranches: boolean;
}

/** A runner made through the API; only its token's hash is kept. */
export interface Runner {
  readonly id: number;
  readonly runnerType: "instance_type" | "group_type" | "project_type";
  readonly projectIds: number[];
  readonly groupId: number | null;
  settings: Record<string, unknown>;
  tagList: string[];
  readonly digest: string;
  readonly createdAt: string;
}

/** A job that was made up by the stand-in's own endpoint: an identity, nothing runs. */
export interface Job {
  readonly id: number;
  readonly projectId: number;
  readonly userId: number;
  readonly ref: string;
  readonly refType: "branch" | "tag";
  readonly expiresAt: string;
  readonly digest: string;
}

/** A record of one of the families that have no rules of their own beyond their shape (triggers, schedules, environments). */
export interface Item {
  readonly id: number;
  readonly family: string;
  readonly projectId: number;
  values: Record<string, unknown>;
}

/** All of it. */
export interface State {
  version: 1;
  ids: Record<string, number>;
  users: User[];
  groups: Group[];
  projects: Project[];
  members: Member[];
  shares: Share[];
  tokens: AccessToken[];
  deployTokens: DeployToken[];
  deployKeys: DeployKey[];
  protectedBranches: ProtectedBranch[];
  protectedTags: ProtectedTag[];
  variables: Variable[];
  hooks: Hook[];
  mergeRequests: MergeRequest[];
  approvalRules: ApprovalRule[];
  runners: Runner[];
  jobs: Job[];
  /** Which projects and groups may use their job tokens here, by project; and whether that is asked at all. */
  jobTokenScopes: { projectId: number; enabled: boolean; projects: number[]; groups: number[] }[];
  items: Item[];
}
