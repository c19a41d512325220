import * as pulumi from "@pulumi/pulumi";
import { objectAddress } from "../../model/kubernetes";
import { annotation, platformLabels } from "../../model/labels";
import { fluxNamespace } from "../../model/platform";
import { clusterManagementSecret, type GitDeliveryPlan } from "../../plan/delivery";
import type { ConnectedCluster } from "../cluster/contract";
import type { ClusterManagement } from "../gitlab/cluster-management";
import { Manifest } from "./manifest";

export interface DeliverySourceArgs {
  readonly plan: GitDeliveryPlan;
  readonly cluster: ConnectedCluster;
  readonly management: ClusterManagement;
}

/** What makes one cluster take its tenants from the cluster-management project. */
export class DeliverySource extends pulumi.ComponentResource {
  constructor(name: string, { plan, cluster, management }: DeliverySourceArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:DeliverySource", name, {}, opts);
    const child = { parent: this, provider: cluster.provider };
    const secret = new Manifest(
      `${cluster.name}/${fluxNamespace}/Secret/${clusterManagementSecret}`,
      {
        object: {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: clusterManagementSecret, namespace: fluxNamespace, labels: platformLabels },
          type: "Opaque",
        },
        // The one credential that cannot come by way of Vault: what it reads is what brings the stores that read Vault.
        secrets: { username: management.username, password: management.password },
      },
      child,
    );
    // The engine's name is an input: its CRDs are there, and it is there to prune when this goes.
    const after = { annotations: { [annotation.gitops]: cluster.ready } };
    const source = new Manifest(
      `${cluster.name}/${objectAddress(plan.source)}`,
      { object: plan.source, ...after },
      { ...child, dependsOn: secret },
    );
    new Manifest(
      `${cluster.name}/${objectAddress(plan.reconciliation)}`,
      { object: plan.reconciliation, ...after },
      { ...child, dependsOn: source },
    );
    this.registerOutputs({});
  }
}
