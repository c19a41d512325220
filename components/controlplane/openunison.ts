import * as pulumi from "@pulumi/pulumi";
import { objectAddress } from "../../model/kubernetes";
import type { ReleasePlan } from "../../plan/platform";
import {
  satelliteKey,
  openUnisonNamespace,
  type OpenUnisonCluster,
  type OpenUnisonPlan,
} from "../../plan/controlplane/openunison";
import type { ConnectedCluster } from "../cluster/contract";
import { HelmRelease } from "../cluster/release";
import { Manifest } from "../delivery/manifest";
import { ServiceObjects, type ServicePlaceArgs } from "./place";

export interface OpenUnisonServiceArgs extends ServicePlaceArgs {
  readonly plan: OpenUnisonPlan;
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
  /** Secret of the client at the provider where people log in. */
  readonly upstreamSecret: pulumi.Output<string>;
}

/** OpenUnison on the control plane, then a satellite on each other cluster. */
export class OpenUnisonService extends pulumi.ComponentResource {
  /** Secrets of the services that are its clients, by their names. */
  readonly clientSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Known once its webhook answers and the services are its clients. */
  readonly ready: pulumi.Output<string>;

  constructor(name: string, args: OpenUnisonServiceArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:OpenUnisonService", name, {}, opts);
    const { plan, cluster, namespace } = args;
    const own = new ServiceObjects(args, this);
    const chosen = Object.fromEntries(
      plan.secret.chosen.map((key) => [key, own.chosen(`${name}-${key}`, 32, { lasting: true }).result]),
    );
    this.clientSecrets = Object.fromEntries(
      Object.entries(chosen).flatMap(([key, value]) => (key.startsWith("client-") ? [[key.slice(7), value]] : [])),
    );
    const secret = own.secret(plan.secret.name, openUnisonNamespace, {
      ...chosen,
      [plan.secret.upstream]: args.upstreamSecret,
    });
    const last = this.chain(plan.plane, namespace, args.provider, [secret]);
    for (const member of plan.members) {
      new HelmRelease(
        `${cluster}/release/${member.name}`,
        { plan: member, namespace: last.namespace },
        { parent: this, provider: args.provider },
      );
    }
    const trusts = plan.trusts.map((object) =>
      // Its own webhook judges them, so the release that waits for that comes first.
      own.object(object, { dependsOn: last }),
    );
    for (const satellite of plan.satellites)
      this.satellite(satellite, args, chosen[satelliteKey(satellite.cluster)], last, own);
    this.ready = pulumi.all(trusts.map((trust) => trust.id)).apply(([id]) => id ?? "");
    this.registerOutputs({ ready: this.ready });
  }

  /** Releases one after the other; gives the last. */
  private chain(
    { cluster, releases }: OpenUnisonCluster,
    namespace: pulumi.Output<string>,
    provider: pulumi.ProviderResource,
    after: readonly pulumi.Resource[],
  ): HelmRelease {
    const made = releases.reduce<HelmRelease[]>((before, plan: ReleasePlan) => {
      const previous = before.at(-1);
      const release = new HelmRelease(
        `${cluster}/release/${plan.name}`,
        // Each takes its namespace from the one before: that is the order.
        { plan, namespace: previous === undefined ? namespace : previous.namespace },
        { parent: this, provider, ...(previous === undefined ? { dependsOn: [...after] } : {}) },
      );
      return [...before, release];
    }, []);
    const last = made.at(-1);
    if (last === undefined) throw new RangeError(`OpenUnison has no releases on cluster ${cluster}`);
    return last;
  }

  private satellite(
    plan: OpenUnisonCluster,
    { clusters, plan: whole }: OpenUnisonServiceArgs,
    clientSecret: pulumi.Output<string> | undefined,
    after: pulumi.Resource,
    own: ServiceObjects,
  ): void {
    const chosen = (part: string): pulumi.Output<string> =>
      own.chosen(`openunison-${plan.cluster}-${part}`, 32, { lasting: true }).result;
    const cluster = clusters.get(plan.cluster);
    if (cluster === undefined || clientSecret === undefined)
      throw new RangeError(`the plan names cluster ${plan.cluster}, which was not connected`);
    const child = { parent: this, provider: cluster.provider };
    const made = new Manifest(
      `${cluster.name}/${objectAddress(whole.namespace)}`,
      { object: whole.namespace },
      // The control plane's answers first: the satellite trusts its issuer.
      { ...child, dependsOn: after },
    );
    const namespace = made.metadata.apply(({ name: ready }) => ready);
    const secret = new Manifest(
      `${cluster.name}/${openUnisonNamespace}/Secret/${whole.secret.name}`,
      {
        object: {
          apiVersion: "v1",
          kind: "Secret",
          metadata: { name: whole.secret.name, namespace: openUnisonNamespace },
          type: "Opaque",
        },
        namespace,
        secrets: {
          [whole.secret.upstream]: clientSecret,
          K8S_DB_SECRET: chosen("k8s-db"),
          unisonKeystorePassword: chosen("keystore"),
        },
      },
      child,
    );
    this.chain(plan, namespace, cluster.provider, [secret]);
  }
}
