import type { SecretReader } from "../../model/capability";
import { vaultProvider } from "../../model/external-secret";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { deliverySecret, operationsRepository, secretFolder } from "../../model/names";
import { argocdNamespace } from "./names";

/** Names in Argo CD's namespace of what brings a home's credential there. */
const readerName = (home: string): string => `secrets-${home}`;

/** External Secrets reads the home's folder in Vault for Argo CD as this identity, which can do nothing else. */
export function credentialReader(home: TenantHome, plane: string): SecretReader {
  return {
    capability: "secrets",
    name: home.namespace,
    cluster: plane,
    serviceAccount: { namespace: argocdNamespace, name: readerName(home.namespace) },
    folders: [secretFolder(home.tenant.name, home.environment.name)],
  };
}

/**
 * How Argo CD reads the tenant's repository: a Secret of the project alone, for exactly that address. A template of credentials
 * (repo-creds) would serve every address that begins so.
 */
export function credentialObjects(home: TenantHome, plane: string): KubernetesObject[] {
  const { namespace, labels, estate } = home;
  const metadata = (name: string) => ({ name, namespace: argocdNamespace, labels });
  const name = `repository-${namespace}`;
  const remote = `${secretFolder(home.tenant.name, home.environment.name)}/${deliverySecret}`;
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: metadata(readerName(namespace)),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: metadata(readerName(namespace)),
      spec: {
        provider: { vault: vaultProvider(estate, plane, { role: namespace, serviceAccount: readerName(namespace) }) },
      },
    },
    {
      apiVersion: "external-secrets.io/v1",
      kind: "ExternalSecret",
      metadata: metadata(name),
      spec: {
        refreshInterval: "5m0s",
        secretStoreRef: { kind: "SecretStore", name: readerName(namespace) },
        target: {
          name,
          creationPolicy: "Owner",
          deletionPolicy: "Retain",
          template: {
            metadata: { labels: { ...labels, "argocd.argoproj.io/secret-type": "repository" } },
            data: {
              type: "git",
              url: operationsRepository(estate.gitlab, home.tenant.name, home.environment.name),
              project: namespace,
              username: "{{ .username }}",
              password: "{{ .password }}",
            },
          },
        },
        data: ["username", "password"].map((key) => ({
          secretKey: key,
          remoteRef: { key: remote, property: key },
        })),
      },
    },
  ];
}
