import { RepositoryFile } from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../../model/kubernetes";
import { tenantFile, renderManifests } from "../../model/rendering";
import type { HomePlan } from "../../plan/home";
import { placesOf } from "../../plan/invariants";
import { holding, type Delivery } from "./contract";

export interface GitDeliveryArgs {
  /** The cluster-management project. */
  readonly project: pulumi.Output<string>;
  readonly provider: pulumi.ProviderResource;
  /** Namespaces, and so the data in them, outlive their file. */
  readonly protect: boolean;
}

/** Flux leaves an object alone that carries this, when its file goes. */
const keep = { "kustomize.toolkit.fluxcd.io/prune": "disabled" } as const;

const kept = (object: KubernetesObject): KubernetesObject => {
  const { metadata } = object;
  return { ...object, metadata: { ...metadata, annotations: { ...metadata.annotations, ...keep } } };
};

function objectsOf({ namespace, objects }: Pick<HomePlan, "namespace" | "objects">, protect: boolean) {
  if (!protect) return [namespace, ...objects];
  return [kept(namespace), ...objects.map((object) => (holding.has(object.kind) ? kept(object) : object))];
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
            content: renderManifests(homes.flatMap(placesOf).flatMap((place) => objectsOf(place, protect))),
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
