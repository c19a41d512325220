import { homeReader } from "../model/capability";
import { secretStore, vaultProvider } from "../model/external-secret";
import { secretFolder } from "../model/names";
import { secretReader } from "../model/platform";
import { defineFeature } from "./feature";

/**
 * Secrets of a home: a ServiceAccount that may read exactly the home's own folder in Vault, the store that uses it, and
 * the Git credential that travels this way. No value is ever in Git or in a manifest.
 */
export const secrets = defineFeature({
  key: "secrets",
  summary:
    "Secrets from Vault: a store that reads the tenant's own folder, and the Git credential that comes through it",
  objects: (home) => {
    const metadata = (name: string) => ({ name, namespace: home.namespace, labels: home.labels });
    return [
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: metadata(secretReader),
        // Only External Secrets asks for its tokens; a pod that mounted one could read the whole folder.
        automountServiceAccountToken: false,
      },
      {
        apiVersion: "external-secrets.io/v1",
        kind: "SecretStore",
        metadata: metadata(secretStore),
        spec: {
          provider: {
            vault: vaultProvider(home.estate, home.cluster.name, {
              role: home.namespace,
              serviceAccount: secretReader,
            }),
          },
        },
      },
    ];
  },
  requests: (home) => [
    homeReader(home, [secretFolder(home.tenant.name, home.environment.name)]),
    { capability: "delivery", want: "credential" },
  ],
});
