import { Provider } from "@pulumi/kubernetes/provider";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccess, ClusterAccesses } from "../../model/cluster-access";
import type { ClusterPlan } from "../../plan/plan";
import { ExistingObject } from "../delivery/manifest";

/** What every provider that writes waits for: nothing is written anywhere before all clusters are known to be the right ones. */
export type Verified = pulumi.Output<true>;

export interface ClusterIdentitiesArgs {
  readonly clusters: readonly ClusterPlan[];
  readonly access: ClusterAccesses;
}

/**
 * The one live read of the program: the UID of `kube-system` of each pinned cluster, by providers that write nothing.
 * Another cluster behind a context stops the run before its first write.
 */
export class ClusterIdentities extends pulumi.ComponentResource {
  readonly verified: Verified;

  constructor(name: string, { clusters, access }: ClusterIdentitiesArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:ClusterIdentities", name, {}, opts);
    const checks = clusters.flatMap(({ name: cluster, connection }) => {
      const own = access[cluster];
      // One that Estate makes is new by construction: only what stands behind a context can be another.
      if (connection.kind !== "existing" || connection.uid === undefined || own === undefined) return [];
      return [this.check(cluster, own, connection.uid)];
    });
    this.verified = pulumi.all(checks).apply(() => true as const);
    this.registerOutputs({});
  }

  private check(cluster: string, { context, kubeconfig }: ClusterAccess, uid: string): Verified {
    const reader = new Provider(
      `${cluster}-reader`,
      { context, kubeconfig: pulumi.secret(kubeconfig), clusterIdentifier: `${cluster}-reader` },
      { parent: this },
    );
    const system = new ExistingObject(`${cluster}-identity`, { apiVersion: "v1", kind: "Namespace" }, "kube-system", {
      parent: this,
      provider: reader,
    });
    return system.metadata.apply((metadata): true => {
      if (metadata.uid === uid) return true;
      // What is thrown comes out behind the names of all inputs that waited for it: the report stands by itself.
      void pulumi.log.error(
        `cluster ${cluster}: context "${context}" leads to a cluster whose kube-system has UID ${String(metadata.uid)}, and the settings pin ${uid}; ` +
          `point the context at the right cluster, or write the new UID at estate:clusters, ${cluster}.uid, if the cluster was replaced`,
        this,
      );
      throw new pulumi.RunError(`cluster ${cluster} is another one; nothing is written`);
    });
  }
}
