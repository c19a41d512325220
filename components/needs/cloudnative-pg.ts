import type * as pulumi from "@pulumi/pulumi";
import { currentOf, generationsOf, type EstateFacts } from "../../model/home";
import { planDatabases } from "../../plan/databases";
import type { Secrets } from "../vault/contract";
import type { Needs } from "./contract";
import { login, makePassword } from "./login";

/** What databases in a cluster are made with. */
export interface CloudNativePgArgs {
  readonly estate: Pick<EstateFacts, "protect" | "credentials">;
  readonly random: pulumi.ProviderResource;
  readonly secrets: Secrets;
}

/**
 * Databases that CloudNativePG makes in the cluster: their passwords, which Vault alone tells. The databases themselves are objects
 * of the plan, and come with the home's delivery.
 */
export function cloudNativePgNeeds({ estate, random, secrets }: CloudNativePgArgs): Needs {
  return {
    application: (request, parent) => {
      const { cluster, namespace, tenant, credentials } = request;
      const version = currentOf(generationsOf(estate.credentials, tenant)).serial;
      for (const { secret, path, host, database, username } of planDatabases(request)) {
        const password = makePassword(`needs/${cluster}/${namespace}/${secret}`, {
          parent,
          provider: random,
          protect: estate.protect,
        });
        if (credentials) secrets.keep({ path, version }, login({ host, database, username, password }), parent);
      }
    },
  };
}
