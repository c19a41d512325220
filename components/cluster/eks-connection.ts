import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { EksPlan } from "../../plan/aws/cluster";
import type { ClusterConnection, TokenKeys } from "./contract";
import type { Verified } from "./identity";

/** How a cluster is written to. */
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

interface Target {
  readonly server: string;
  readonly "certificate-authority-data": string;
}

/** What a kubeconfig of ours leads to. */
function targetIn(kubeconfig: string): Target {
  const { clusters } = JSON.parse(kubeconfig) as { readonly clusters: readonly { readonly cluster: Target }[] };
  return clusters[0]?.cluster ?? { server: "", "certificate-authority-data": "" };
}

/** A cluster on EKS that the platform's stack made, as a stack of tenants has it. */
export class GivenEksCluster implements ClusterConnection {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  readonly server: pulumi.Output<string>;
  readonly authority: pulumi.Output<string>;

  constructor({ verified, ...args }: EksProviderArgs & { readonly verified: Verified }) {
    this.name = args.name;
    const kubeconfig = verified.apply(() => args.kubeconfig);
    this.provider = eksProvider({ ...args, kubeconfig });
    this.server = kubeconfig.apply((text) => targetIn(text).server);
    this.authority = kubeconfig.apply((text) =>
      Buffer.from(targetIn(text)["certificate-authority-data"], "base64").toString("utf8"),
    );
  }

  tokenKeys(): TokenKeys {
    throw new RangeError(`the keys of cluster ${this.name} are the platform's to show`);
  }
}
