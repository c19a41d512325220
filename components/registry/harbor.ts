import type * as pulumi from "@pulumi/pulumi";
import { ImmutableTagRule, Project, ProjectMemberGroup, RetentionPolicy, RobotAccount } from "@pulumiverse/harbor";
import type { RegistryProject } from "../../model/capability";
import { generationsOf, inUse, type EstateFacts, type HarborFacts } from "../../model/home";
import { registryHost } from "../../model/names";
import { imageLevel } from "../../model/people";
import type { Registry, RegistryAccess, RegistryCredential } from "./contract";

type Right = "pull" | "push";

/** Tags of a release: what ran once must not become something else. */
const releaseTags = "v*";

/** Harbor: one project for each tenant, robots at the project's level, all with an end. */
export function harbor(
  estate: Pick<EstateFacts, "protect" | "credentials">,
  registry: HarborFacts,
  provider: pulumi.ProviderResource,
): Registry {
  const { credentials } = estate;
  return {
    kind: "harbor",
    project: (request, parent) => {
      const child = { parent, provider };
      const name = `registry/${request.name}`;
      const project = new Project(
        `${name}-project`,
        {
          name: request.name,
          public: false,
          vulnerabilityScanning: true,
          storageQuota: request.sizeGi,
          // A project that holds images is not deleted with its tenant's file by mistake.
          forceDestroy: !estate.protect,
        },
        { ...child, protect: estate.protect },
      );
      for (const { group, role } of request.groups) {
        const level = imageLevel(request.people, role);
        if (level === undefined) continue;
        new ProjectMemberGroup(
          `${name}-${role}`,
          {
            projectId: project.id,
            groupName: group,
            type: registry.groupType,
            role: level,
          },
          child,
        );
      }
      new RetentionPolicy(
        `${name}-retention`,
        {
          scope: project.id,
          schedule: "Daily",
          rules: [{ mostRecentlyPushed: registry.keep, repoMatching: "**", tagMatching: "**" }],
        },
        child,
      );
      new ImmutableTagRule(
        `${name}-immutable`,
        { projectId: project.id, repoMatching: "**", tagMatching: releaseTags },
        child,
      );

      const robot = (purpose: string, right: Right): RegistryCredential => {
        const account = inUse(
          generationsOf(credentials, request.tenant),
          ({ serial, mark }) =>
            new RobotAccount(
              `${name}-robot-${purpose}${mark}`,
              {
                // The day is part of the name: Harbor has one robot of a name.
                name: `${purpose}-${String(serial)}`,
                level: "project",
                duration: credentials.robotDays,
                permissions: [{ kind: "project", namespace: project.name, accesses: accesses(right) }],
              },
              child,
            ),
        );
        return { username: account.fullName, password: account.secret };
      };
      return answer(request, registry.url, robot);
    },
  };
}

function accesses(right: Right): { resource: string; action: string }[] {
  const pull = { resource: "repository", action: "pull" };
  return right === "pull" ? [pull] : [pull, { resource: "repository", action: "push" }];
}

function answer(
  request: RegistryProject,
  url: string,
  robot: (purpose: string, right: Right) => RegistryCredential,
): RegistryAccess {
  const host = registryHost(url);
  if (!request.credentials) return { host, pull: new Map() };
  return {
    host,
    push: robot("ci", "push"),
    pull: new Map(request.environments.map((environment) => [environment, robot(`pull-${environment}`, "pull")])),
  };
}
