import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { EksPlan } from "../../plan/aws/cluster";
import type { ClusterConnection, TokenKeys } from "./contract";
import type { Verified } from "./identity";

export interface EksProviderArgs {
  readonly name: string;
  readonly plan: EksPlan;
  readonly kubeconfig: pulumi.Output<string>;
  readonly adopt: boolean;
}

/** The provider that writes to a cluster on EKS. */
export function eksProvider(
  { name, plan, kubeconfig, adopt }: EksProviderArgs,
  /** What must be there before anything can run on it. */
  capacity: readonly pulumi.Resource[] = [],
): Provider {
  return new Provider(
    `${name}-provider`,
    {
      kubeconfig,
      // A literal: without it, a new endpoint would replace every object of the cluster.
      clusterIdentifier: plan.arn,
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      enablePatchForce: true,
      ...(adopt ? { upsertExistingObjects: true } : {}),
      suppressDeprecationWarnings: true,
    },
    // Nodes by `dependsOn`: taken as inputs, one more group would leave the preview of every object unknown.
    // No child of the cluster: see makeProviders.
    { dependsOn: [...capacity] },
  );
}

/** The address in a kubeconfig of ours. */
function serverIn(kubeconfig: string): string {
  const { clusters } = JSON.parse(kubeconfig) as {
    readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  };
  return clusters[0]?.cluster.server ?? "";
}

/** A cluster on EKS that the platform's stack made, as a stack of tenants has it. */
export class GivenEksCluster implements ClusterConnection {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  readonly server: pulumi.Output<string>;

  constructor({ verified, ...args }: EksProviderArgs & { readonly verified: Verified }) {
    this.name = args.name;
    const kubeconfig = verified.apply(() => args.kubeconfig);
    this.provider = eksProvider({ ...args, kubeconfig });
    this.server = kubeconfig.apply(serverIn);
  }

  tokenKeys(): TokenKeys {
    throw new RangeError(`the keys of cluster ${this.name} are the platform's to show`);
  }
}
