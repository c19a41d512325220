import { Provider as GitLabProvider } from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { Provider as VaultProvider } from "@pulumi/vault/provider";
import { Provider as HarborProvider } from "@pulumiverse/harbor";
import type { EstateFacts } from "../model/home";
import type { Verified } from "./cluster/identity";

/** The providers that serve the whole estate; each cluster makes its own. Default providers are disabled in Pulumi.yaml. */
export interface Providers {
  readonly vault: VaultProvider;
  readonly gitlab: GitLabProvider;
  readonly harbor: HarborProvider;
  readonly random: RandomProvider;
}

/** Longest run in seconds: the provider works with a child token, and that token ends then. */
const longestRunSeconds = 7200;

/**
 * Makes the shared providers, once; none writes before every cluster is known to be the right one. They stand at the
 * stack's root, as every provider that a tenant's resources have: with a tenant that moves to another stack they move there.
 * Their tokens and passwords come from the providers' own environment variables.
 */
export function makeProviders(estate: EstateFacts, verified: Verified): Providers {
  const after = (address: string): pulumi.Output<string> => verified.apply(() => address);
  return {
    vault: new VaultProvider("vault-provider", {
      address: after(estate.vaultAddress),
      maxLeaseTtlSeconds: longestRunSeconds,
    }),
    // Without the early check a preview works while GitLab is away.
    gitlab: new GitLabProvider("gitlab-provider", { baseUrl: after(`${estate.gitlab.url}/`), earlyAuthCheck: false }),
    harbor: new HarborProvider("harbor-provider", { url: after(estate.registry.url), insecure: false }),
    random: new RandomProvider("random-provider", {}),
  };
}
