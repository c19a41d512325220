import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccesses } from "../model/cluster-access";
import { currentOf, generationsOf } from "../model/home";
import type { ServiceSecrets } from "../model/service-secrets";
import type { Grant, PlatformGrant } from "../plan/access";
import type { ClusterPlan, EstatePlan } from "../plan/plan";
import { awsProvider } from "./aws/provider";
import { connect } from "./cluster/backends";
import type { ClusterConnection } from "./cluster/contract";
import { ClusterIdentities, type Verified } from "./cluster/identity";
import { Platform } from "./cluster/platform";
import { trustControlPlane } from "./cluster/trust";
import type { InstalledServices } from "./controlplane/contract";
import { installServices } from "./controlplane/controlplane";
import { GitLabRunner } from "./controlplane/gitlab-runner";
import { DeliverySource } from "./delivery/source";
import { type Foundation, handOver, type Handover } from "./foundation";
import { bringCentral, type CentralPlaces } from "./gitops/central";
import { GitLab } from "./gitlab/gitlab";
import { makeProviders, makeRandom, type Providers } from "./providers";
import { trustPipelines } from "./registry/ecr";
import { Sandbox } from "./sandbox/sandbox";
import { serving } from "./serving";
import { Tenant } from "./tenant/tenant";
import { VaultSecrets } from "./vault/secrets";
import { Vault } from "./vault/vault";

export interface EstateArgs {
  readonly plan: EstatePlan;
  /** How to reach the clusters that were brought along, by cluster. Holds credentials, so it is no part of the plan. */
  readonly access: ClusterAccesses;
  /** What a person handed over for services that are installed; no part of the plan either. */
  readonly secrets?: ServiceSecrets;
  /** What a stack of tenants stands on; all others make it. */
  readonly foundation?: Foundation;
}

/** What the stack shows: plain facts of the plan, and what only the run knows. */
export interface EstateOutputs extends Partial<Handover> {
  /** API server of each cluster, and the ring in which changes come to it. */
  readonly clusters: Readonly<Record<string, { readonly server: pulumi.Output<string>; readonly ring: number }>>;
  /** Where secrets are: Vault's address, and the estate's mount in it. */
  readonly secrets: { readonly address: string; readonly mount: pulumi.Output<string> };
  /** Each tenant's state and namespaces by environment: `<cluster>/<namespace>`. */
  readonly tenants: Readonly<
    Record<string, { readonly state: string; readonly namespaces: Readonly<Record<string, readonly string[]>> }>
  >;
  /** The GitOps engine, and whether another may take over in the next run. */
  readonly gitops: { readonly kind: string; readonly leaves: boolean };
  /** Who has which role where. */
  readonly accessMatrix: readonly Grant[];
  /** The same outside of tenants: the platform's own people on whole clusters, and persons in their sandboxes. */
  readonly platformAccess: readonly PlatformGrant[];
}

/** A cluster that can be written to. */
interface Connected {
  readonly plan: ClusterPlan;
  readonly connection: ClusterConnection;
}

/** The root component: walks the plan. The only place where the order between parts is written. */
export class Estate extends pulumi.ComponentResource {
  readonly outputs: EstateOutputs;

