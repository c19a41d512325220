import { gatewayClass } from "../../model/addons/entrance";
import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { deletedInBackground, fluxNamespace, platformReconciler } from "../../model/platform";
import { platformGateway } from "../../model/services";
import { addonObjectName } from "../../model/addon";
import { gitlabNamespace } from "./gitlab-names";
import { runnerNamespace } from "./gitlab-runner";
import { harborNamespace, harborSecrets } from "./harbor";
import { authoritySecret } from "./place";
import { vaultNamespace } from "./vault";
import { vaultCertificate } from "./vault-values";

/** Who signs the certificates of the services. */
export type Issuer =
  /** A ClusterIssuer that is there. */
  | { readonly kind: "existing"; readonly name: string; readonly ownAuthority: boolean }
  /** ACME by records in a zone of Route 53. */
  | { readonly kind: "acme"; readonly server: string; readonly email: string; readonly region: string }
  /** An authority of one's own, made here. */
  | { readonly kind: "authority" };

/** A service that is installed, by its namespace and its host. */
export interface Entrant {
  readonly service: "vault" | "gitlab" | "registry";
  readonly host: string;
  /** Whether a runner of GitLab's must trust the authority, too. */
  readonly runner?: boolean;
}

const issuerName = "platform";
const gateway = "gateway.networking.k8s.io/v1";
const certManager = "cert-manager.io/v1";

/** Whether certificates are signed by an authority that only this estate knows. */
export function isOwnAuthority(issuer: Issuer): boolean {
  return issuer.kind === "authority" || (issuer.kind === "existing" && issuer.ownAuthority);
}

const object = (apiVersion: string, kind: string, name: string, namespace: string | undefined, spec: Json): Json => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }), labels: platformLabels },
  spec,
});

const certificate = (name: string, namespace: string, issuer: string, spec: { readonly [key: string]: Json }): Json =>
  object(certManager, "Certificate", name, namespace, {
    secretName: name,
    issuerRef: { name: issuer, kind: "ClusterIssuer" },
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    ...spec,
  });

/** The issuer's own objects, and its name. */
function issuerObjects(issuer: Issuer): { readonly name: string; readonly objects: readonly Json[] } {
  switch (issuer.kind) {
    case "existing":
      return { name: issuer.name, objects: [] };
    case "acme":
      return {
        name: issuerName,
        objects: [
          object(certManager, "ClusterIssuer", issuerName, undefined, {
            acme: {
              server: issuer.server,
              email: issuer.email,
              privateKeySecretRef: { name: "acme-account" },
              solvers: [{ dns01: { route53: { region: issuer.region } } }],
            },
          }),
        ],
      };
    case "authority": {
      const root = "platform-root";
      return {
        name: issuerName,
        objects: [
          object(certManager, "ClusterIssuer", root, undefined, { selfSigned: {} }),
          certificate(root, "cert-manager", root, {
            isCA: true,
            commonName: "Estate platform authority",
            duration: "87600h0m0s",
            // A new key would be a new authority, that nobody trusts yet.
            privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
          }),
          object(certManager, "ClusterIssuer", issuerName, undefined, { ca: { secretName: root } }),
        ],
      };
    }
  }
}

const namespaceOf: Readonly<Record<Entrant["service"], string>> = {
  vault: vaultNamespace,
  gitlab: gitlabNamespace,
  registry: harborNamespace,
};

