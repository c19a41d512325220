import * as pulumi from "@pulumi/pulumi";
import { Provider as TlsProvider } from "@pulumi/tls/provider";
import type { DataOwner } from "../../model/aws/names";
import type { EstateFacts } from "../../model/home";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { annotation } from "../../model/labels";
import type { ServiceSecrets } from "../../model/service-secrets";
import type { ControlPlanePlan } from "../../plan/controlplane/controlplane";
import type { Client } from "../../plan/controlplane/identity";
import type { ConnectedCluster, Ground } from "../cluster/contract";
import { Manifest } from "../delivery/manifest";
import type { InstalledServices } from "./contract";
import { ManagedData, type ServiceData } from "./data";
import { GitLabService } from "./gitlab";
import { HarborService } from "./harbor";
import { OpenUnisonService } from "./openunison";
import type { SignOn } from "./sign-on";
import { VaultService } from "./vault";

export interface ControlPlaneArgs {
  readonly estate: EstateFacts;
  readonly plan: ControlPlanePlan;
  /** All clusters with their platforms. */
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
  readonly random: pulumi.ProviderResource;
  /** What a person handed over for the services. */
  readonly secrets: ServiceSecrets;
  /** Where the control plane stands, if that is on AWS. */
  readonly ground?: Ground;
}

/** Makes what is installed on the control plane: nothing at all where all is brought along. */
export function installServices(
  name: string,
  args: ControlPlaneArgs,
  opts: pulumi.ComponentResourceOptions,
): InstalledServices {
  const { entrance, identity } = args.plan;
  if (entrance === undefined && identity?.openUnison === undefined) return {};
  return new ControlPlane(name, args, opts).services;
}

/** The services that are installed on the control plane. Each hands an address and a credential to its provider. */
class ControlPlane extends pulumi.ComponentResource {
  readonly services: InstalledServices;
  private readonly cluster: ConnectedCluster;

  constructor(
    name: string,
    private readonly args: ControlPlaneArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("estate:index:ControlPlane", name, {}, opts);
    const { estate, plan, clusters, random, secrets } = args;
    const cluster = clusters.get(plan.cluster);
    if (cluster === undefined) throw new RangeError(`the plan names cluster ${plan.cluster}, which was not connected`);
    this.cluster = cluster;
    const { vault, gitlab, registry } = plan;

    const namespaces = [vault, gitlab, registry].flatMap((own) => (own === undefined ? [] : [own.namespace]));
    const made = new Map(namespaces.map((object) => [object.metadata.name, this.namespace(object)]));
    // Ready when the gateway has an address and the certificates lie where they are used: charts mount them.
    const entrance =
      plan.entrance === undefined
        ? undefined
        : this.object(plan.entrance, { [annotation.gitops]: cluster.ready }, { dependsOn: [...made.values()] });
    const place = (object: KubernetesObject) => {
      const namespace = made.get(object.metadata.name);
      if (namespace === undefined || entrance === undefined) throw new RangeError("a service has no way in");
      return {
        cluster: cluster.name,
        provider: cluster.provider,
        namespace: pulumi.all([namespace.metadata, entrance.id]).apply(([{ name: ready }]) => ready),
        random,
        protect: estate.protect,
      };
    };
    const child = { parent: this };
    const openUnison = this.openUnison(child);
    const data = this.managedData(child);
    const dataOf = (owner: DataOwner): { readonly data?: ServiceData } => {
      const own = data?.services.get(owner);
      return own === undefined ? {} : { data: own };
    };
    const signOn = (client: Client): { readonly signOn?: SignOn } => {
      const { identity } = plan;
      if (identity === undefined) return {};
      const clientId = identity.clients[client];
      const own = client === "gitlab" ? secrets.gitlabClient : secrets.harborClient;
      const clientSecret = openUnison?.clientSecrets[clientId] ?? (own === undefined ? undefined : pulumi.secret(own));
      if (clientSecret === undefined) throw new RangeError(`no secret of client ${clientId} was handed over`);
      return { signOn: { identity, clientId, clientSecret: pulumi.output(clientSecret) } };
    };
    this.services = {
      ...(vault === undefined
        ? {}
        : { vault: new VaultService("vault-service", { plan: vault, ...place(vault.namespace) }, child) }),
      ...(gitlab === undefined
        ? {}
        : {
            gitlab: new GitLabService(
              "gitlab-service",
              {
                plan: gitlab,
                secrets,
                tls: new TlsProvider("tls-provider", {}, child),
                expires: estate.credentials.expires,
                ...signOn("gitlab"),
                ...dataOf("gitlab"),
                ...place(gitlab.namespace),
              },
              child,
            ),
          }),
      ...(registry === undefined
        ? {}
        : {
            registry: new HarborService(
              "registry-service",
              { plan: registry, secrets, ...signOn("registry"), ...dataOf("harbor"), ...place(registry.namespace) },
              child,
            ),
          }),
    };
    this.registerOutputs({});
  }

  private object(
    object: KubernetesObject,
    annotations: Readonly<Record<string, pulumi.Input<string>>>,
    opts: pulumi.CustomResourceOptions = {},
  ): Manifest {
    return new Manifest(
      `${this.cluster.name}/${objectAddress(object)}`,
      { object, annotations },
      { parent: this, provider: this.cluster.provider, ...opts },
    );
  }

  /** After the engine, the roles and the guardrails of the cluster. */
  private namespace(object: KubernetesObject): Manifest {
    return this.object(object, { [annotation.gitops]: this.cluster.ready });
  }

  /** What AWS manages: it begins with the cluster's own network, beside the platform on it. */
  private managedData(child: pulumi.ComponentResourceOptions): ManagedData | undefined {
    const { plan, ground, random, estate } = this.args;
    if (plan.data === undefined) return undefined;
    if (ground === undefined) throw new RangeError("data is managed by AWS, and the control plane was not made there");
    const own = { plan: plan.data, ground, random, protect: estate.protect };
    return new ManagedData(`${plan.cluster}-data`, own, child);
  }

  private openUnison(child: pulumi.ComponentResourceOptions): OpenUnisonService | undefined {
    const { plan, clusters, random, estate, secrets } = this.args;
    const own = plan.identity?.openUnison;
    if (own === undefined) return undefined;
    if (secrets.upstreamClient === undefined)
      throw new RangeError("no secret of OpenUnison's own client was handed over");
    const { cluster } = this;
    return new OpenUnisonService(
      "openunison-service",
      {
        plan: own,
        clusters,
        cluster: cluster.name,
        provider: cluster.provider,
        namespace: this.namespace(own.namespace).metadata.apply(({ name: ready }) => ready),
        random,
        protect: estate.protect,
        upstreamSecret: pulumi.secret(secrets.upstreamClient),
      },
      child,
    );
  }
}
