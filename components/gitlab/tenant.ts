import { Group, GroupShareGroup, Project, RepositoryFile } from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import { createHmac } from "node:crypto";
import type { TenantRepositories } from "../../model/capability";
import type { EstateFacts, Generation } from "../../model/home";
import { leftToOthers } from "../../model/foreign-fields";
import { repositoryLevel } from "../../model/people";
import { pipelineInclude } from "../../model/pipeline";
import type { RepositoriesFoundation, RepositoryCredentials } from "./contract";
import { addMembers } from "./membership";
import type { Child } from "./child";
import { makeOperations } from "./operations";

export interface TenantGroupArgs extends RepositoriesFoundation {
  readonly request: TenantRepositories;
  readonly estate: EstateFacts;
}

const roleNames = ["owners", "developers", "operations"] as const;

const numberOf = (group: Group): pulumi.Output<number> => group.id.apply(Number);

function makeGroups(name: string, { request, estate, parentId }: TenantGroupArgs, child: Child): Group {
  const closed = { visibilityLevel: "private", requestAccessEnabled: false, preventForkingOutsideGroup: false };
  const tenant = new Group(
    name,
    {
      ...closed,
      name: request.displayName,
      path: request.tenant,
      parentId,
      description: `Tenant ${request.tenant} of estate ${estate.name}`,
      // Applications' default branches: developers merge, nobody forces.
      defaultBranchProtectionDefaults: {
        allowForcePush: false,
        allowedToMerges: ["developer"],
        allowedToPushes: ["developer"],
        developerCanInitialPush: true,
      },
    },
    { ...child, protect: estate.protect },
  );
  const roles = new Group(
    `${name}/roles`,
    { ...closed, name: "roles", path: "roles", parentId: numberOf(tenant) },
    child,
  );
  for (const role of roleNames) {
    const group = new Group(
      `${name}/roles/${role}`,
      { ...closed, name: role, path: role, parentId: numberOf(roles) },
      child,
    );
    addMembers(`${name}/roles/${role}`, group, role, request.roles[role], child);
    const groupAccess = repositoryLevel(request.people, role);
    if (groupAccess === undefined) continue;
    new GroupShareGroup(
      `${name}-share-${role}`,
      {
        groupId: tenant.id,
        shareGroupId: numberOf(group),
        groupAccess,
      },
      // A level changes by replacement, and a group is invited once.
      { ...child, deleteBeforeReplace: true },
    );
  }
  return tenant;
}

function makeApplications(
  name: string,
  { request, estate, pipelines }: TenantGroupArgs,
  group: Group,
  child: Child,
): void {
  for (const application of request.applications) {
    // An existing project stays its owners'; a product's repository is not the tenant's at all.
    if (application.source.kind !== "own") continue;
    const project = new Project(
      `${name}/${application.name}`,
      {
        name: application.name,
        path: application.name,
        namespaceId: numberOf(group),
        visibilityLevel: "private",
        initializeWithReadme: true,
        defaultBranch: "main",
        onlyAllowMergeIfPipelineSucceeds: true,
        ciForwardDeploymentEnabled: true,
      },
      { ...child, protect: estate.protect },
    );
    new RepositoryFile(
      `${name}/${application.name}/.gitlab-ci.yml`,
      {
        project: project.id,
        branch: "main",
        filePath: ".gitlab-ci.yml",
        content: pipelines.apply((path) => pipelineInclude(path)),
        encoding: "text",
        overwriteOnCreate: true,
        commitMessage: "Estate: include the platform's pipeline",
      },
      // The team's file from then on.
      { ...child, ignoreChanges: leftToOthers("gitlab:index/repositoryFile:RepositoryFile .gitlab-ci.yml") },
    );
  }
}

function makePage(name: string, { request }: TenantGroupArgs, group: Group, child: Child): void {
  // GitLab shows the README of a group's project of this name on the group's own page.
  const project = new Project(
    `${name}/gitlab-profile`,
    {
      name: "gitlab-profile",
      path: "gitlab-profile",
      namespaceId: numberOf(group),
      visibilityLevel: "private",
      initializeWithReadme: true,
      defaultBranch: "main",
    },
    child,
  );
  let before: RepositoryFile | undefined;
  for (const [filePath, content] of Object.entries(request.page)) {
    before = new RepositoryFile(
      `${name}/gitlab-profile/${filePath}`,
      {
        project: project.id,
        branch: "main",
        filePath,
        content,
        encoding: "text",
        overwriteOnCreate: true,
        commitMessage: `Estate: ${filePath}`,
      },
      // Two commits to one branch at once lose one of them.
      { ...child, ...(before === undefined ? {} : { dependsOn: before }) },
    );
  }
}

/** A tenant's group, its roles as subgroups, its applications, and the repositories of its environments. */
export function makeTenant(args: TenantGroupArgs, child: Child): RepositoryCredentials {
  const { request } = args;
  const name = `gitlab/${request.tenant}`;
  const group = makeGroups(name, args, child);
  makeApplications(name, args, group, child);
  makePage(name, args, group, child);

  // One for the tenant, from which none of another's can be made: each receiver's address is made from it, its own name
  // and its namespace. A rotation makes another one from the same key, which leaves the state for nobody.
  const receiverToken = request.credentials
    ? ({ mark }: Generation) =>
        args.receivers.apply((key) =>
          createHmac("sha256", key)
            .update(mark === "" ? request.tenant : `${request.tenant}/${mark}`)
            .digest("hex"),
        )
    : undefined;
  return makeOperations({ ...args, name, group, receiverToken }, child);
}
