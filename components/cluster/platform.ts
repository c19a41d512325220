import * as pulumi from "@pulumi/pulumi";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { annotation } from "../../model/labels";
import type { PlatformPlan } from "../../plan/platform";
import { Manifest, type ManifestArgs } from "../delivery/manifest";
import { Engine } from "../gitops/engine";
import type { ClusterConnection, ConnectedCluster } from "./contract";
import { HelmRelease } from "./release";

export interface PlatformArgs {
  readonly plan: PlatformPlan;
  readonly cluster: ClusterConnection;
}

/** What a cluster has besides tenants: releases, the GitOps engine, roles, facts and guardrails. */
export class Platform extends pulumi.ComponentResource implements ConnectedCluster {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  readonly ready: pulumi.Output<string>;

  constructor(name: string, { plan, cluster }: PlatformArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:Platform", name, {}, opts);
    this.name = cluster.name;
    this.provider = cluster.provider;
    const child = { parent: this, provider: cluster.provider };

    const namespaces = new Map(
      plan.namespaces.map((object) => [object.metadata.name, this.manifest({ object }, child)]),
    );
    const namespaceOf = (wanted: string): pulumi.Output<string> => {
      const found = namespaces.get(wanted);
      if (found === undefined) throw new RangeError(`the plan lacks the platform namespace ${wanted}`);
      return found.metadata.apply((metadata) => metadata.name);
    };

    const { gitops } = plan;
    const engine =
      gitops === undefined
        ? undefined
        : new Engine(
            `${name}-${gitops.component.toLowerCase()}`,
            { plan: gitops, namespace: namespaceOf(gitops.release.namespace), cluster: this.name },
            child,
          );
    const releases = plan.releases.map(
      (release) =>
        new HelmRelease(
          `${this.name}/release/${release.name}`,
          { plan: release, namespace: namespaceOf(release.namespace) },
          child,
        ),
    );
    // The engine is ready: it knows their kinds, and is there to take their releases away when they go. Nothing waits for
    // what they install.
    for (const object of plan.addons)
      this.manifest(
        { object, ...(engine === undefined ? {} : { annotations: { [annotation.gitops]: engine.ready } }) },
        { ...child, dependsOn: [...namespaces.values()] },
      );
    const inPlace = (object: KubernetesObject): ManifestArgs => {
      const { namespace } = object.metadata;
      return { object, ...(namespace === undefined ? {} : { namespace: namespaceOf(namespace) }) };
    };
    const guards = [...plan.objects, ...plan.guardrails].map((object) => this.manifest(inPlace(object), child));
    // One object that depends on all others, instead of every tenant's on every one of them: in a large estate that would
    // be most of the state.
    const facts = this.manifest(inPlace(plan.facts), {
      ...child,
      dependsOn: [...guards, ...releases, ...(engine === undefined ? [] : [engine])],
    });
    this.ready = pulumi.all([engine?.ready ?? plan.engine, facts.metadata]).apply(([instance]) => instance);
    this.registerOutputs({ ready: this.ready });
  }

  private manifest(args: ManifestArgs, opts: pulumi.CustomResourceOptions): Manifest {
    return new Manifest(`${this.name}/${objectAddress(args.object)}`, args, opts);
  }
}
