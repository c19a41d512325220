import { RepositoryFile } from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../../model/kubernetes";
import { tenantFile, renderManifests } from "../../model/rendering";
import { placesOf, type HomePlan } from "../../plan/home";
import { holding, type Delivery } from "./contract";

export interface GitDeliveryArgs {
  /** The cluster-management project. */
  readonly project: pulumi.Output<string>;
  readonly provider: pulumi.ProviderResource;
  /** On namespaces, and so for the data in them, where they outlive their file: the engine leaves alone what carries it. */
  readonly keep?: Readonly<Record<string, string>> | undefined;
}

function objectsOf(
  { namespace, objects }: Pick<HomePlan, "namespace" | "objects">,
  keep: GitDeliveryArgs["keep"],
): KubernetesObject[] {
  if (keep === undefined) return [namespace, ...objects];
  const kept = (object: KubernetesObject): KubernetesObject => {
    const { metadata } = object;
    return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...keep } } };
  };
  return [kept(namespace), ...objects.map((object) => (holding.has(object.kind) ? kept(object) : object))];
}

/** One commit for each tenant and cluster into the cluster-management project; the GitOps engine writes the objects. */
export function git({ project, provider, keep }: GitDeliveryArgs): Delivery {
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
            content: renderManifests(homes.flatMap(placesOf).flatMap((place) => objectsOf(place, keep))),
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
