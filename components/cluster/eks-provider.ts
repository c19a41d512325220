import { Provider } from "@pulumi/kubernetes/provider";
import type * as pulumi from "@pulumi/pulumi";
import type { EksPlan } from "../../plan/aws/cluster";
import type { ClusterConnection } from "./contract";

export interface EksProviderArgs {
  readonly arn: string;
  readonly kubeconfig: pulumi.Output<string>;
  /** Take objects over that are there already: only in the step from one delivery to the other. */
  readonly adopt: boolean;
}

/** The provider that writes to a cluster on EKS. It stands at the stack's root: see makeProviders. */
export function eksProvider(
  name: string,
  { arn, kubeconfig, adopt }: EksProviderArgs,
  opts: pulumi.CustomResourceOptions = {},
): Provider {
  return new Provider(
    `${name}-provider`,
    {
      kubeconfig,
      // A literal: without it, a new endpoint would replace every object of the cluster.
      clusterIdentifier: arn,
      enableConfigMapMutable: true,
      enableSecretMutable: true,
      enablePatchForce: true,
      ...(adopt ? { upsertExistingObjects: true } : {}),
      suppressDeprecationWarnings: true,
    },
    opts,
  );
}

/** What a platform says of a cluster that it made. */
export interface MadeCluster {
  readonly server: pulumi.Output<string>;
  readonly kubeconfig?: pulumi.Output<string>;
}

/** A cluster on EKS for a stack of tenants: the platform's stack made it, and says how it is reached. */
export function madeByPlatform(
  name: string,
  { arn }: EksPlan,
  { server, kubeconfig }: MadeCluster,
  adopt: boolean,
): ClusterConnection {
  if (kubeconfig === undefined) throw new RangeError(`the platform does not say how cluster ${name} is reached`);
  return {
    name,
    server,
    provider: eksProvider(name, { arn, kubeconfig, adopt }),
    tokenKeys: () => {
      throw new RangeError(`Vault is told of the keys of cluster ${name} by the stack with the platform`);
    },
  };
}
