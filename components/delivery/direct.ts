import type * as pulumi from "@pulumi/pulumi";
import { objectAddress } from "../../model/kubernetes";
import { annotation } from "../../model/labels";
import { placesOf, type HomePlan } from "../../plan/home";
import type { ConnectedCluster } from "../cluster/contract";
import { holding, type Delivery } from "./contract";
import { Manifest } from "./manifest";

export interface DirectDeliveryArgs {
  /** Namespaces are protected from deletion. */
  readonly protect: boolean;
  /** Git holds the same objects, in the step from one delivery to the other. */
  readonly handover: boolean;
}

/** Pulumi writes one namespace and what is in it. */
function deliverPlace(
  { namespace, objects }: Pick<HomePlan, "namespace" | "objects">,
  cluster: ConnectedCluster,
  { protect, handover }: DirectDeliveryArgs,
  parent: pulumi.ComponentResource,
): Manifest {
  // In the step between, Pulumi lets go of what Git holds as well: nothing is deleted when the resources go.
  const child = { parent, provider: cluster.provider, retainOnDelete: handover };
  const created = new Manifest(
    `${cluster.name}/${objectAddress(namespace)}`,
    { object: namespace, annotations: { [annotation.gitops]: cluster.ready } },
    { ...child, protect },
  );
  const name = created.metadata.apply((metadata) => metadata.name);
  for (const object of objects) {
    const inside = object.metadata.namespace === namespace.metadata.name;
    new Manifest(
      `${cluster.name}/${objectAddress(object)}`,
      inside ? { object, namespace: name } : { object },
      // What lives in the namespace dies with it; what serves it from outside comes after it and goes before it.
      {
        ...child,
        ...(inside ? { deletedWith: created } : { dependsOn: created }),
        ...(holding.has(object.kind) ? { protect } : {}),
      },
    );
  }
  return created;
}

/** Pulumi writes the objects of one home, and of the namespace beside it. */
export function deliverHome(
  home: HomePlan,
  cluster: ConnectedCluster,
  args: DirectDeliveryArgs,
  parent: pulumi.ComponentResource,
): readonly Manifest[] {
  return placesOf(home).map((place) => deliverPlace(place, cluster, args, parent));
}

/** Pulumi writes every object: all of them are in the preview. */
export function direct(args: DirectDeliveryArgs): Delivery {
  return {
    kind: "direct",
    tenant: (plan, clusters, parent) =>
      plan.homes.flatMap((home) => {
        const cluster = clusters.get(home.cluster);
        if (cluster === undefined)
          throw new RangeError(`the plan names cluster ${home.cluster}, which was not connected`);
        return deliverHome(home, cluster, args, parent);
      }),
  };
}
