import { Group, Project, RepositoryFile } from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random";
import type { EstateFacts } from "../../model/home";
import { platformGroup, pipelinesProject } from "../../model/names";
import type { Child } from "./child";
import { type ClusterManagement, makeClusterManagement } from "./cluster-management";
import type { Repositories, RepositoriesFoundation } from "./contract";
import { makeTenant } from "./tenant";

export interface GitLabArgs {
  readonly estate: EstateFacts;
  /** The files of the platform's pipelines, by path. */
  readonly pipelines: Readonly<Record<string, string>>;
  /** Makes secrets that no server makes. */
  readonly random: pulumi.ProviderResource;
}

/**
 * Pipelines of all tenants include the platform's, so everybody who can log in may read those; nothing is more open than
 * the group it is in. Tenants' own groups below are private.
 */
const openToMembers = "internal";

/**
 * The number of the group that all others are in. GitLab makes groups by numbers, and a number is nowhere to be read from
 * a path without asking the server; so a group that is there is named by its number, and otherwise the path is made.
 */
function parentGroup(name: string, { gitlab, protect }: EstateFacts, child: Child): pulumi.Output<number> {
  if (gitlab.parentId !== undefined) return pulumi.output(gitlab.parentId);
  let parentId: pulumi.Output<number> | undefined;
  for (const [index, path] of gitlab.parent.split("/").entries()) {
    const group: Group = new Group(
      `${name}-parent-${gitlab.parent
        .split("/")
        .slice(0, index + 1)
        .join("/")}`,
      {
        name: path,
        path,
        visibilityLevel: openToMembers,
        requestAccessEnabled: false,
        ...(parentId === undefined ? {} : { parentId }),
      },
      { ...child, protect },
    );
    parentId = group.id.apply(Number);
  }
  if (parentId === undefined) throw new RangeError("the parent group has no path");
  return parentId;
}

/** Addresses and Vault's roles are made from the parent's path, groups from its number: both must be of one group. */
function checkParent({ parent, parentId }: EstateFacts["gitlab"], platform: string): void {
  const above = platform.slice(0, -`/${platformGroup}`.length);
  if (above === parent) return;
  throw new pulumi.RunError(
    `estate:gitlab: the group with parentId ${String(parentId)} is "${above}", and parent says "${parent}"; let both name one group`,
  );
}

/**
 * The estate's part of a GitLab: below a group that is there, the platform's pipelines, and a group for each tenant.
 *
 * The platform's group is what an estate claims its parent with. GitLab makes a path once, so another estate is refused
 * there; and it tells the whole path, so a `parentId` that is not the `parent` of addresses and Vault's roles is found out.
 * Everything else below the parent comes after it.
 */
export class GitLab extends pulumi.ComponentResource {
  /** The server's address, once the parent is known to be this estate's. */
  readonly url: pulumi.Output<string>;
  readonly foundation: RepositoriesFoundation;
  private readonly estate: EstateFacts;
  private readonly provider: pulumi.ProviderResource;
  private readonly platform: Group;

  constructor(
    name: string,
    { estate, pipelines, random }: GitLabArgs,
    opts: pulumi.ComponentResourceOptions & { provider: pulumi.ProviderResource },
  ) {
    super("estate:index:GitLab", name, {}, opts);
    this.estate = estate;
    this.provider = opts.provider;
    const child = { parent: this, provider: opts.provider };
    const group = parentGroup(name, estate, child);
    this.platform = new Group(
      `${name}-platform`,
      {
        name: platformGroup,
        path: platformGroup,
        parentId: group,
        visibilityLevel: openToMembers,
        requestAccessEnabled: false,
      },
      child,
    );
    const claimed = this.platform.fullPath.apply((path) => checkParent(estate.gitlab, path));
    const parentId = pulumi.all([group, claimed]).apply(([id]) => id);
    this.url = claimed.apply(() => estate.gitlab.url);
    const project = new Project(
      `${name}-pipelines`,
      {
        name: pipelinesProject,
        path: pipelinesProject,
        namespaceId: this.platform.id.apply(Number),
        description: "What the pipelines of all tenants do",
        visibilityLevel: openToMembers,
        initializeWithReadme: true,
        defaultBranch: "main",
      },
      child,
    );
    const files = Object.entries(pipelines).reduce<RepositoryFile[]>((made, [filePath, content]) => {
      const before = made.at(-1);
      const file = new RepositoryFile(
        `${name}-pipelines-${filePath}`,
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
      return [...made, file];
    }, []);
    const last = files.at(-1);
    // Applications include the pipelines, so those are written before.
    const written =
      last === undefined
        ? project.pathWithNamespace
        : pulumi.all([project.pathWithNamespace, last.id]).apply(([path]) => path);
    const receivers = new RandomPassword(
      `${name}-receivers`,
      { length: 40, special: false, keepers: { issued: estate.credentials.issued } },
      { parent: this, provider: random },
    ).result;
    this.foundation = { parentId, pipelines: written, receivers };
    this.registerOutputs({ parentId });
  }

  /** The project from which clusters take their tenants, with delivery `git`. */
  clusterManagement(): ClusterManagement {
    return makeClusterManagement("gitlab", this.platform, this.estate, { parent: this, provider: this.provider });
  }
}

export interface GitLabRepositoriesArgs {
  readonly estate: EstateFacts;
  readonly foundation: RepositoriesFoundation;
  readonly provider: pulumi.ProviderResource;
}

/** What tenants have below the estate's parent group. */
export function gitlabRepositories({ estate, foundation, provider }: GitLabRepositoriesArgs): Repositories {
  return {
    kind: "gitlab",
    tenant: (request, parent) => makeTenant({ request, estate, ...foundation }, { parent, provider }),
  };
}
