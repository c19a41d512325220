import type * as pulumi from "@pulumi/pulumi";

/** Where Vault finds the public keys of a cluster's ServiceAccount tokens. */
export interface TokenKeys {
  readonly jwksUrl: pulumi.Output<string>;
  /** The CA that signed the key server's certificate; absent for a public one. */
  readonly caPem?: string;
  /** The `iss` that tokens carry, where it is known. */
  readonly issuer?: pulumi.Input<string>;
}

/** Where a cluster on AWS stands: beside it stands what AWS manages for the services on it. */
export interface Ground {
  /** The provider of AWS. */
  readonly provider: pulumi.ProviderResource;
  readonly vpc: pulumi.Input<string>;
  /** Private subnets in several zones: those of nodes. */
  readonly subnets: pulumi.Input<string>[];
  /** The security group of the cluster, which its nodes and so its pods are in. */
  readonly pods: pulumi.Output<string>;
  /** Who signs the tokens of its ServiceAccounts. */
  readonly issuer: pulumi.Output<string>;
}

/** What any kind of cluster gives: a provider that writes to exactly this cluster, and its token keys. */
export interface ClusterConnection {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  /** The address of its API server. */
  readonly server: pulumi.Output<string>;
  /** The authority that signed its certificate, in PEM; empty where the system's own authorities vouch for it. */
  readonly authority: pulumi.Output<string>;
  /**
   * How a stack of tenants speaks to it, where only the platform's run knows that. It holds no credential. Absent for a
   * cluster that was brought along: each stack reads that one's kubeconfig itself.
   */
  readonly kubeconfig?: pulumi.Output<string>;
  /** Where it stands, if this run made it on AWS. */
  readonly ground?: Ground;
  /** Says where the keys are, and makes them readable there: for the stack with the platform, once. */
  tokenKeys(): TokenKeys;
}

/** A cluster with its platform on it, ready for tenants. */
export interface ConnectedCluster {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  /**
   * The name of the ready GitOps engine. To take it as input is to wait for the engine, for the kinds of object that
   * releases bring, and for the roles and guardrails that must be in force before anybody has access.
   */
  readonly ready: pulumi.Output<string>;
}

/** A cluster as somebody else than Pulumi reaches it. */
export type Reachable = Pick<ClusterConnection, "name" | "server" | "authority">;
