import type { Chart } from "./mirror";
import { shortHash } from "./hash";

/** A chart that Estate installs for a service of the control plane, and the program in it. */
export interface ServiceChart extends Chart {
  readonly version: string;
  /** Version of the program, as its images are tagged. */
  readonly program: string;
}

/**
 * The services that Estate can install on the control plane. None of these charts comes as a Go module, so the sandbox
 * cannot have them: there the services are brought along.
 */
export const serviceCharts = {
  vault: { chart: "vault", repository: "https://helm.releases.hashicorp.com", version: "0.34.1", program: "2.0.4" },
  gitlab: { chart: "gitlab", repository: "https://charts.gitlab.io", version: "10.2.0", program: "19.2.0" },
  gitlabRunner: {
    chart: "gitlab-runner",
    repository: "https://charts.gitlab.io",
    version: "0.86.0",
    program: "18.9.0",
  },
  harbor: { chart: "harbor", repository: "https://helm.goharbor.io", version: "1.19.1", program: "2.15.1" },
} as const satisfies Record<string, ServiceChart>;

/** OpenUnison's charts, in the order in which they are installed. */
export const openUnisonRepository = "https://nexus.tremolo.io/repository/helm";
export const openUnisonCharts = {
  operator: { chart: "openunison-operator", repository: openUnisonRepository, version: "3.0.25", program: "1.0.8" },
  orchestra: { chart: "orchestra", repository: openUnisonRepository, version: "3.1.40", program: "1.0.46" },
  login: { chart: "orchestra-login-portal", repository: openUnisonRepository, version: "2.3.88", program: "1.0.46" },
  proxy: { chart: "orchestra-kube-oidc-proxy", repository: openUnisonRepository, version: "1.0.14", program: "1.0.11" },
  cluster: {
    chart: "openunison-k8s-add-cluster",
    repository: openUnisonRepository,
    version: "1.0.19",
    program: "1.0.46",
  },
} as const satisfies Record<string, ServiceChart>;

/** Images of Estate's own Jobs: the one table, so that a mirror and a scanner find all of them. */
export const jobImages = {
  /** Has the `vault` command and a shell. */
  vault: `docker.io/hashicorp/vault:${serviceCharts.vault.program}`,
  /** Has curl and a shell. */
  curl: "docker.io/curlimages/curl:8.20.0",
  /** Has psql and a shell. */
  postgres: "docker.io/library/postgres:17.6-alpine3.22",
  /** Has kubectl and a shell. */
  kubectl: "docker.io/alpine/k8s:1.35.0",
} as const;

/** Host of a service of the control plane: below that cluster's name, where no tenant's host can be. */
export function serviceHost(service: string, cluster: string, domain: string): string {
  return `${service}.${cluster}.${domain}`;
}

/** Name of a Job: what it does, and a hash of all that it is, since a Job is never changed. */
export function jobName(purpose: string, content: unknown): string {
  return `${purpose}-${shortHash(JSON.stringify(content))}`;
}

/** The gateway by which the world reaches the services; the class comes with the addon `envoy-gateway`. */
export const platformGateway = { name: "platform", namespace: "gateway" } as const;

/** Addons that an installed service cannot do without on the control plane: certificates, and a way in. */
export const entranceAddons = ["cert-manager", "gateway-crds", "envoy-gateway"] as const;

/** The services of the control plane, and the word by which each is known in its host's name. */
export const serviceWords = { vault: "vault", gitlab: "gitlab", registry: "harbor" } as const;

/** The annotation by which pods of a ServiceAccount act as a role of AWS. */
export const roleAnnotation = "eks.amazonaws.com/role-arn";