  constructor(
    name: string,
    { plan, access, secrets = {}, foundation: given }: EstateArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("estate:index:Estate", name, {}, opts);
    const child = { parent: this };
    const { verified } = new ClusterIdentities("clusters", { clusters: plan.clusters, access }, child);
    const random = makeRandom();

    const aws = accountProvider(plan, verified, given === undefined);
    const around = {
      protect: plan.estate.protect,
      adopt: plan.delivery === "handover",
      access,
      verified,
      ...(given === undefined ? {} : { given: given.kubeconfigs }),
      ...(aws === undefined ? {} : { aws }),
    };
    const connections = plan.clusters.map((cluster): Connected => ({
      plan: cluster,
      connection: connect(cluster, around, this),
    }));
    if (given === undefined) trustControlPlane(connections, this);
    const platforms = given === undefined ? this.platforms(connections) : [];
    if (given === undefined) this.addons(connections, platforms);
    const services = given === undefined ? this.services(plan, platforms, connections, { random, secrets }) : {};
    const providers = makeProviders(plan.estate, verified, services, random);
    const foundation = given ?? this.raise(plan, connections, platforms, providers);
    this.runner(plan, platforms, providers);
    const { registry } = plan.estate;
    const trusted =
      registry.kind === "ecr" && aws !== undefined && given === undefined
        ? trustPipelines(registry, { ...child, provider: aws })
        : [];
    const tenantBackends = serving(
      plan,
      connections.map(({ connection }) => connection),
      foundation,
      { providers, random, aws, trusted },
    );
    for (const sandbox of plan.sandboxes)
      new Sandbox(sandbox.name, { plan: sandbox, clusters: tenantBackends.clusters }, { parent: this });
    // Tenants stand beside the platform in the tree, not below it: an address says the same in a stack of tenants alone.
    // What is left of a removed one is its name: protected, so that a run without its file stops instead of setting it free.
    for (const tenant of plan.tenants)
      new Tenant(
        `tenant-${tenant.name}`,
        { plan: tenant, backends: tenantBackends },
        tenant.state === "removed" ? { protect: true } : {},
      );

    this.outputs = {
      clusters: Object.fromEntries(
        connections.map(({ plan: { ring }, connection }) => [connection.name, { server: connection.server, ring }]),
      ),
      secrets: { address: plan.estate.vaultAddress, mount: foundation.secrets.mount },
      tenants: Object.fromEntries(
        plan.tenants.map((tenant) => [tenant.name, { state: tenant.state, namespaces: namespaces(tenant.homes) }]),
      ),
      gitops: { kind: plan.estate.gitops.kind, leaves: plan.estate.gitops.leaves },
      accessMatrix: plan.tenants.flatMap((tenant) => tenant.access),
      platformAccess: plan.access,
      ...(plan.scope.kind === "platform" ? handOver(foundation) : {}),
    };
    // The policy pack asks for it (policy/rules/protected-data.ts).
    this.registerOutputs({ protect: plan.estate.protect });
  }

  /** What each cluster has besides tenants. */
  private platforms(connections: readonly Connected[]): Platform[] {
    return connections.map(
      ({ plan: { name, platform }, connection }) =>
        new Platform(`${name}-platform`, { plan: platform, cluster: connection }, { parent: this }),
    );
  }

  /** What an engine on one cluster has there, so that it installs the others' addons. */
  private addons(connections: readonly Connected[], platforms: readonly Platform[]): void {
    const places = placesOf(connections, platforms);
    for (const { plan } of connections) {
      if (plan.platform.central === undefined) continue;
      const homes = platforms.filter(({ name }) => name === plan.name);
      bringCentral(plan.platform.central, places, { parent: this, homes });
    }
  }

  /** Services that are installed on the control plane: the providers take their addresses from here. */
  private services(
    { estate, controlPlane }: EstatePlan,
    platforms: readonly Platform[],
    connections: readonly Connected[],
    { random, secrets }: { readonly random: pulumi.ProviderResource; readonly secrets: ServiceSecrets },
  ): InstalledServices {
    const clusters = new Map(platforms.map((platform) => [platform.name, platform]));
    const ground = connections.find(({ connection: { name } }) => name === controlPlane.cluster)?.connection.ground;
    return installServices(
      "control-plane-services",
      { estate, plan: controlPlane, clusters, random, secrets, ...(ground === undefined ? {} : { ground }) },
      { parent: this },
    );
  }

  /** A runner, where a GitLab is installed with one. It needs both the provider that this GitLab gave and its cluster. */
  private runner({ controlPlane }: EstatePlan, platforms: readonly Platform[], providers: Providers): void {
    const plan = controlPlane.gitlab?.runner;
    const cluster = platforms.find(({ name }) => name === controlPlane.cluster);
    if (plan === undefined || cluster === undefined) return;
    new GitLabRunner("gitlab-runner", { plan, cluster, gitlab: providers.gitlab }, { parent: this });
  }

