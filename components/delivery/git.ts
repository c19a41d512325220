import { RepositoryFile } from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import { tenantFile, renderManifests } from "../../model/rendering";
import type { HomePlan } from "../../plan/home";
import type { Delivery } from "./contract";

export interface GitDeliveryArgs {
  /** The cluster-management project. */
  readonly project: pulumi.Output<string>;
  readonly provider: pulumi.ProviderResource;
  /** Namespaces, and so the data in them, outlive their file. */
  readonly protect: boolean;
}

/** Flux leaves an object alone that carries this, when its file goes. */
const keep = { "kustomize.toolkit.fluxcd.io/prune": "disabled" } as const;

function objectsOf({ namespace, objects }: HomePlan, protect: boolean) {
  if (!protect) return [namespace, ...objects];
  const { metadata } = namespace;
  return [{ ...namespace, metadata: { ...metadata, annotations: { ...metadata.annotations, ...keep } } }, ...objects];
}

/** One commit for each tenant and cluster into the cluster-management project; the GitOps engine writes the objects. */
export function git({ project, provider, protect }: GitDeliveryArgs): Delivery {
  return {
    kind: "git",
    tenant: (plan, _clusters, parent) => {
      const clusters = [...new Set(plan.homes.map(({ cluster }) => cluster))];
      return clusters.map((cluster) => {
        const homes = plan.homes.filter((home) => home.cluster === cluster);
        return new RepositoryFile(
          `${cluster}/git/${plan.name}`,
          {
            project,
            branch: "main",
            filePath: tenantFile(cluster, plan.name),
            content: renderManifests(homes.flatMap((home) => objectsOf(home, protect))),
            encoding: "text",
            overwriteOnCreate: true,
            commitMessage: `Estate: tenant ${plan.name} on cluster ${cluster}`,
          },
          { parent, provider },
        );
      });
    },
  };
}
