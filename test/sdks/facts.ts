import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SdkFacts } from "./shape";

/** The packages that `sdks/` stands in for. */
export const sdkNames = ["gitlab", "harbor"] as const;

/** One of them. */
export type SdkName = (typeof sdkNames)[number];

/** What is compared, by package. */
export const compared: Readonly<Record<SdkName, readonly string[]>> = {
  gitlab: [
    "BranchProtection",
    "DeployKey",
    "Group",
    "GroupAccessToken",
    "GroupDeployToken",
    "GroupHook",
    "GroupLdapLink",
    "GroupMembership",
    "GroupSamlLink",
    "GroupShareGroup",
    "GroupVariable",
    "Project",
    "ProjectAccessToken",
    "ProjectApprovalRule",
    "ProjectDeployToken",
    "ProjectHook",
    "ProjectJobTokenScopes",
    "ProjectLevelMrApprovals",
    "ProjectMembership",
    "ProjectShareGroup",
    "ProjectVariable",
    "Provider",
    "RepositoryFile",
    "TagProtection",
    "UserRunner",
  ],
  harbor: [
    "ConfigSystem",
    "Group",
    "ImmutableTagRule",
    "Label",
    "Project",
    "ProjectMemberGroup",
    "ProjectWebhook",
    "Provider",
    "RetentionPolicy",
    "RobotAccount",
  ],
};

/** The file that keeps what the providers' Python packages say. */
export const factsFile = (name: SdkName): string => join(__dirname, `${name}.json`);

/** What the providers' Python packages say, as committed; `test/e2e/sdks.test.ts` holds it against PyPI. */
export function facts(name: SdkName): SdkFacts {
  return JSON.parse(readFileSync(factsFile(name), "utf8")) as SdkFacts;
}

/** The facts as they are written to the file: also as Prettier would. */
export function factsText(read: SdkFacts): string {
  return `${JSON.stringify(read, undefined, 2)}\n`;
}
