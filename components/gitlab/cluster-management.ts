import { type Group, Project, ProjectDeployToken } from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { generationsOf, inUse, type EstateFacts } from "../../model/home";
import { clusterManagementProject } from "../../model/names";
import type { Child } from "./child";

/** The project from which the clusters' GitOps engines take what tenants have on them. Nobody writes to it by hand. */
export interface ClusterManagement {
  /** Number of the project, as text. */
  readonly project: pulumi.Output<string>;
  /** How the engines read it. */
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/** Makes the cluster-management project in the platform's group. */
export function makeClusterManagement(
  name: string,
  platform: Group,
  estate: EstateFacts,
  child: Child,
): ClusterManagement {
  const project = new Project(
    `${name}-${clusterManagementProject}`,
    {
      name: clusterManagementProject,
      path: clusterManagementProject,
      namespaceId: platform.id.apply(Number),
      description: "What tenants have on each cluster: written by Estate, applied by the clusters",
      visibilityLevel: "private",
      initializeWithReadme: true,
      defaultBranch: "main",
    },
    { ...child, protect: estate.protect },
  );
  const token = inUse(
    generationsOf(estate.credentials),
    ({ expires, mark }) =>
      new ProjectDeployToken(
        `${name}-${clusterManagementProject}-delivery${mark}`,
        {
          project: project.id,
          name: "flux",
          username: "flux-clusters",
          scopes: ["read_repository"],
          expiresAt: `${expires}T00:00:00.000Z`,
        },
        child,
      ),
  );
  return { project: pulumi.output(project.id), username: token.username, password: token.token };
}
