import type * as pulumi from "@pulumi/pulumi";
import { Provider as VaultProvider } from "@pulumi/vault/provider";

/** The providers that serve the whole estate; each cluster makes its own. Default providers are disabled in Pulumi.yaml. */
export interface Providers {
  readonly vault: VaultProvider;
}

/** Longest run in seconds: the provider works with a child token, and that token ends then. */
const longestRunSeconds = 7200;

/** Makes the shared providers, once. Their tokens come from the providers' own environment variables. */
export function makeProviders({ vaultAddress }: { readonly vaultAddress: string }, parent: pulumi.Resource): Providers {
  return {
    vault: new VaultProvider(
      "vault-provider",
      { address: vaultAddress, maxLeaseTtlSeconds: longestRunSeconds },
      { parent },
    ),
  };
}
