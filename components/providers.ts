import { Provider as GitLabProvider } from "@pulumi/gitlab";
import * as pulumi from "@pulumi/pulumi";
import { Provider as RandomProvider } from "@pulumi/random/provider";
import { Provider as VaultProvider } from "@pulumi/vault/provider";
import { Provider as HarborProvider } from "@pulumiverse/harbor";
import type { EstateFacts } from "../model/home";
import type { Verified } from "./cluster/identity";
import type { InstalledServices } from "./controlplane/contract";

/** The providers that serve the whole estate; each cluster makes its own. Default providers are disabled in Pulumi.yaml. */
export interface Providers {
  readonly vault: VaultProvider;
  readonly gitlab: GitLabProvider;
  /** Where images are kept in Harbor. */
  readonly harbor?: HarborProvider;
  readonly random: RandomProvider;
}

/** Longest run in seconds: the provider works with a child token, and that token ends then. */
const longestRunSeconds = 7200;

/**
 * Makes the shared providers, once; none writes before every cluster is known to be the right one. They stand at the
 * stack's root, as every provider that a tenant's resources have: with a tenant that moves to another stack they move there.
 * Tokens and passwords of what is brought along come from the providers' own environment variables; a service that was
 * installed hands over its address and a credential.
 */
export function makeProviders(
  estate: EstateFacts,
  verified: Verified,
  { vault, gitlab, registry }: InstalledServices,
  random: RandomProvider,
): Providers {
  const after = (address: string): pulumi.Output<string> => verified.apply(() => address);
  return {
    vault: new VaultProvider(
      "vault-provider",
      vault === undefined
        ? { address: after(estate.vaultAddress), maxLeaseTtlSeconds: longestRunSeconds }
        : {
            address: vault.address,
            authLoginUserpass: { mount: vault.mount, username: vault.user, password: vault.password },
            // Its policy lets it make no other token, and this one ends by itself.
            skipChildToken: true,
          },
    ),
    // Without the early check a preview works while GitLab is away.
    gitlab: new GitLabProvider(
      "gitlab-provider",
      gitlab === undefined
        ? { baseUrl: after(`${estate.gitlab.url}/`), earlyAuthCheck: false }
        : { baseUrl: pulumi.interpolate`${gitlab.address}/`, token: gitlab.token, earlyAuthCheck: false },
    ),
    ...(estate.registry.kind === "harbor"
      ? {
          harbor: new HarborProvider(
            "harbor-provider",
            registry === undefined
              ? { url: after(estate.registry.url), insecure: false }
              : { url: registry.address, username: registry.username, password: registry.password, insecure: false },
          ),
        }
      : {}),
    random,
  };
}

/** Random values for the whole estate: services that are installed need them before anything else. */
export function makeRandom(): RandomProvider {
  return new RandomProvider("random-provider", {});
}
