import { UserRunner } from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { objectAddress } from "../../model/kubernetes";
import { annotation, platformLabels } from "../../model/labels";
import { runnerNamespace, runnerSecret, type RunnerPlan } from "../../plan/controlplane/gitlab-runner";
import type { ConnectedCluster } from "../cluster/contract";
import { HelmRelease } from "../cluster/release";
import { Manifest } from "../delivery/manifest";

export interface GitLabRunnerArgs {
  readonly plan: RunnerPlan;
  readonly cluster: ConnectedCluster;
  readonly gitlab: pulumi.ProviderResource;
}

/** A runner for all projects of the GitLab that is installed: made there, and run beside it. Nothing waits for it. */
export class GitLabRunner extends pulumi.ComponentResource {
  constructor(name: string, { plan, cluster, gitlab }: GitLabRunnerArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:GitLabRunner", name, {}, opts);
    const child = { parent: this, provider: cluster.provider };
    const runner = new UserRunner(
      name,
      { runnerType: "instance_type", untagged: true, description: "Estate" },
      { parent: this, provider: gitlab },
    );
    const made = new Manifest(
      `${cluster.name}/${objectAddress(plan.namespace)}`,
      { object: plan.namespace, annotations: { [annotation.gitops]: cluster.ready } },
      child,
    );
    const namespace = made.metadata.apply(({ name: ready }) => ready);
    const secret = new Manifest(
      `${cluster.name}/${runnerNamespace}/Secret/${runnerSecret}`,
      {
        object: {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: runnerSecret, namespace: runnerNamespace, labels: platformLabels },
          type: "Opaque",
        },
        namespace,
        // The chart asks for both; the second is of the way in which runners registered themselves.
        secrets: { "runner-token": runner.token, "runner-registration-token": "" },
      },
      child,
    );
    new HelmRelease(
      `${cluster.name}/release/${plan.release.name}`,
      { plan: plan.release, namespace },
      { ...child, dependsOn: secret },
    );
    this.registerOutputs({});
  }
}
