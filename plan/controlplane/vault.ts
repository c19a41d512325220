import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { helmAddress, mirroredChart } from "../../model/mirror";
import { authMountName, pipelineMountName } from "../../model/names";
import { jobImages, serviceCharts } from "../../model/services";
import type { ReleasePlan } from "../platform";
import { job, jobAccount, ownToken } from "./job";
import { serviceNamespace } from "./namespace";
import { vaultCertificate, vaultUser, vaultValues, type VaultInstallation, type VaultPlace } from "./vault-values";
import { configure, initialise, keepRecoveryKeys } from "./vault-scripts";

/** A Vault to be installed. */
export interface VaultPlan {
  readonly namespace: KubernetesObject;
  /** Objects that the Job needs: its account, its policy, public keys. */
  readonly objects: readonly KubernetesObject[];
  readonly release: ReleasePlan;
  readonly job: KubernetesObject;
  /** What the providers are told once the Job is done. */
  readonly address: string;
  readonly login: { readonly mount: string; readonly user: string };
  /** The Secret and key in which the Job finds the chosen password. */
  readonly credential: { readonly secret: string; readonly key: string };
}

export const vaultNamespace = "vault";
/** The Secret that the recovery keys are kept in. */
export const vaultRecovery = "vault-recovery";
const policyName = "estate-platform";
const login = { mount: "platform", user: "estate" } as const;
const credential = { secret: "vault-platform", key: "password" } as const;

/**
 * What the platform may do: what carries the estate's name, and no more. It reads values because the provider compares them;
 * it makes no token but by its login, and no root token.
 */
export function platformPolicy(estate: string, clusters: readonly string[]): string {
  const mounts = [...clusters.map((cluster) => authMountName(estate, cluster)), pipelineMountName(estate)];
  const rule = (path: string, ...capabilities: string[]): string =>
    `path "${path}" { capabilities = [${capabilities.map((one) => JSON.stringify(one)).join(", ")}] }`;
  const all = ["create", "read", "update", "patch", "delete", "list"];
  return [
    rule("sys/mounts", "read"),
    rule("sys/auth", "read"),
    rule(`sys/mounts/${estate}`, ...all),
    rule(`sys/mounts/${estate}/tune`, "read", "update"),
    rule(`${estate}/*`, ...all),
    ...mounts.flatMap((mount) => [
      rule(`sys/auth/${mount}`, ...all, "sudo"),
      rule(`sys/auth/${mount}/tune`, "read", "update", "sudo"),
      rule(`sys/mounts/auth/${mount}`, "read"),
      rule(`sys/mounts/auth/${mount}/tune`, "read", "update"),
      rule(`auth/${mount}/*`, ...all),
    ]),
    rule("sys/policies/acl", "list"),
    rule(`sys/policies/acl/${estate}.*`, ...all),
    rule("auth/token/lookup-self", "read"),
    rule("auth/token/renew-self", "update"),
    rule("auth/token/revoke-self", "update"),
    rule("sys/generate-root/*", "deny"),
    rule("sys/raw/*", "deny"),
  ].join("\n");
}

/** The Job that initialises it, gives the platform its login and revokes the root token. */
function bootstrap(own: VaultInstallation, place: VaultPlace): KubernetesObject {
  const tls = {
    VAULT_TLS_SERVER_NAME: place.host,
    ...(place.ownAuthority ? { VAULT_CACERT: "/tls/ca.crt" } : {}),
  };
  const env = {
    WORK: "/work",
    WAIT_SECONDS: "1200",
    VAULT_ADDR: `https://vault-0.vault-internal:8200`,
    LOGIN_MOUNT: login.mount,
    LOGIN_USER: login.user,
    CREDENTIALS: "/credentials",
    ...tls,
  };
  const mounts = { work: "/work", tmp: "/tmp", credentials: "/credentials", tls: "/tls" };
  const pgp = own.recovery.pgpKeys !== undefined && own.recovery.pgpKeys.length > 0;
  return job({
    purpose: "vault-bootstrap",
    namespace: vaultNamespace,
    serviceAccount: "vault-bootstrap",
    user: vaultUser,
    seconds: 1800,
    mirror: place.mirror,
    steps: [
      {
        name: "initialise",
        image: jobImages.vault,
        script: initialise,
        env: {
          ...env,
          RECOVERY_SHARES: String(own.recovery.shares),
          RECOVERY_THRESHOLD: String(own.recovery.threshold),
          ...(pgp ? { RECOVERY_PGP: "/pgp" } : {}),
        },
        mounts: { ...mounts, ...(pgp ? { pgp: "/pgp" } : {}) },
      },
      {
        name: "keep-recovery-keys",
        image: jobImages.curl,
        script: keepRecoveryKeys,
        env: {
          WORK: "/work",
          TOKEN: "/token",
          API_SERVER: "https://kubernetes.default.svc",
          NAMESPACE: vaultNamespace,
          RECOVERY_SECRET: vaultRecovery,
        },
        mounts: { work: "/work", tmp: "/tmp", token: "/token" },
      },
      {
        name: "configure",
        image: jobImages.vault,
        script: configure,
        env: {
          ...env,
          POLICY_NAME: policyName,
          POLICIES: "/policies",
          AUDIT_FILE: "/vault/audit/audit.log",
          PUBLIC_ADDR: `https://${place.host}`,
        },
        mounts: { ...mounts, policies: "/policies" },
      },
    ],
    volumes: {
      work: { emptyDir: { medium: "Memory", sizeLimit: "1Mi" } },
      credentials: { secret: { secretName: credential.secret, items: [{ key: credential.key, path: "password" }] } },
      tls: { secret: { secretName: vaultCertificate, optional: true } },
      policies: { configMap: { name: "vault-bootstrap" } },
      token: ownToken,
      ...(pgp ? { pgp: { configMap: { name: "vault-recovery-pgp" } } } : {}),
    },
  });
}

/** Plans a Vault on the control plane. */
export function planVault(own: VaultInstallation, place: VaultPlace): VaultPlan {
  const metadata = (name: string) => ({ name, namespace: vaultNamespace, labels: platformLabels });
  const config = (name: string, data: Readonly<Record<string, string>>): KubernetesObject => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadata(name),
    data,
  });
  const keys = own.recovery.pgpKeys ?? [];
  return {
    namespace: serviceNamespace(vaultNamespace, "restricted"),
    objects: [
      config("vault-bootstrap", { [`${policyName}.hcl`]: platformPolicy(place.estate, place.clusters) }),
      ...(keys.length === 0
        ? []
        : [config("vault-recovery-pgp", Object.fromEntries(keys.map((key, index) => [`key-${String(index)}`, key])))]),
      ...jobAccount("vault-bootstrap", vaultNamespace, [
        // Creating cannot be held to a name.
        { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
        { apiGroups: [""], resources: ["secrets"], resourceNames: [vaultRecovery], verbs: ["get", "patch"] },
      ]),
    ],
    release: {
      name: "vault",
      namespace: vaultNamespace,
      ...helmAddress(mirroredChart(serviceCharts.vault, place.mirror)),
      version: serviceCharts.vault.version,
      values: vaultValues(own, place),
      wait: { seconds: 1200, jobs: false },
    },
    job: bootstrap(own, place),
    address: `https://${place.host}`,
    login,
    credential,
  };
}
