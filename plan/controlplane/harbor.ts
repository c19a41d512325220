import type { Json, KubernetesObject } from "../../model/kubernetes";
import { helmAddress, mirroredChart, mirroredImage, type Mirror } from "../../model/mirror";
import { jobImages, platformGateway, serviceCharts } from "../../model/services";
import { mergeValues } from "../../model/values";
import type { ReleasePlan } from "../platform";
import { authoritySecret, type DataService, type ServicePlace } from "./place";
import { job } from "./job";
import { serviceNamespace } from "./namespace";

/** What the settings, or what AWS gave, decide of a Harbor that is installed. */
export interface HarborInstallation {
  readonly postgres: DataService & { readonly username: string; readonly database: string };
  readonly redis: DataService;
  readonly objects: { readonly region: string; readonly bucket: string; readonly endpoint?: string | undefined };
  /** On the registry's ServiceAccount: a role of the cloud. */
  readonly accountAnnotations: Readonly<Record<string, string>>;
  readonly storageClass?: string | undefined;
}

/** A Harbor to be installed. */
export interface HarborPlan {
  readonly namespace: KubernetesObject;
  readonly objects: readonly KubernetesObject[];
  readonly release: ReleasePlan;
  readonly job: KubernetesObject;
  readonly address: string;
  /** The port of Redis, for the host that AWS chooses. */
  readonly redisPort: number;
  /** The object store, whose keys the component adds. */
  readonly store: HarborInstallation["objects"];
}

export const harborNamespace = "harbor";
/** The registry's ServiceAccount: the one that reaches the bucket. */
export const registryAccount = "harbor-registry";

/**
 * Secrets that the component fills. All of them, since the chart makes anew at each rendering whatever it is not given: the
 * token's signer (and every login would break), the registry's password (and every pod would roll).
 */
export const harborSecrets = {
  admin: { name: "harbor-admin", key: "HARBOR_ADMIN_PASSWORD" },
  encryption: { name: "harbor-encryption", key: "secretKey" },
  core: { name: "harbor-core-secret", key: "secret" },
  jobservice: { name: "harbor-jobservice-secret", key: "JOBSERVICE_SECRET" },
  registry: { name: "harbor-registry-secret", key: "REGISTRY_HTTP_SECRET" },
  xsrf: { name: "harbor-xsrf", key: "CSRF_KEY" },
  postgres: { name: "harbor-postgres", key: "password" },
  redis: { name: "harbor-redis", key: "REDIS_PASSWORD" },
  /** A certificate and its key: `tls.crt`, `tls.key`; cert-manager writes it. */
  signer: { name: "harbor-token-signer", key: "tls.key" },
  /** `REGISTRY_PASSWD` and `REGISTRY_HTPASSWD`, which is made of it once. */
  login: { name: "harbor-registry-login", key: "REGISTRY_PASSWD" },
  /** Keys to an object store that is not AWS's own. */
  objects: { name: "harbor-objects", key: "REGISTRY_STORAGE_S3_SECRETKEY" },
} as const;

const images: readonly (readonly [path: readonly string[], image: string])[] = [
  [["nginx"], "nginx-photon"],
  [["portal"], "harbor-portal"],
  [["core"], "harbor-core"],
  [["jobservice"], "harbor-jobservice"],
  [["registry", "registry"], "registry-photon"],
  [["registry", "controller"], "harbor-registryctl"],
  [["trivy"], "trivy-adapter-photon"],
  [["database", "internal"], "harbor-db"],
  [["redis", "internal"], "redis-photon"],
  [["exporter"], "harbor-exporter"],
];

type Map = { readonly [key: string]: Json };

function mirrored(mirror: Mirror): Map {
  const named = (image: string): Map => ({
    image: { repository: mirroredImage(`docker.io/goharbor/${image}`, mirror) },
  });
  return images.reduce<Map>(
    (values, [path, image]) =>
      mergeValues(
        values,
        path.reduceRight<Map>((inner, key) => ({ [key]: inner }), named(image)),
      ),
    {
      // A scan needs its database; without the internet it comes from the mirror, too.
      trivy: {
        dbRepository: [mirroredImage("mirror.gcr.io/aquasec/trivy-db", mirror)],
        javaDBRepository: [mirroredImage("mirror.gcr.io/aquasec/trivy-java-db", mirror)],
      },
    },
  );
}

/** A Redis as the chart names it. */
export const harborRedisAddress = (host: string, port: number): string => `${host}:${String(port)}`;

