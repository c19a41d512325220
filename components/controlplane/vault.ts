import * as pulumi from "@pulumi/pulumi";
import { vaultNamespace, type VaultPlan } from "../../plan/controlplane/vault";
import { HelmRelease } from "../cluster/release";
import type { VaultAccess } from "./contract";
import { afterJob, ServiceObjects, type ServicePlaceArgs } from "./place";

export interface VaultServiceArgs extends ServicePlaceArgs {
  readonly plan: VaultPlan;
}

/** A Vault on the control plane: chart, first credential, and the Job that makes it work and revokes the root token. */
export class VaultService extends pulumi.ComponentResource implements VaultAccess {
  readonly address: pulumi.Output<string>;
  readonly mount: string;
  readonly user: string;
  readonly password: pulumi.Output<string>;

  constructor(name: string, args: VaultServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:VaultService", name, {}, opts);
    const { plan, cluster, namespace, provider } = args;
    const own = new ServiceObjects(args, this);
    this.mount = plan.login.mount;
    this.user = plan.login.user;
    this.password = own.chosen(`${name}-password`, 40).result;
    const credential = own.secret(plan.credential.secret, vaultNamespace, { [plan.credential.key]: this.password });
    const objects = plan.objects.map((object) => own.object(object));
    const release = new HelmRelease(
      `${cluster}/release/${plan.release.name}`,
      { plan: plan.release, namespace },
      { parent: this, provider, protect: args.protect },
    );
    // The Job talks to what the release brought, with what the others hold.
    const job = own.object(plan.job, { dependsOn: [release, credential, ...objects], deleteBeforeReplace: true });
    this.address = afterJob(job, plan.address);
    this.registerOutputs({ address: this.address });
  }
}
