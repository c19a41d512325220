import type * as pulumi from "@pulumi/pulumi";

/** Where Vault finds the public keys of a cluster's ServiceAccount tokens. */
export interface TokenKeys {
  readonly jwksUrl: pulumi.Output<string>;
  /** The CA that signed the key server's certificate; absent for a public one. */
  readonly caPem?: string;
  /** The `iss` that tokens carry, where it is known. */
  readonly issuer?: string;
}

/** What any kind of cluster gives: a provider that writes to exactly this cluster, and its token keys. */
export interface ClusterConnection {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  readonly tokenKeys: TokenKeys;
}

/** A cluster with its platform on it, ready for tenants. */
export interface ConnectedCluster {
  readonly name: string;
  readonly provider: pulumi.ProviderResource;
  /** The name of the ready GitOps engine: to take it as input is to wait for it. */
  readonly gitops: pulumi.Output<string>;
  /** Roles and guardrails that are in force before any tenant. */
  readonly guards: readonly pulumi.Resource[];
}
