import type * as pulumi from "@pulumi/pulumi";
import type { EstateFacts } from "../../model/home";
import type { Registry } from "./contract";
import { ecr } from "./ecr";
import { harbor } from "./harbor";

/** What the registries are made with: each takes what is its own. */
export interface RegistryArgs {
  readonly estate: EstateFacts;
  readonly harbor?: pulumi.ProviderResource | undefined;
  readonly aws?: pulumi.ProviderResource | undefined;
  /** What must be there before AWS trusts pipelines. */
  readonly trusted: readonly pulumi.Resource[];
}

/** A provider that the plan asks for. */
function needed(provider: pulumi.ProviderResource | undefined, kind: string): pulumi.ProviderResource {
  if (provider === undefined) throw new RangeError(`registry ${kind} has no provider`);
  return provider;
}

/** The registry of the settings' kind. Another one is a file, and a case here. */
export function registryOf({ estate, trusted, ...providers }: RegistryArgs): Registry {
  const { registry } = estate;
  switch (registry.kind) {
    case "harbor":
      return harbor(estate, registry, needed(providers.harbor, "harbor"));
    case "ecr":
      return ecr({ estate, facts: registry, provider: needed(providers.aws, "ecr"), trusted });
  }
}