  /** The platform: what is made once, before any tenant, and what tenants need to know of it. */
  private raise(
    plan: EstatePlan,
    connections: readonly Connected[],
    clusters: readonly Platform[],
    providers: Providers,
  ): Foundation {
    const child = { parent: this };
    const gitlab = new GitLab(
      "gitlab",
      { estate: plan.estate, pipelines: plan.pipelines, random: providers.random },
      { ...child, provider: providers.gitlab },
    );
    const vault = new Vault(
      "vault",
      {
        estate: plan.estate,
        gitlabUrl: gitlab.url,
        clusters: connections.map(({ plan: { name, authMount }, connection }) => ({
          name,
          authMount,
          tokenKeys: connection.tokenKeys(),
        })),
      },
      { ...child, provider: providers.vault },
    );
    return {
      secrets: vault.foundation,
      repositories: gitlab.foundation,
      ...this.manage(plan, connections, clusters, { gitlab, vault, provider: providers.vault }),
      clusters: new Map(clusters.map(({ name, ready }) => [name, ready])),
      kubeconfigs: new Map(
        connections.flatMap(({ connection: { name, kubeconfig } }) =>
          kubeconfig === undefined ? [] : [[name, kubeconfig] as const],
        ),
      ),
      grounds: new Map(
        connections.flatMap(({ connection: { name, ground } }) => {
          if (ground === undefined) return [];
          const { vpc, subnets, pods } = ground;
          return [[name, { vpc, subnets, pods }] as const];
        }),
      ),
    };
  }

  /** With delivery by Git, the project that the tenants' objects are committed to, and what makes the clusters take them. */
  private manage(
    plan: EstatePlan,
    connections: readonly Connected[],
    platforms: readonly Platform[],
    {
      gitlab,
      vault,
      provider,
    }: { readonly gitlab: GitLab; readonly vault: Vault; readonly provider: pulumi.ProviderResource },
  ): Pick<Foundation, "management"> {
    if (plan.delivery === "direct") return {};
    const { estate } = plan;
    const management = gitlab.clusterManagement();
    const common = {
      platforms,
      places: placesOf(connections, platforms),
      management,
      secrets: new VaultSecrets({ estate, foundation: vault.foundation, provider }),
      version: currentOf(generationsOf(estate.credentials)).serial,
    };
    for (const { name, gitDelivery } of plan.clusters) {
      const cluster = platforms.find((platform) => platform.name === name);
      if (cluster === undefined || gitDelivery === undefined) continue;
      new DeliverySource(`${name}-delivery`, { plan: gitDelivery, cluster, ...common }, { parent: this });
    }
    return { management: management.project };
  }
}

/** Clusters with their platforms, and as somebody else reaches them. */
function placesOf(connections: readonly Connected[], platforms: readonly Platform[]): CentralPlaces {
  return {
    clusters: new Map(platforms.map((platform) => [platform.name, platform])),
    reachable: new Map(connections.map(({ connection }) => [connection.name, connection])),
  };
}

/** The provider of AWS. A stack of tenants makes nothing there but their images, and what their applications need. */
function accountProvider(
  { aws, estate, tenants }: EstatePlan,
  verified: Verified,
  everything: boolean,
): pulumi.ProviderResource | undefined {
  const ofTenants = estate.registry.kind === "ecr" || tenants.some(({ needs }) => needs.some(({ by }) => by === "aws"));
  return aws === undefined || !(everything || ofTenants) ? undefined : awsProvider(aws, verified);
}

function namespaces(homes: EstatePlan["tenants"][number]["homes"]): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const { environment, cluster, namespace } of homes)
    (result[environment] ??= []).push(`${cluster}/${namespace.metadata.name}`);
  return result;
}
