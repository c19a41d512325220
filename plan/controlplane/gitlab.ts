import type { Json, KubernetesObject } from "../../model/kubernetes";
import { gitlabNamespace, gitlabSecrets } from "./gitlab-names";
import { authoritySecret, type DataService, type ServicePlace } from "./place";
import { helmAddress, mirroredChart, mirroredImage, type Mirror } from "../../model/mirror";
import { platformGateway, serviceCharts } from "../../model/services";
import { mergeValues } from "../../model/values";
import type { ReleasePlan } from "../platform";
import { extensionsJob, tokenJob } from "./gitlab-jobs";
import { planRunner, type RunnerPlan } from "./gitlab-runner";
import { jobAccount } from "./job";
import { serviceNamespace } from "./namespace";

/** Buckets by what is in them; the names are the chart's. */
export const gitlabBuckets = [
  "artifacts", "backups", "ciSecureFiles", "dependencyProxy", "externalDiffs", "lfs", "packages", "terraformState",
  "tmp", "uploads",
] as const; // prettier-ignore

/** What a bucket's name ends with. */
export const gitlabBucketWord = (what: (typeof gitlabBuckets)[number]): string => what.toLowerCase();

/** What the settings, or what AWS gave, decide of a GitLab that is installed. */
export interface GitLabInstallation {
  readonly postgres: DataService & { readonly username: string; readonly database: string };
  readonly redis: DataService;
  readonly objects: {
    readonly region: string;
    readonly bucketPrefix: string;
    /** Of S3's API where it is not AWS's own: then with keys. */
    readonly endpoint?: string | undefined;
  };
  /** On all of its ServiceAccounts: a role of the cloud. */
  readonly accountAnnotations: Readonly<Record<string, string>>;
  readonly storageClass?: string | undefined;
  readonly gitalyGi: number;
  readonly runner?: { readonly concurrent: number } | undefined;
}

/** A GitLab to be installed. */
export interface GitLabPlan {
  readonly namespace: KubernetesObject;
  readonly objects: readonly KubernetesObject[];
  readonly release: ReleasePlan;
  /** Before the release: extensions of the database. */
  readonly before: KubernetesObject;
  /** After it: the token that the provider uses. */
  readonly job: KubernetesObject;
  readonly address: string;
  readonly runner?: RunnerPlan;
  /** The object store, whose keys the component adds. */
  readonly store: GitLabInstallation["objects"];
}

const cng = (name: string): string => `registry.gitlab.com/gitlab-org/build/cng/${name}`;

/** Every image of the chart under our values, by the place that names it. */
const images: readonly (readonly [path: readonly string[], image: string])[] = [
  [["global", "certificates"], "certificates"],
  [["global", "gitlabBase"], "gitlab-base"],
  [["global", "kubectl"], "kubectl"],
  [["shared-secrets", "selfsign"], "cfssl-self-sign"],
  [["upgradeCheck"], "gitlab-base"],
  [["gitlab", "gitaly"], "gitaly"],
  [["gitlab", "gitlab-exporter"], "gitlab-exporter"],
  [["gitlab", "gitlab-shell"], "gitlab-shell"],
  [["gitlab", "migrations"], "gitlab-toolbox-ce"],
  [["gitlab", "sidekiq"], "gitlab-sidekiq-ce"],
  [["gitlab", "toolbox"], "gitlab-toolbox-ce"],
  [["gitlab", "webservice"], "gitlab-webservice-ce"],
];

type Map = { readonly [key: string]: Json };

/** The images under a mirror, as values. */
export function gitlabImages(mirror: Mirror): Map {
  const values: Record<string, Record<string, Json>> = {};
  for (const [[top = "", inner], image] of images) {
    const named = { image: { repository: mirroredImage(cng(image), mirror) } };
    values[top] = inner === undefined ? named : { ...values[top], [inner]: named };
  }
  const webservice = values["gitlab"]?.["webservice"] as Map;
  values["gitlab"] = {
    ...values["gitlab"],
    // Its second container names its image by one text.
    webservice: { ...webservice, workhorse: { image: mirroredImage(cng("gitlab-workhorse-ce"), mirror) } },
  };
  return values;
}

/** Its host; where AWS chooses it, the run lays it over these values. */
const hostOf = ({ host }: DataService): Map => (host === undefined ? {} : { host });

