import { homeReader } from "../model/capability";
import { secretStoreObjects } from "../model/external-secret";
import { secretFolder } from "../model/names";
import { defineFeature } from "./feature";

/**
 * Secrets of a home: a ServiceAccount that may read exactly the home's own folder in Vault, the store that uses it, and
 * the Git credential that travels this way. No value is ever in Git or in a manifest.
 */
export const secrets = defineFeature({
  key: "secrets",
  summary:
    "Secrets from Vault: a store that reads the tenant's own folder, and the Git credential that comes through it",
  objects: (home) => secretStoreObjects(home, home.cluster.name),
  requests: (home) => [
    homeReader(home, [secretFolder(home.tenant.name, home.environment.name)]),
    { capability: "delivery", want: "credential" },
  ],
});
