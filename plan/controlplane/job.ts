import type { Json, KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { mirroredImage, type Mirror } from "../../model/mirror";
import { jobName } from "../../model/services";

/** One container of a Job: a script in one image. Steps run one after the other. */
export interface Step {
  readonly name: string;
  readonly image: string;
  /** POSIX shell; it holds no secret. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Variables out of Secrets of the namespace. */
  readonly secretEnv?: Readonly<Record<string, { readonly secret: string; readonly key: string }>>;
  /** Mounts by the names of the Job's volumes. */
  readonly mounts?: Readonly<Record<string, string>>;
}

/** What a Job is made from. */
export interface JobParts {
  readonly purpose: string;
  readonly namespace: string;
  readonly steps: readonly Step[];
  readonly volumes?: Readonly<Record<string, Json>>;
  readonly serviceAccount?: string;
  /** The user that all steps run as. */
  readonly user: number;
  /** What makes a new Job besides its own content: the day of a credential, the version of what it talks to. */
  readonly again?: string;
  readonly mirror?: Mirror | undefined;
  /** Seconds until it is given up. */
  readonly seconds: number;
}

/** What Pod Security `restricted` demands. */
const confined: Json = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};

function container({ name, image, script, env = {}, secretEnv = {}, mounts = {} }: Step, mirror?: Mirror): Json {
  return {
    name,
    image: mirroredImage(image, mirror),
    command: ["/bin/sh", "-euc", script],
    env: [
      ...Object.entries(env).map(([key, value]) => ({ name: key, value })),
      ...Object.entries(secretEnv).map(([key, { secret, key: inside }]) => ({
        name: key,
        valueFrom: { secretKeyRef: { name: secret, key: inside } },
      })),
    ],
    volumeMounts: Object.entries(mounts).map(([volume, mountPath]) => ({ name: volume, mountPath })),
    securityContext: confined,
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "512Mi" } },
  };
}

/**
 * A Job that is there to be waited for. Its name carries a hash, because a Job is never changed; it has no time to live,
 * because one that vanished would be made again; its containers start again in the same pod, so that what they keep in its
 * memory outlives a crash.
 */
export function job({
  purpose,
  namespace,
  steps,
  volumes = {},
  user,
  again = "",
  mirror,
  ...parts
}: JobParts): KubernetesObject {
  const containers = steps.map((step) => container(step, mirror));
  const spec = {
    backoffLimit: 20,
    activeDeadlineSeconds: parts.seconds,
    template: {
      metadata: { labels: { ...platformLabels, "app.kubernetes.io/name": purpose } },
      spec: {
        restartPolicy: "OnFailure",
        automountServiceAccountToken: false,
        ...(parts.serviceAccount === undefined ? {} : { serviceAccountName: parts.serviceAccount }),
        securityContext: {
          runAsNonRoot: true,
          runAsUser: user,
          runAsGroup: user,
          fsGroup: user,
          seccompProfile: { type: "RuntimeDefault" },
        },
        ...(containers.length > 1 ? { initContainers: containers.slice(0, -1) } : {}),
        containers: containers.slice(-1),
        volumes: [
          { name: "tmp", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
          ...Object.entries(volumes).map(([name, volume]) => ({
            name,
            ...(volume as { readonly [key: string]: Json }),
          })),
        ],
      },
    },
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: {
      name: jobName(purpose, [spec, again]),
      namespace,
      labels: platformLabels,
      // A new one by the same name could not stand beside it.
      annotations: { "pulumi.com/timeoutSeconds": String(parts.seconds) },
    },
    spec,
  };
}

/** A ServiceAccount with a Role of its own in the namespace. */
export function jobAccount(name: string, namespace: string, rules: readonly Json[]): KubernetesObject[] {
  const rbac = "rbac.authorization.k8s.io";
  const metadata = { name, namespace, labels: platformLabels };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata, automountServiceAccountToken: false },
    { apiVersion: `${rbac}/v1`, kind: "Role", metadata, rules: [...rules] },
    {
      apiVersion: `${rbac}/v1`,
      kind: "RoleBinding",
      metadata,
      roleRef: { apiGroup: rbac, kind: "Role", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

/** A token of the Job's own account, for the one container that mounts it: an hour, and the API server's CA beside it. */
export const ownToken: Json = {
  projected: {
    sources: [
      { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
      { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
    ],
  },
};
