import type { Json } from "../../model/kubernetes";
import { mirroredImage, type Mirror } from "../../model/mirror";

/** The Secret with the certificate; cert-manager writes it. */
export const vaultCertificate = "vault-server-tls";
/** The image's own user. */
export const vaultUser = 100;

/** How Vault opens itself after a start, so that nobody has to. */
export type VaultSeal =
  | { readonly kind: "awskms"; readonly region: string; readonly keyId: string }
  | {
      readonly kind: "gcpckms";
      readonly project: string;
      readonly region: string;
      readonly keyRing: string;
      readonly key: string;
    }
  /** By another Vault; its token is in the Secret `vault-seal` of the namespace, key `token`. */
  | { readonly kind: "transit"; readonly address: string; readonly mount: string; readonly key: string };

/** What the settings decide of a Vault that is installed. */
export interface VaultInstallation {
  readonly replicas: number;
  readonly sizeGi: number;
  readonly storageClass?: string | undefined;
  readonly seal: VaultSeal;
  readonly recovery: {
    readonly shares: number;
    readonly threshold: number;
    readonly pgpKeys?: readonly string[] | undefined;
  };
  /** On the pods' ServiceAccount: a role of the cloud. */
  readonly accountAnnotations: Readonly<Record<string, string>>;
}

/** Where it goes, and who is served. */
export interface VaultPlace {
  readonly estate: string;
  /** All clusters of the estate, whose auth mounts the platform makes. */
  readonly clusters: readonly string[];
  /** The public host. */
  readonly host: string;
  /** Whether the certificate is signed by an authority of one's own, so that it lies beside the certificate. */
  readonly ownAuthority: boolean;
  readonly mirror?: Mirror | undefined;
}

/** The stanza of the seal. */
function sealStanza(seal: VaultSeal): string {
  const fields = (values: Readonly<Record<string, string>>): string =>
    Object.entries(values)
      .map(([key, value]) => `  ${key} = ${JSON.stringify(value)}`)
      .join("\n");
  switch (seal.kind) {
    case "awskms":
      return `seal "awskms" {\n${fields({ region: seal.region, kms_key_id: seal.keyId })}\n}`;
    case "gcpckms":
      return `seal "gcpckms" {\n${fields({ project: seal.project, region: seal.region, key_ring: seal.keyRing, crypto_key: seal.key })}\n}`;
    case "transit":
      // The token comes by VAULT_TOKEN.
      return `seal "transit" {\n${fields({ address: seal.address, mount_path: `${seal.mount}/`, key_name: seal.key })}\n}`;
  }
}

/** Vault's own configuration: TLS to the pod, Raft, and the seal. */
export function vaultConfig({ replicas, seal }: VaultInstallation, { host, ownAuthority }: VaultPlace): string {
  const joins = Array.from({ length: replicas }, (_, index) =>
    [
      "  retry_join {",
      `    leader_api_addr = "https://vault-${String(index)}.vault-internal:8200"`,
      // The certificate has the public name alone, which is all that a public authority signs.
      `    leader_tls_servername = "${host}"`,
      ...(ownAuthority ? ['    leader_ca_cert_file = "/vault/tls/ca.crt"'] : []),
      "  }",
    ].join("\n"),
  ).join("\n");
  return `ui = true
listener "tcp" {
  address = "[::]:8200"
  cluster_address = "[::]:8201"
  tls_cert_file = "/vault/tls/tls.crt"
  tls_key_file = "/vault/tls/tls.key"
}
storage "raft" {
  path = "/vault/data"
${joins}
}
${sealStanza(seal)}
service_registration "kubernetes" {}
`;
}

/** Values of chart vault. */
export function vaultValues(own: VaultInstallation, place: VaultPlace): { readonly [key: string]: Json } {
  const { mirror } = place;
  const image = (name: string): { readonly [key: string]: Json } =>
    mirror === undefined ? {} : { image: { repository: mirroredImage(name, mirror) } };
  const storageClass = own.storageClass === undefined ? {} : { storageClass: own.storageClass };
  return {
    global: { tlsDisable: false },
    injector: { enabled: false, ...image("docker.io/hashicorp/vault-k8s") },
    csi: { enabled: false },
    server: {
      ...image("docker.io/hashicorp/vault"),
      serviceAccount: { name: "vault", annotations: own.accountAnnotations },
      // The chart's own asks whether Vault is open, and so waits for ever for one that is not initialised.
      readinessProbe: { enabled: true, path: "/v1/sys/health?standbyok=true&sealedcode=204&uninitcode=204" },
      extraEnvironmentVars: {
        VAULT_TLS_SERVER_NAME: place.host,
        ...(place.ownAuthority ? { VAULT_CACERT: "/vault/tls/ca.crt" } : {}),
      },
      ...(own.seal.kind === "transit"
        ? { extraSecretEnvironmentVars: [{ envName: "VAULT_TOKEN", secretName: "vault-seal", secretKey: "token" }] }
        : {}),
      // The plan's namespace is `restricted`.
      statefulSet: {
        securityContext: {
          pod: {
            runAsNonRoot: true,
            runAsUser: vaultUser,
            runAsGroup: 1000,
            fsGroup: 1000,
            seccompProfile: { type: "RuntimeDefault" },
          },
          container: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        },
      },
      volumes: [{ name: "tls", secret: { secretName: vaultCertificate } }],
      volumeMounts: [{ name: "tls", mountPath: "/vault/tls", readOnly: true }],
      auditStorage: { enabled: true, size: "10Gi", ...storageClass },
      dataStorage: { size: `${String(own.sizeGi)}Gi`, ...storageClass },
      // A host for each pod, where there are three; else it would never come up on a small cluster.
      ...(own.replicas === 1 ? { affinity: "" } : {}),
      includeConfigAnnotation: true,
      ha: {
        enabled: true,
        replicas: own.replicas,
        raft: { enabled: true, setNodeId: true, config: vaultConfig(own, place) },
      },
    },
  };
}
