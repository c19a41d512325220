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
    "GroupMembership",
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

/** The facts as they are written to the file: one line for each map. */
export function factsText(read: SdkFacts): string {
  const lines = (map: object): string =>
    Object.entries(map)
      .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
      .join(",\n");
  const { resources, inputTypes, outputTypes, ...rest } = read;
  const head = Object.entries(rest).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  const body = Object.entries({ resources, inputTypes, outputTypes }).map(
    ([key, map]) => `  ${JSON.stringify(key)}: {\n${lines(map)}\n  }`,
  );
  return `{\n${[...head, ...body].join(",\n")}\n}\n`;
}
