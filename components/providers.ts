import { Provider as GitLabProvider } from "@pulumi/gitlab";
import type * as pulumi from "@pulumi/pulumi";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { Provider as VaultProvider } from "@pulumi/vault/provider";
import { Provider as HarborProvider } from "@pulumiverse/harbor";
import type { EstateFacts } from "../model/home";

/** The providers that serve the whole estate; each cluster makes its own. Default providers are disabled in Pulumi.yaml. */
export interface Providers {
  readonly vault: VaultProvider;
  readonly gitlab: GitLabProvider;
  readonly harbor: HarborProvider;
  readonly random: RandomProvider;
}

/** Longest run in seconds: the provider works with a child token, and that token ends then. */
const longestRunSeconds = 7200;

/** Makes the shared providers, once. Their tokens and passwords come from the providers' own environment variables. */
export function makeProviders(estate: EstateFacts, parent: pulumi.Resource): Providers {
  const child = { parent };
  return {
    vault: new VaultProvider(
      "vault-provider",
      { address: estate.vaultAddress, maxLeaseTtlSeconds: longestRunSeconds },
      child,
    ),
    // Without the early check a preview works while GitLab is away.
    gitlab: new GitLabProvider("gitlab-provider", { baseUrl: `${estate.gitlab.url}/`, earlyAuthCheck: false }, child),
    harbor: new HarborProvider("harbor-provider", { url: estate.registry.url, insecure: false }, child),
    random: new RandomProvider("random-provider", {}, child),
  };
}
