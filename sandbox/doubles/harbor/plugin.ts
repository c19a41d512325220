import { bridgedPlugin } from "../framework/bridge/plugin";
import type { BridgedResource } from "../framework/bridge/schema";
import type { Plugin } from "../framework/plugin";
import { config, connect, refuse, type Session } from "./config";
import { configSystem } from "./config-system";
import { group } from "./group";
import { immutableTagRule } from "./immutable-tag-rule";
import { label } from "./label";
import { project } from "./project";
import { projectMemberGroup } from "./project-member-group";
import { projectWebhook } from "./project-webhook";
import { retentionPolicy } from "./retention-policy";
import { robotAccount } from "./robot-account";

/** The resources of the double, by type token. */
export const resources: Readonly<Record<string, BridgedResource<Session>>> = {
  "harbor:index/configSystem:ConfigSystem": configSystem,
  "harbor:index/group:Group": group,
  "harbor:index/immutableTagRule:ImmutableTagRule": immutableTagRule,
  "harbor:index/label:Label": label,
  "harbor:index/project:Project": project,
  "harbor:index/projectMemberGroup:ProjectMemberGroup": projectMemberGroup,
  "harbor:index/projectWebhook:ProjectWebhook": projectWebhook,
  "harbor:index/retentionPolicy:RetentionPolicy": retentionPolicy,
  "harbor:index/robotAccount:RobotAccount": robotAccount,
};

/** The double of the harbor provider: its back end is any Harbor API on this machine. */
export function harbor(): Plugin {
  return bridgedPlugin<Session>({
    name: "harbor",
    version: "3.10.21",
    config,
    resources,
    connect: (given) => Promise.resolve(connect(given)),
    refuse,
  });
}
