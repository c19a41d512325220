import * as pulumi from "@pulumi/pulumi";
import { objectAddress } from "../../model/kubernetes";
import { HelmRelease } from "../cluster/release";
import { Manifest } from "../delivery/manifest";
import type { GitOps, GitOpsArgs } from "./contract";

/** The GitOps engine on a cluster: a release, and the object by which it is configured. Which engine, the plan says. */
export class Engine extends pulumi.ComponentResource implements GitOps {
  readonly ready: pulumi.Output<string>;

  constructor(
    name: string,
    { plan, namespace, cluster }: GitOpsArgs,
    opts: pulumi.ComponentResourceOptions & { provider: pulumi.ProviderResource },
  ) {
    super(`estate:index:${plan.component}`, name, {}, opts);
    const child = { parent: this, provider: opts.provider };
    const operator = new HelmRelease(
      `${cluster}/release/${plan.release.name}`,
      { plan: plan.release, namespace },
      child,
    );
    const instance = new Manifest(
      `${cluster}/${objectAddress(plan.instance)}`,
      // The release's own namespace: the instance needs the release's CRDs, and must be gone before the release is.
      { object: plan.instance, namespace: operator.namespace },
      child,
    );
    this.ready = instance.metadata.apply(({ name: instanceName }) => instanceName);
    this.registerOutputs({ ready: this.ready });
  }
}
