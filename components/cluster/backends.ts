import type * as pulumi from "@pulumi/pulumi";
import type { ClusterAccesses } from "../../model/cluster-access";
import type { ClusterConnection as ConnectionPlan } from "../../plan/connection";
import type { ClusterPlan } from "../../plan/plan";
import type { ClusterConnection } from "./contract";
import { EksCluster } from "./eks";
import { GivenEksCluster } from "./eks-connection";
import { ExistingCluster } from "./existing";
import type { Verified } from "./identity";

/** What backends have besides a cluster's plan. */
export interface Surroundings {
  readonly protect: boolean;
  /** Take objects over that are there already. */
  readonly adopt: boolean;
  /** How to reach the clusters that were brought along. */
  readonly access: ClusterAccesses;
  readonly verified: Verified;
  /** In a stack of tenants, how the clusters are spoken to that the platform made. */
  readonly given?: ReadonlyMap<string, pulumi.Output<string>>;
  /** There where a cluster is made on AWS. */
  readonly aws?: pulumi.ProviderResource;
}

/** Comes by one cluster. */
type Backend<Plan> = (
  plan: Plan,
  cluster: ClusterPlan,
  around: Surroundings,
  parent: pulumi.Resource,
) => ClusterConnection;

/** The kinds of cluster there are: each is a file, and a name here. */
const backends: { readonly [Kind in ConnectionPlan["kind"]]: Backend<Extract<ConnectionPlan, { kind: Kind }>> } = {
  existing: (plan, { name }, { access, adopt, verified }, parent) => {
    const own = access[name];
    if (own === undefined) throw new RangeError(`no access to cluster ${name} was handed over`);
    return new ExistingCluster(name, { plan, access: own, adopt, verified }, { parent });
  },
  eks: (plan, { name }, { protect, adopt, verified, given, aws }, parent) => {
    const kubeconfig = given?.get(name);
    if (kubeconfig !== undefined) return new GivenEksCluster({ name, plan, kubeconfig, adopt, verified });
    if (aws === undefined) throw new RangeError(`cluster ${name} is neither made here nor handed over`);
    return new EksCluster(name, { plan, protect, adopt }, { parent, provider: aws });
  },
};

/** Comes by a cluster in the way of its kind. */
export function connect(cluster: ClusterPlan, around: Surroundings, parent: pulumi.Resource): ClusterConnection {
  const { connection } = cluster;
  // The kind picks the backend that takes this very plan; TypeScript does not follow a union through a table.
  const backend = backends[connection.kind] as Backend<ConnectionPlan>;
  return backend(connection, cluster, around, parent);
}