/** The gateway: HTTPS ends here for all but Vault, whose TLS goes on to its pods; and SSH, where there is a GitLab. */
function gatewayObject(entrants: readonly Entrant[], annotations: Readonly<Record<string, string>>): Json {
  const from = {
    from: "Selector",
    selector: {
      matchExpressions: [
        {
          key: "kubernetes.io/metadata.name",
          operator: "In",
          values: entrants.map(({ service }) => namespaceOf[service]).sort(),
        },
      ],
    },
  };
  const listeners = entrants.flatMap(({ service, host }): Json[] =>
    service === "vault"
      ? [
          {
            name: "vault",
            hostname: host,
            port: 443,
            protocol: "TLS",
            tls: { mode: "Passthrough" },
            allowedRoutes: { namespaces: from },
          },
        ]
      : [
          {
            name: service,
            hostname: host,
            port: 443,
            protocol: "HTTPS",
            tls: { mode: "Terminate", certificateRefs: [{ kind: "Secret", name: `${service}-tls` }] },
            allowedRoutes: { namespaces: from },
          },
        ],
  );
  const ssh: Json[] = entrants.some(({ service }) => service === "gitlab")
    ? [{ name: "gitlab-ssh", port: 22, protocol: "TCP", allowedRoutes: { namespaces: from } }]
    : [];
  return object(gateway, "Gateway", platformGateway.name, platformGateway.namespace, {
    gatewayClassName: gatewayClass,
    // They go on to the Service that the world comes in by.
    ...(Object.keys(annotations).length === 0 ? {} : { infrastructure: { annotations } }),
    listeners: [...listeners, ...ssh],
  });
}

/** Each service's certificate where it is used, and what goes with it. */
function serviceObjects({ service, host, runner = false }: Entrant, issuer: string, ownAuthority: boolean): Json[] {
  if (service === "vault")
    return [
      certificate(vaultCertificate, vaultNamespace, issuer, { dnsNames: [host] }),
      object(gateway, "TLSRoute", "vault", vaultNamespace, {
        parentRefs: [{ ...platformGateway, sectionName: "vault" }],
        hostnames: [host],
        rules: [{ backendRefs: [{ name: "vault-active", port: 8200 }] }],
      }),
    ];
  const namespace = namespaceOf[service];
  const own = [
    certificate(`${service}-tls`, platformGateway.namespace, issuer, { dnsNames: [host] }),
    // Only for what lies beside it: the authority's own certificate.
    ...(ownAuthority ? [certificate(authoritySecret, namespace, issuer, { dnsNames: [host] })] : []),
  ];
  if (service === "gitlab")
    return ownAuthority && runner
      ? [...own, certificate(authoritySecret, runnerNamespace, issuer, { dnsNames: [host] })]
      : own;
  const signer = harborSecrets.signer.name;
  return [
    ...own,
    object(certManager, "Issuer", signer, namespace, { selfSigned: {} }),
    certificate(signer, namespace, signer, {
      issuerRef: { name: signer, kind: "Issuer" },
      commonName: "harbor-token",
      duration: "87600h0m0s",
      // With another key all logins to the registry would break.
      privateKey: { algorithm: "RSA", size: 2048, rotationPolicy: "Never" },
    }),
  ];
}

/** The way in to the services that are installed: one object, ready when the gateway has an address and all certificates are there. */
export function planEntrance(
  entrants: readonly Entrant[],
  { issuer, annotations }: { readonly issuer: Issuer; readonly annotations: Readonly<Record<string, string>> },
): KubernetesObject {
  const { name, objects } = issuerObjects(issuer);
  const ready = (kind: string, apiVersion: string, addon: string): Json => ({
    apiVersion,
    kind,
    name: addonObjectName(addon),
    namespace: fluxNamespace,
    ready: true,
  });
  return {
    apiVersion: "fluxcd.controlplane.io/v1",
    kind: "ResourceSet",
    metadata: {
      name: "control-plane",
      namespace: fluxNamespace,
      labels: platformLabels,
      annotations: {
        ...deletedInBackground,
        "pulumi.com/waitFor": "condition=Ready",
        "pulumi.com/timeoutSeconds": "1800",
      },
    },
    spec: {
      serviceAccountName: platformReconciler,
      wait: true,
      dependsOn: [
        ready("HelmRelease", "helm.toolkit.fluxcd.io/v2", "cert-manager"),
        ready("ResourceSet", "fluxcd.controlplane.io/v1", "envoy-gateway"),
      ],
      resources: [
        ...objects,
        gatewayObject(entrants, annotations),
        ...entrants.flatMap((entrant) => serviceObjects(entrant, name, isOwnAuthority(issuer))),
      ],
    },
  };
}
