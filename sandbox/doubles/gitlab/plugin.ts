import { checkConfig } from "../framework/bridge/config";
import { bridgedPlugin } from "../framework/bridge/plugin";
import type { BridgedResource } from "../framework/bridge/schema";
import type { Plugin } from "../framework/plugin";
import { containsUnknown, type JsonMap } from "../framework/value";
import { groupAccessToken, projectAccessToken } from "./access-token";
import { projectApprovalRule } from "./approval-rule";
import { projectLevelMrApprovals } from "./approvals";
import { branchProtection } from "./branch-protection";
import { config, connect, refuse, wantsEarlyCheck } from "./config";
import { deployKey } from "./deploy-key";
import { groupDeployToken, projectDeployToken } from "./deploy-token";
import { group } from "./group";
import { groupLdapLink, groupSamlLink } from "./group-links";
import { groupHook, projectHook } from "./hook";
import { projectJobTokenScopes } from "./job-token-scopes";
import { groupMembership, projectMembership } from "./membership";
import { project } from "./project";
import { repositoryFile } from "./repository-file";
import type { Session } from "./session";
import { groupShareGroup, projectShareGroup } from "./share";
import { tagProtection } from "./tag-protection";
import { userRunner } from "./user-runner";
import { groupVariable, projectVariable } from "./variable";

/** The resources of the double, by type token. */
export const resources: Readonly<Record<string, BridgedResource<Session>>> = {
  "gitlab:index/branchProtection:BranchProtection": branchProtection,
  "gitlab:index/deployKey:DeployKey": deployKey,
  "gitlab:index/group:Group": group,
  "gitlab:index/groupAccessToken:GroupAccessToken": groupAccessToken,
  "gitlab:index/groupDeployToken:GroupDeployToken": groupDeployToken,
  "gitlab:index/groupHook:GroupHook": groupHook,
  "gitlab:index/groupLdapLink:GroupLdapLink": groupLdapLink,
  "gitlab:index/groupMembership:GroupMembership": groupMembership,
  "gitlab:index/groupSamlLink:GroupSamlLink": groupSamlLink,
  "gitlab:index/groupShareGroup:GroupShareGroup": groupShareGroup,
  "gitlab:index/groupVariable:GroupVariable": groupVariable,
  "gitlab:index/project:Project": project,
  "gitlab:index/projectAccessToken:ProjectAccessToken": projectAccessToken,
  "gitlab:index/projectApprovalRule:ProjectApprovalRule": projectApprovalRule,
  "gitlab:index/projectDeployToken:ProjectDeployToken": projectDeployToken,
  "gitlab:index/projectHook:ProjectHook": projectHook,
  "gitlab:index/projectJobTokenScopes:ProjectJobTokenScopes": projectJobTokenScopes,
  "gitlab:index/projectLevelMrApprovals:ProjectLevelMrApprovals": projectLevelMrApprovals,
  "gitlab:index/projectMembership:ProjectMembership": projectMembership,
  "gitlab:index/projectShareGroup:ProjectShareGroup": projectShareGroup,
  "gitlab:index/projectVariable:ProjectVariable": projectVariable,
  "gitlab:index/repositoryFile:RepositoryFile": repositoryFile,
  "gitlab:index/tagProtection:TagProtection": tagProtection,
  "gitlab:index/userRunner:UserRunner": userRunner,
};

/** The double of the gitlab provider: its back end is any GitLab API on this machine. */
export function gitlab(): Plugin {
  const plugin = bridgedPlugin<Session>({
    name: "gitlab",
    version: "10.4.0",
    config,
    resources,
    connect: (given) => Promise.resolve(connect(given)),
    refuse,
  });
  return {
    ...plugin,
    // The real one asks who it is before anything else: in a preview, too, so a server that is down stops it.
    async configure(request) {
      const result = await plugin.configure(request);
      const { typed } = checkConfig(config, { news: request.args });
      // Without unknowns, bare values are JSON.
      const known = containsUnknown(typed) ? undefined : (typed as JsonMap);
      if (known !== undefined && wantsEarlyCheck(known)) await connect(known).api.get("user");
      return result;
    },
  };
}
