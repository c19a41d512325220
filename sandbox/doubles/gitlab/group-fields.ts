import type { Inputs } from "../framework/bridge/schema";
import { pushRulesInput } from "./push-rules";
import { each, words, type Wire } from "./wire";

const chosen = { type: "boolean", computed: true } as const;

const PATH = /^[a-zA-Z0-9_.][a-zA-Z0-9_.-]*$/;

/** The table of a group. */
export const inputs: Inputs = {
  name: { type: "string", validate: badName },
  path: { type: "string", required: true, validate: badPath },
  parentId: { type: "integer", computed: true },
  description: { type: "string" },
  defaultBranch: { type: "string" },
  defaultBranchProtection: { type: "integer", computed: true, validate: badProtection },
  defaultBranchProtectionDefaults: {
    type: {
      object: {
        allowForcePush: { type: "boolean", computed: true },
        allowedToMerges: { type: { set: "string" }, computed: true },
        allowedToPushes: { type: { set: "string" }, computed: true },
        codeOwnerApprovalRequired: { type: "boolean", computed: true },
        developerCanInitialPush: { type: "boolean", computed: true },
      },
    },
    computed: true,
  },
  visibilityLevel: { type: "string", computed: true, oneOf: ["private", "internal", "public"] },
  projectCreationLevel: {
    type: "string",
    computed: true,
    oneOf: ["noone", "owner", "maintainer", "developer", "administrator"],
  },
  subgroupCreationLevel: { type: "string", computed: true, oneOf: ["owner", "maintainer"] },
  sharedRunnersSetting: {
    type: "string",
    computed: true,
    oneOf: ["enabled", "disabled_and_overridable", "disabled_and_unoverridable", "disabled_with_override"],
  },
  wikiAccessLevel: { type: "string", computed: true, oneOf: ["disabled", "private", "enabled"] },
  ...each(
    `allowMergeOnSkippedPipeline autoDevopsEnabled crmEnabled emailsEnabled lfsEnabled membershipLock mentionsDisabled
     onlyAllowMergeIfAllDiscussionsAreResolved onlyAllowMergeIfPipelineSucceeds preventForkingOutsideGroup
     preventSharingGroupsOutsideHierarchy requestAccessEnabled requireTwoFactorAuthentication shareWithGroupLock`,
    chosen,
  ),
  ...each("extraSharedRunnersMinutesLimit maxArtifactsSize sharedRunnersMinutesLimit twoFactorGracePeriod", {
    type: "integer",
    computed: true,
  }),
  allowedEmailDomainsLists: { type: { list: "string" }, computed: true },
  ipRestrictionRanges: { type: { list: "string" } },
  pushRules: pushRulesInput,
  avatar: { type: "string" },
  avatarHash: { type: "string", computed: true },
  archiveOnDestroy: { type: "boolean" },
  permanentlyRemoveOnDelete: { type: "boolean" },
};

/** Only a later change takes these: creation is followed by one if any of them is given. */
export const AFTERWARDS = words(
  `preventForkingOutsideGroup preventSharingGroupsOutsideHierarchy ipRestrictionRanges allowedEmailDomainsLists
   sharedRunnersSetting`,
);

/** What only the provider knows, or has a form of its own on the wire. */
const OWN = new Set(
  words(
    `pushRules avatar avatarHash archiveOnDestroy permanentlyRemoveOnDelete parentId defaultBranchProtectionDefaults
     allowedEmailDomainsLists ipRestrictionRanges`,
  ),
);

/** What stands in the group's own record under its own name. */
export const PLAIN = Object.keys(inputs).filter((name) => !OWN.has(name));

/** What is called otherwise on the wire. */
export const WIRE: Wire = { visibilityLevel: "visibility" };

function badPath(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  const ends = [".", ".git", ".atom"].some((end) => value.endsWith(end));
  return PATH.test(value) && !ends
    ? undefined
    : `invalid path ${value}: it may hold letters, digits, '_', '-' and '.', and not begin with '-' or end in '.', '.git' or '.atom'`;
}

function badName(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  return /^[\p{L}\p{N}\p{Extended_Pictographic}_][\p{L}\p{N}\p{Extended_Pictographic}_()\-. ]*$/u.test(value)
    ? undefined
    : `invalid name ${value}: it may hold letters, digits, emoji, '_', '.', '-', parentheses and spaces, and begins with one of the first four`;
}

function badProtection(value: unknown): string | undefined {
  return typeof value === "number" && (value < 0 || value > 4)
    ? `expected defaultBranchProtection to be one of [0 1 2 3 4], got ${value}`
    : undefined;
}
