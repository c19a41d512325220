import * as pulumi from "@pulumi/pulumi";
import type { SandboxPlan } from "../../plan/sandboxes";
import type { ConnectedCluster } from "../cluster/contract";
import { deliverHome } from "../delivery/direct";

export interface SandboxArgs {
  readonly plan: SandboxPlan;
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
}

/**
 * One person's namespace. Pulumi writes it itself, however tenants are delivered, and protects nothing of it: who is taken
 * out of the settings has it no longer, and what was tried there goes.
 */
export class Sandbox extends pulumi.ComponentResource {
  constructor(name: string, { plan, clusters }: SandboxArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:Sandbox", name, {}, opts);
    const cluster = clusters.get(plan.home.cluster);
    if (cluster === undefined)
      throw new RangeError(`the plan names cluster ${plan.home.cluster}, which is not connected`);
    deliverHome(plan.home, cluster, { protect: false, handover: false }, this);
    this.registerOutputs({});
  }
}
