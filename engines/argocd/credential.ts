import type { SecretReader } from "../../model/capability";
import { secretFromVault, storeObjects } from "../../model/external-secret";
import type { ProductApplication } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { deliverySecret, operationsRepository, secretFolder } from "../../model/names";
import { productFolder, productSecret, type Product } from "../../model/product";
import { argocdNamespace } from "./names";

/** Names in Argo CD's namespace of what brings a home's credential there. */
const readerName = (home: string): string => `secrets-${home}`;

/** The Secret with the login to a home's own repository, by the home's name. */
export const repositorySecret = (home: string): string => `repository-${home}`;

/** Products whose repositories want a login, among those that a home runs; each once. */
function privateProducts(
  { estate }: TenantHome,
  applications: readonly ProductApplication[],
): (readonly [name: string, product: Product])[] {
  const names = [...new Set(applications.map(({ product }) => product))];
  return names.flatMap((name) => {
    const product = estate.products[name];
    return product?.private === true ? [[name, product] as const] : [];
  });
}

/** External Secrets reads the home's folder in Vault for Argo CD as this identity, and the logins of its products, and nothing else. */
export function credentialReader(
  home: TenantHome,
  plane: string,
  applications: readonly ProductApplication[],
): SecretReader {
  return {
    capability: "secrets",
    name: home.namespace,
    cluster: plane,
    serviceAccount: { namespace: argocdNamespace, name: readerName(home.namespace) },
    folders: [
      secretFolder(home.tenant.name, home.environment.name),
      ...privateProducts(home, applications).map(([name]) => productFolder(name)),
    ],
  };
}

/** A Secret in Argo CD's namespace whose values come from Vault. */
export interface EngineSecret {
  /** Name of the Secret, and of what brings it. */
  readonly name: string;
  /** The folder, where it is not the home's own. */
  readonly folder?: string;
  /** By key, the secret in the folder and the property of it. */
  readonly values: Readonly<Record<string, { readonly from: string; readonly property: string }>>;
  /** What the Secret is made by, where that is not its values alone. */
  readonly template?: { readonly [key: string]: Json };
}

/** Brings a Secret of a home to Argo CD, and keeps it as Vault has it. */
export function engineSecret(home: TenantHome, { name, values, template, ...given }: EngineSecret): KubernetesObject {
  const { folder = secretFolder(home.tenant.name, home.environment.name) } = given;
  const data = Object.entries(values).map(([secretKey, { from, property }]) => ({
    secretKey,
    remoteRef: { key: `${folder}/${from}`, property },
  }));
  return secretFromVault(
    { namespace: argocdNamespace, labels: home.labels },
    name,
    { source: { data }, ...(template === undefined ? {} : { template }) },
    readerName(home.namespace),
  );
}

/** How Argo CD takes the login to a repository: for exactly that address, and for one project alone. */
export const repositoryTemplate = (labels: TenantHome["labels"], url: string, project: string) => ({
  metadata: { labels: { ...labels, "argocd.argoproj.io/secret-type": "repository" } },
  data: { type: "git", url, project, username: "{{ .username }}", password: "{{ .password }}" },
});

/** The login to one repository, for exactly that address and for one project alone. */
function login(
  home: TenantHome,
  url: string,
  { from, ...source }: Pick<EngineSecret, "name" | "folder"> & { readonly from: string },
): KubernetesObject {
  return engineSecret(home, {
    ...source,
    values: { username: { from, property: "username" }, password: { from, property: "password" } },
    template: repositoryTemplate(home.labels, url, home.namespace),
  });
}

/**
 * How Argo CD reads the tenant's repository and its products: a Secret of the project alone for each, for exactly that address. A
 * template of credentials (repo-creds) would serve every address that begins so. Of a product each project has a Secret of its own, as
 * Argo CD takes one that names no project for every project.
 */
export function credentialObjects(
  home: TenantHome,
  plane: string,
  applications: readonly ProductApplication[],
): KubernetesObject[] {
  const { namespace, labels, estate } = home;
  const reader = readerName(namespace);
  return [
    ...storeObjects(estate, plane, {
      namespace: argocdNamespace,
      labels,
      role: namespace,
      account: reader,
      store: reader,
    }),
    login(home, operationsRepository(estate.gitlab, home.tenant.name, home.environment.name), {
      name: repositorySecret(namespace),
      from: deliverySecret,
    }),
    ...privateProducts(home, applications).map(([name, { repository }]) =>
      login(home, repository, {
        // With two dots it is no place's Secret, whatever tenants and clusters are called.
        name: `${repositorySecret(namespace)}.product.${name}`,
        from: productSecret,
        folder: productFolder(name),
      }),
    ),
  ];
}
