import type { EstateFacts, TenantHome } from "./home";
import type { Json, KubernetesObject } from "./kubernetes";
import { authMountName, deliverySecret, secretFolder } from "./names";
import { imagePull, secretReader, vaultAudience } from "./platform";

/** The store of a home: it reads the home's own folder in Vault. */
export const secretStore = "vault";

export interface ExternalSecretArgs {
  /** Name of the Secret that comes of it, and of itself. */
  readonly name: string;
  /** The secret in the folder. */
  readonly from: string;
  /** The folder, where it is not the home's own. */
  readonly folder?: string;
  /** Keys of the Secret, and the properties that they are taken from. */
  readonly keys: Readonly<Record<string, string>>;
  /** Type of the Secret, where it is not `Opaque`. */
  readonly type?: string;
  /** Labels of a Secret with a type; without any, those of the ExternalSecret. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The estate's Vault as a store reads it on a cluster: by this role, as this ServiceAccount of the store's own namespace. */
export function vaultProvider(
  estate: EstateFacts,
  cluster: string,
  { role, serviceAccount }: { readonly role: string; readonly serviceAccount: string },
): Json {
  return {
    server: estate.vaultAddress,
    ...(estate.vaultCaPem === undefined ? {} : { caBundle: btoa(estate.vaultCaPem) }),
    path: estate.name,
    version: "v2",
    auth: {
      jwt: {
        path: authMountName(estate.name, cluster),
        role,
        kubernetesServiceAccountToken: {
          serviceAccountRef: { name: serviceAccount, audiences: [vaultAudience] },
          expirationSeconds: 600,
        },
      },
    },
  };
}

/** Where a store is, and by which role it reads. */
export interface StorePlace {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly role: string;
  /** Name of the ServiceAccount that reads. */
  readonly account?: string;
  readonly store?: string;
}

/** A ServiceAccount that reads what its role opens in Vault, from one cluster, and the store that uses it. */
export function storeObjects(
  estate: EstateFacts,
  cluster: string,
  { namespace, labels, role, account = secretReader, store = secretStore }: StorePlace,
): KubernetesObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: account, namespace, labels },
      // Only External Secrets asks for its tokens; a pod that mounted one could read all that the role opens.
      automountServiceAccountToken: false,
    },
    {
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: { name: store, namespace, labels },
      spec: { provider: { vault: vaultProvider(estate, cluster, { role, serviceAccount: account }) } },
    },
  ];
}

/**
 * The store of a home, for exactly the home's own folder in Vault. Where the GitOps engine reads for the home on another cluster,
 * there is one there, too.
 */
export const secretStoreObjects = ({ estate, namespace, labels }: TenantHome, cluster: string): KubernetesObject[] =>
  storeObjects(estate, cluster, { namespace, labels, role: namespace });

/** The login to the tenant's images; nothing where they are in ECR, which has no password. */
export function pullSecrets(home: TenantHome): KubernetesObject[] {
  if (home.estate.registry.kind === "ecr") return [];
  const keys = { ".dockerconfigjson": "dockerconfigjson" };
  return [
    externalSecret(home, { name: imagePull, from: deliverySecret, keys, type: "kubernetes.io/dockerconfigjson" }),
  ];
}

/** What a Secret out of Vault is made from: an ExternalSecret's `data` or `dataFrom`, and how it is laid out. */
export interface SecretContent {
  readonly template?: Json;
  readonly source: { readonly data: Json } | { readonly dataFrom: Json };
}

/** A Secret of a home, or of another place with a store, whose values come from Vault, and follow it. */
export function secretFromVault(
  { namespace, labels }: Pick<TenantHome, "namespace" | "labels">,
  name: string,
  { template, source }: SecretContent,
  store = secretStore,
): KubernetesObject {
  return {
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name, namespace, labels },
    spec: {
      // As the controller itself writes it when it adds its finalizer: `5m` would come back changed.
      refreshInterval: "5m0s",
      secretStoreRef: { kind: "SecretStore", name: store },
      target: {
        name,
        creationPolicy: "Owner",
        deletionPolicy: "Retain",
        ...(template === undefined ? {} : { template }),
      },
      ...source,
    },
  };
}

/** A Secret of a home with chosen keys of one secret in Vault. */
export function externalSecret(home: TenantHome, args: ExternalSecretArgs): KubernetesObject {
  const { name, from, keys, type, labels, folder = secretFolder(home.tenant.name, home.environment.name) } = args;
  const data = Object.entries(keys).map(([secretKey, property]) => ({
    secretKey,
    remoteRef: { key: `${folder}/${from}`, property },
  }));
  const template =
    type === undefined ? {} : { template: { type, ...(labels === undefined ? {} : { metadata: { labels } }) } };
  return secretFromVault(home, name, { source: { data }, ...template });
}
