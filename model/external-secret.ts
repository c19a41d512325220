import type { TenantHome } from "./home";
import type { Json, KubernetesObject } from "./kubernetes";
import { secretFolder } from "./names";

/** The store of a home: it reads the home's own folder in Vault. */
export const secretStore = "vault";

export interface ExternalSecretArgs {
  /** Name of the Secret that comes of it, and of itself. */
  readonly name: string;
  /** The secret in the home's folder. */
  readonly from: string;
  /** Keys of the Secret, and the properties that they are taken from. */
  readonly keys: Readonly<Record<string, string>>;
  /** Type of the Secret, where it is not `Opaque`. */
  readonly type?: string;
}

/** A Secret of a home whose values come from Vault, and follow it. */
export function externalSecret(home: TenantHome, { name, from, keys, type }: ExternalSecretArgs): KubernetesObject {
  const target: Record<string, Json> = { name, creationPolicy: "Owner", deletionPolicy: "Retain" };
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace: home.namespace, labels: home.labels },
    spec: {
      // As the controller itself writes it when it adds its finalizer: `5m` would come back changed.
      refreshInterval: "5m0s",
      secretStoreRef: { kind: "SecretStore", name: secretStore },
      target: type === undefined ? target : { ...target, template: { type } },
      data: Object.entries(keys).map(([secretKey, property]) => ({
        secretKey,
        remoteRef: { key: `${secretFolder(home.tenant.name, home.environment.name)}/${from}`, property },
      })),
    },
  };
}
