import * as pulumi from "@pulumi/pulumi";
import type { TenantPlan } from "../../plan/plan";
import type { ConnectedCluster } from "../cluster/contract";
import type { Delivery } from "../delivery/contract";
import type { Vault } from "../vault/vault";

/** What serves tenants: the clusters, the delivery, and a backend for each capability. */
export interface Backends {
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
  readonly delivery: Delivery;
  readonly secrets: Vault;
}

export interface TenantArgs {
  readonly plan: TenantPlan;
  readonly backends: Backends;
}

/** One tenant in all planes. */
export class Tenant extends pulumi.ComponentResource {
  constructor(name: string, { plan, backends }: TenantArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:Tenant", name, {}, opts);
    for (const request of plan.secretReaders) backends.secrets.reader(request, this);
    backends.delivery.tenant(plan, backends.clusters, this);
    this.registerOutputs({});
  }
}
