import * as pulumi from "@pulumi/pulumi";
import type { ClusterAccesses } from "../model/cluster-access";
import type { ServiceSecrets } from "../model/service-secrets";
import type { Grant } from "../plan/access";
import type { EstatePlan } from "../plan/plan";
import type { ConnectedCluster } from "./cluster/contract";
import { ExistingCluster } from "./cluster/existing";
import { ClusterIdentities } from "./cluster/identity";
import { Platform } from "./cluster/platform";
import { installServices } from "./controlplane/controlplane";
import type { Delivery } from "./delivery/contract";
import { direct } from "./delivery/direct";
import { git } from "./delivery/git";
import { DeliverySource } from "./delivery/source";
import { GitLab } from "./gitlab/gitlab";
import { makeProviders, makeRandom } from "./providers";
import { harbor } from "./registry/harbor";
import { Tenant } from "./tenant/tenant";
import { Vault } from "./vault/vault";

export interface EstateArgs {
  readonly plan: EstatePlan;
  /** How to reach the clusters that were brought along, by cluster. Holds credentials, so it is no part of the plan. */
  readonly access: ClusterAccesses;
  /** What a person handed over for services that are installed; no part of the plan either. */
  readonly secrets?: ServiceSecrets;
}

/** What the stack shows: plain facts of the plan, and what only the run knows. */
export interface EstateOutputs {
  /** API server of each cluster. */
  readonly clusters: Readonly<Record<string, { readonly server: string }>>;
  /** Where secrets are: Vault's address, and the estate's mount in it. */
  readonly secrets: { readonly address: string; readonly mount: pulumi.Output<string> };
  /** Each tenant's state and namespaces by environment: `<cluster>/<namespace>`. */
  readonly tenants: Readonly<
    Record<string, { readonly state: string; readonly namespaces: Readonly<Record<string, readonly string[]>> }>
  >;
  /** Who has which role where. */
  readonly accessMatrix: readonly Grant[];
}

/** The root component: walks the plan. The only place where the order between parts is written. */
export class Estate extends pulumi.ComponentResource {
  readonly outputs: EstateOutputs;

  constructor(name: string, { plan, access, secrets = {} }: EstateArgs, opts: pulumi.ComponentResourceOptions) {
    super("estate:index:Estate", name, {}, opts);
    const child = { parent: this };
    const { verified } = new ClusterIdentities("clusters", { clusters: plan.clusters, access }, child);

    const connections = plan.clusters.map((cluster) => {
      const own = access[cluster.name];
      if (own === undefined) throw new RangeError(`no access to cluster ${cluster.name} was handed over`);
      return {
        plan: cluster,
        server: own.server,
        connection: new ExistingCluster(
          cluster.name,
          { plan: cluster, access: own, adopt: plan.delivery === "handover", verified },
          child,
        ),
      };
    });
    const clusters = new Map<string, ConnectedCluster>(
      connections.map(({ plan: { name: cluster, platform }, connection }) => [
        cluster,
        new Platform(`${cluster}-platform`, { plan: platform, cluster: connection }, child),
      ]),
    );
    const random = makeRandom(this);
    const services = installServices(
      "control-plane-services",
      { estate: plan.estate, plan: plan.controlPlane, clusters, random, secrets },
      child,
    );
    const providers = makeProviders(plan.estate, verified, services, this);
    const gitlab = new GitLab(
      "gitlab",
      { estate: plan.estate, pipelines: plan.pipelines, random },
      { ...child, provider: providers.gitlab },
    );
    const vault = new Vault(
      "vault",
      {
        estate: plan.estate,
        gitlabUrl: gitlab.url,
        clusters: connections.map(({ plan: { name: cluster, authMount }, connection }) => ({
          name: cluster,
          authMount,
          tokenKeys: connection.tokenKeys,
        })),
      },
      { ...child, provider: providers.vault },
    );
    const backends = {
      clusters,
      secrets: vault,
      deliveries: this.deliveries(plan, clusters, gitlab, providers.gitlab),
      repositories: gitlab,
      registry: harbor(plan.estate, providers.harbor),
    };
    // Tenants stand beside the platform in the tree, not below it: an address says the same in a stack of tenants alone.
    for (const tenant of plan.tenants) new Tenant(`tenant-${tenant.name}`, { plan: tenant, backends }, {});

    this.outputs = {
      clusters: Object.fromEntries(connections.map(({ connection, server }) => [connection.name, { server }])),
      secrets: { address: plan.estate.vaultAddress, mount: vault.mount },
      tenants: Object.fromEntries(
        plan.tenants.map((tenant) => [tenant.name, { state: tenant.state, namespaces: namespaces(tenant.homes) }]),
      ),
      accessMatrix: plan.tenants.flatMap((tenant) => tenant.access),
    };
    this.registerOutputs({});
  }

  /** How tenants' objects reach the clusters; both ways in the step from one to the other. */
  private deliveries(
    plan: EstatePlan,
    clusters: ReadonlyMap<string, ConnectedCluster>,
    gitlab: GitLab,
    provider: pulumi.ProviderResource,
  ): Delivery[] {
    const { protect } = plan.estate;
    if (plan.delivery === "direct") return [direct({ protect, handover: false })];
    const management = gitlab.clusterManagement();
    for (const { name, gitDelivery } of plan.clusters) {
      const cluster = clusters.get(name);
      if (cluster === undefined || gitDelivery === undefined) continue;
      new DeliverySource(`${name}-delivery`, { plan: gitDelivery, cluster, management }, { parent: this });
    }
    const fromGit = git({ project: management.project, provider, protect });
    return plan.delivery === "git" ? [fromGit] : [fromGit, direct({ protect, handover: true })];
  }
}

function namespaces(homes: EstatePlan["tenants"][number]["homes"]): Record<string, string[]> {
  const result: Record<string, string[]> = {};
  for (const { environment, cluster, namespace } of homes)
    (result[environment] ??= []).push(`${cluster}/${namespace.metadata.name}`);
  return result;
}
