import type * as pulumi from "@pulumi/pulumi";
import type { EstatePlan } from "../plan/plan";
import type { ClusterConnection } from "./cluster/contract";
import type { Delivery } from "./delivery/contract";
import { direct } from "./delivery/direct";
import { git } from "./delivery/git";
import type { Foundation } from "./foundation";
import { gitlabRepositories } from "./gitlab/gitlab";
import { cloudNativePgNeeds } from "./needs/cloudnative-pg";
import { awsNeeds } from "./needs/needs";
import type { Providers } from "./providers";
import { registryOf } from "./registry/backends";
import type { Backends } from "./tenant/tenant";
import { VaultSecrets } from "./vault/secrets";

/** What tenants are served by, besides what stands for all of them. */
export interface ServingArgs {
  readonly providers: Providers;
  readonly random: pulumi.ProviderResource;
  /** Absent where nothing of it is in AWS. */
  readonly aws: pulumi.ProviderResource | undefined;
  /** What pushing images waits for. */
  readonly trusted: readonly pulumi.Resource[];
}

/** What serves the needs of applications: CloudNativePG where clusters have it, and AWS where the estate has a place there. */
function needsOf(
  { aws: place, estate }: EstatePlan,
  { grounds }: Foundation,
  secrets: Backends["secrets"],
  { aws, random }: { readonly aws: pulumi.ProviderResource | undefined; readonly random: pulumi.ProviderResource },
): Pick<Backends, "needs"> {
  const common = { estate, random, secrets };
  return {
    needs: {
      "cloudnative-pg": cloudNativePgNeeds(common),
      ...(place === undefined || aws === undefined
        ? {}
        : { aws: awsNeeds({ ...common, place, provider: aws, grounds }) }),
    },
  };
}

/** What serves tenants, but for images and needs. */
function backends(
  { estate, delivery }: EstatePlan,
  connections: readonly ClusterConnection[],
  foundation: Foundation,
  providers: Providers,
): Omit<Backends, "registry" | "needs"> {
  return {
    credentials: estate.credentials,
    clusters: new Map(
      connections.flatMap(({ name, provider }) => {
        const ready = foundation.clusters.get(name);
        return ready === undefined ? [] : [[name, { name, provider, ready }] as const];
      }),
    ),
    reachable: new Map(connections.map((connection) => [connection.name, connection])),
    secrets: new VaultSecrets({ estate, foundation: foundation.secrets, provider: providers.vault }),
    deliveries: deliveries(estate, delivery, foundation, providers.gitlab),
    repositories: gitlabRepositories({ estate, foundation: foundation.repositories, provider: providers.gitlab }),
  };
}

/** How tenants' objects reach the clusters; both ways in the step from one to the other. */
function deliveries(
  { protect, gitops }: EstatePlan["estate"],
  delivery: EstatePlan["delivery"],
  { management }: Foundation,
  provider: pulumi.ProviderResource,
): Delivery[] {
  const fromGit =
    management === undefined ? [] : [git({ project: management, provider, keep: protect ? gitops.keep : undefined })];
  return delivery === "git" ? fromGit : [...fromGit, direct({ protect, handover: delivery === "handover" })];
}

/** All that serves tenants, on a foundation: one backend for each capability. */
export function serving(
  plan: EstatePlan,
  connections: readonly ClusterConnection[],
  foundation: Foundation,
  { providers, random, aws, trusted }: ServingArgs,
): Backends {
  const common = backends(plan, connections, foundation, providers);
  return {
    ...common,
    registry: registryOf({ estate: plan.estate, harbor: providers.harbor, aws, trusted }),
    ...needsOf(plan, foundation, common.secrets, { aws, random }),
  };
}