/** Values of chart harbor. What people log in with comes as a secret value from the component. */
export function harborValues(own: HarborInstallation, place: ServicePlace): Map {
  const { postgres, redis, objects } = own;
  const storageClass = own.storageClass === undefined ? {} : { storageClass: own.storageClass };
  const values: Map = {
    externalURL: `https://${place.host}`,
    expose: {
      type: "route",
      // TLS ends at the gateway.
      tls: { enabled: false },
      route: { hosts: [place.host], parentRefs: [{ ...platformGateway }] },
    },
    existingSecretAdminPassword: harborSecrets.admin.name,
    existingSecretAdminPasswordKey: harborSecrets.admin.key,
    existingSecretSecretKey: harborSecrets.encryption.name,
    ...(place.ownAuthority ? { caBundleSecretName: authoritySecret } : {}),
    core: {
      existingSecret: harborSecrets.core.name,
      existingXsrfSecret: harborSecrets.xsrf.name,
      existingXsrfSecretKey: harborSecrets.xsrf.key,
      secretName: harborSecrets.signer.name,
    },
    jobservice: {
      existingSecret: harborSecrets.jobservice.name,
      existingSecretKey: harborSecrets.jobservice.key,
      jobLoggers: ["database"],
    },
    registry: {
      existingSecret: harborSecrets.registry.name,
      existingSecretKey: harborSecrets.registry.key,
      credentials: { username: "harbor_registry_user", existingSecret: harborSecrets.login.name },
      serviceAccountName: registryAccount,
      automountServiceAccountToken: true,
    },
    database: {
      type: "external",
      external: {
        ...(postgres.host === undefined ? {} : { host: postgres.host }),
        port: String(postgres.port),
        username: postgres.username,
        coreDatabase: postgres.database,
        existingSecret: harborSecrets.postgres.name,
        sslmode: postgres.tls ? "require" : "disable",
      },
    },
    redis: {
      type: "external",
      external: {
        ...(redis.host === undefined ? {} : { addr: harborRedisAddress(redis.host, redis.port) }),
        existingSecret: harborSecrets.redis.name,
        tlsOptions: { enable: redis.tls },
      },
    },
    persistence: {
      resourcePolicy: "keep",
      persistentVolumeClaim: { trivy: storageClass },
      imageChartStorage: {
        type: "s3",
        s3: {
          region: objects.region,
          bucket: objects.bucket,
          ...(objects.endpoint === undefined
            ? {}
            : { regionendpoint: objects.endpoint, existingSecret: harborSecrets.objects.name }),
        },
      },
    },
  };
  return place.mirror === undefined ? values : mergeValues(values, mirrored(place.mirror));
}

/** Logins by an identity provider, as Harbor reads them once at its start; its own interface cannot change them then. */
export function harborSignOn(provider: {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly groupsClaim: string;
  readonly adminGroup: string;
}): string {
  return JSON.stringify({
    auth_mode: "oidc_auth",
    primary_auth_mode: true,
    oidc_name: "single sign-on",
    oidc_endpoint: provider.issuer,
    oidc_client_id: provider.clientId,
    oidc_client_secret: provider.clientSecret,
    oidc_scope: "openid,profile,email,offline_access",
    oidc_verify_cert: true,
    oidc_auto_onboard: true,
    oidc_user_claim: "preferred_username",
    oidc_groups_claim: provider.groupsClaim,
    oidc_admin_group: provider.adminGroup,
    project_creation_restriction: "adminonly",
    robot_name_prefix: "robot$",
  });
}

/**
 * Waits until Harbor is whole where the providers reach it, and takes the password. PUBLIC_ADDR, WAIT_SECONDS, PASSWORD, and
 * CA_FILE where its certificate is signed by an authority of one's own.
 */
export const awaitHarbor = `ask() { curl --fail --silent --max-time 20 \${CA_FILE:+--cacert "$CA_FILE"} "$@"; }
login() { printf 'user = "admin:%s"\\n' "$PASSWORD" | ask --config - --output /dev/null "$PUBLIC_ADDR/api/v2.0/users/current"; }
healthy() { ask "$PUBLIC_ADDR/api/v2.0/health" | tr -d ' \\n' | grep -q '^{.*"status":"healthy"' && ! ask "$PUBLIC_ADDR/api/v2.0/health" | grep -q unhealthy; }
waited=0
until healthy && login; do
  [ "$waited" -lt "$WAIT_SECONDS" ] || { echo "Harbor is not whole at $PUBLIC_ADDR, or does not take the password of its first start" >&2; exit 1; }
  sleep 5
  waited=$((waited + 5))
done
echo "Harbor is whole at $PUBLIC_ADDR"
`;

/** Plans a Harbor on the control plane. */
export function planHarbor(own: HarborInstallation, place: ServicePlace): HarborPlan {
  return {
    namespace: serviceNamespace(harborNamespace, "baseline"),
    objects: [
      {
        apiVersion: "v1",
        kind: "ServiceAccount",
        metadata: { name: registryAccount, namespace: harborNamespace, annotations: own.accountAnnotations },
      },
    ],
    release: {
      name: "harbor",
      namespace: harborNamespace,
      ...helmAddress(mirroredChart(serviceCharts.harbor, place.mirror)),
      version: serviceCharts.harbor.version,
      values: harborValues(own, place),
      wait: { seconds: 900, jobs: true },
    },
    job: job({
      purpose: "harbor-ready",
      namespace: harborNamespace,
      user: 1000,
      seconds: 1800,
      again: serviceCharts.harbor.version,
      mirror: place.mirror,
      steps: [
        {
          name: "await",
          image: jobImages.curl,
          script: awaitHarbor,
          env: {
            PUBLIC_ADDR: `https://${place.host}`,
            WAIT_SECONDS: "1200",
            ...(place.ownAuthority ? { CA_FILE: "/authority/ca.crt" } : {}),
          },
          secretEnv: { PASSWORD: { secret: harborSecrets.admin.name, key: harborSecrets.admin.key } },
          mounts: { tmp: "/tmp", ...(place.ownAuthority ? { authority: "/authority" } : {}) },
        },
      ],
      ...(place.ownAuthority ? { volumes: { authority: { secret: { secretName: authoritySecret } } } } : {}),
    }),
    address: `https://${place.host}`,
    redisPort: own.redis.port,
    store: own.objects,
  };
}
