import { Release } from "@pulumi/kubernetes/helm/v3";
import type * as pulumi from "@pulumi/pulumi";
import type { ReleasePlan } from "../../plan/platform";

export interface HelmReleaseArgs {
  readonly plan: ReleasePlan;
  /** The namespace's name, from the resource that makes it. */
  readonly namespace: pulumi.Output<string>;
}

/** A release that Pulumi installs, hardened: pinned, and waiting for pods only where the same run talks to them. */
export class HelmRelease extends Release {
  constructor(name: string, { plan, namespace }: HelmReleaseArgs, opts: pulumi.CustomResourceOptions) {
    super(
      name,
      {
        name: plan.name,
        namespace,
        chart: plan.chart,
        version: plan.version,
        ...(plan.repository === undefined ? {} : { repositoryOpts: { repo: plan.repository } }),
        values: plan.values,
        ...(plan.wait === undefined
          ? { skipAwait: true }
          : { skipAwait: false, timeout: plan.wait.seconds, waitForJobs: plan.wait.jobs }),
      },
      opts,
    );
  }
}