/** Values of chart gitlab: external data, and none of the charts inside it. */
export function gitlabValues(own: GitLabInstallation, place: ServicePlace): Map {
  const { postgres, redis, objects } = own;
  const secret = ({ name, key }: { readonly name: string; readonly key: string }): Map => ({ secret: name, key });
  const bucket = (what: (typeof gitlabBuckets)[number]): string => `${objects.bucketPrefix}-${gitlabBucketWord(what)}`;
  const kept = ["artifacts", "ciSecureFiles", "dependencyProxy", "externalDiffs", "lfs", "packages", "terraformState", "uploads"] as const; // prettier-ignore
  return {
    global: {
      edition: "ce",
      hosts: { https: true, gitlab: { name: place.host }, ssh: place.host },
      psql: {
        ...hostOf(postgres),
        port: postgres.port,
        database: postgres.database,
        username: postgres.username,
        password: { useSecret: true, ...secret(gitlabSecrets.postgres) },
      },
      redis: {
        ...hostOf(redis),
        port: redis.port,
        scheme: redis.tls ? "rediss" : "redis",
        auth: { enabled: true, ...secret(gitlabSecrets.redis) },
      },
      gatewayApi: {
        enabled: true,
        installEnvoy: false,
        configureCertmanager: false,
        gatewayRef: { ...platformGateway },
      },
      ingress: { enabled: false, configureCertmanager: false },
      initialRootPassword: secret(gitlabSecrets.root),
      // They encrypt columns of the database: made by a hook they would die with the namespace, and the database would not.
      railsSecrets: { secret: gitlabSecrets.rails.name },
      appConfig: {
        object_store: { enabled: true, proxy_download: true, connection: secret(gitlabSecrets.objects) },
        ...Object.fromEntries(kept.map((what) => [what, { bucket: bucket(what) }])),
        backups: { bucket: bucket("backups"), tmpBucket: bucket("tmp") },
        defaultCanCreateGroup: false,
        initialDefaults: { signupEnabled: false },
        ...(place.singleSignOn
          ? {
              omniauth: {
                enabled: true,
                allowSingleSignOn: ["openid_connect"],
                blockAutoCreatedUsers: false,
                autoLinkUser: ["openid_connect"],
                providers: [secret(gitlabSecrets.signOn)],
              },
            }
          : {}),
      },
      shell: { port: 22 },
      serviceAccount: { enabled: true, create: true, annotations: own.accountAnnotations },
      kas: { enabled: false },
      ...(place.ownAuthority ? { certificates: { customCAs: [{ secret: authoritySecret, keys: ["ca.crt"] }] } } : {}),
    },
    installCertmanager: false,
    prometheus: { install: false },
    "nginx-ingress": { enabled: false },
    "gitlab-runner": { install: false },
    registry: { enabled: false },
    gitlab: {
      webservice: { minReplicas: 1, maxReplicas: 2, resources: { requests: { cpu: "500m", memory: "2.5Gi" } } },
      sidekiq: { minReplicas: 1, maxReplicas: 2 },
      gitaly: {
        persistence: {
          size: `${String(own.gitalyGi)}Gi`,
          ...(own.storageClass === undefined ? {} : { storageClass: own.storageClass }),
        },
      },
      "gitlab-shell": { minReplicas: 1, sshDaemon: "gitlab-sshd" },
      toolbox: { enabled: true, backups: { objectStorage: { config: secret(gitlabSecrets.backups) } } },
    },
  };
}

/** Plans a GitLab on the control plane. */
export function planGitLab(own: GitLabInstallation, place: ServicePlace): GitLabPlan {
  const values = gitlabValues(own, place);
  return {
    namespace: serviceNamespace(gitlabNamespace, "baseline"),
    objects: jobAccount("gitlab-token", gitlabNamespace, [
      { apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["gitlab-toolbox"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
      // Not to be held to one pod; so the account serves this Job alone, in GitLab's own namespace.
      { apiGroups: [""], resources: ["pods/exec"], verbs: ["create", "get"] },
    ]),
    release: {
      name: "gitlab",
      namespace: gitlabNamespace,
      ...helmAddress(mirroredChart(serviceCharts.gitlab, place.mirror)),
      version: serviceCharts.gitlab.version,
      values: place.mirror === undefined ? values : mergeValues(values, gitlabImages(place.mirror)),
      wait: { seconds: 1800, jobs: true },
    },
    before: extensionsJob(own.postgres, place),
    job: tokenJob(place),
    address: `https://${place.host}`,
    store: own.objects,
    ...(own.runner === undefined ? {} : { runner: planRunner(own.runner, place) }),
  };
}
