import type { Chart } from "./mirror";

/**
 * Versions of everything that Estate installs: constants, bumped by pull request, so that two previews of one commit
 * agree. `installed` is what a cluster gets; `rehearsed` is what the sandbox can have, where that differs (the docs
 * print the differences).
 */
export interface Version {
  readonly installed: string;
  readonly rehearsed: string;
}

export const versions = {
  fluxOperator: { installed: "0.58.1", rehearsed: "0.58.1" },
  flux: { installed: "2.9.4", rehearsed: "2.9.4" },
  externalSecrets: { installed: "2.9.0", rehearsed: "0.20.4" },
  vcluster: { installed: "0.36.1", rehearsed: "0.36.0" },
  argoCd: { installed: "3.6.1", rehearsed: "3.6.1" },
  /** The newest chart that could be looked up; it is made for 3.5.3, and the image is set to the version above. */
  argoCdChart: { installed: "10.9.2", rehearsed: "10.9.2" },
  /** The program and its chart are numbered alike since 1.3.0. */
  argoCdImageUpdater: { installed: "1.3.0", rehearsed: "1.3.0" },
  cloudNativePg: { installed: "1.30.0", rehearsed: "1.30.0" },
  /** The newest chart that is known to bring that version of the operator. */
  cloudNativePgChart: { installed: "0.29.0", rehearsed: "0.29.0" },
} as const satisfies Record<string, Version>;

/** Pod Security Standards as of this Kubernetes minor: pinned, so that a cluster upgrade tightens nothing by surprise. */
export const podSecurityVersion = "v1.35";

/** Where the platform's own charts come from, without a mirror. Those of addons are in model/addons/. */
export const charts = {
  fluxOperator: { repository: "oci://ghcr.io/controlplaneio-fluxcd/charts", chart: "flux-operator" },
  externalSecrets: { repository: "https://charts.external-secrets.io", chart: "external-secrets" },
  vcluster: { repository: "https://charts.loft.sh", chart: "vcluster" },
  argoCd: { repository: "https://argoproj.github.io/argo-helm", chart: "argo-cd" },
  argoCdImageUpdater: { repository: "https://argoproj.github.io/argo-helm", chart: "argocd-image-updater" },
  cloudNativePg: { repository: "https://cloudnative-pg.github.io/charts", chart: "cloudnative-pg" },
} as const satisfies Record<string, Chart>;

/** Images of the platform's own releases and pipelines, by the places that need one name them. */
export const images = {
  fluxOperator: "ghcr.io/controlplaneio-fluxcd/flux-operator",
  externalSecrets: "ghcr.io/external-secrets/external-secrets",
  argoCd: "quay.io/argoproj/argocd",
  argoCdRedis: "ecr-public.aws.com/docker/library/redis",
  argoCdImageUpdater: "quay.io/argoprojlabs/argocd-image-updater",
  cloudNativePg: "ghcr.io/cloudnative-pg/cloudnative-pg",
  /** Databases of CloudNativePG: the major of RDS' (model/aws/versions.ts), so that dev and prod have the same one. */
  postgres: "ghcr.io/cloudnative-pg/postgresql:17.10-standard-trixie",
  /** Builds what tenants write. */
  build: "quay.io/buildah/stable:v1.41",
  /** Has Git and curl. */
  promotion: "docker.io/library/buildpack-deps:bookworm-scm",
} as const;

/**
 * What a virtual cluster runs besides its tenant's own, up to the tag: its control plane, its store, its name service, and the container
 * by which pods with a subdomain learn their name. As the chart's values and its own program name them.
 */
export const vclusterImages = [
  "ghcr.io/loft-sh/vcluster-oss:",
  "ghcr.io/loft-sh/vcluster-pro:",
  "ghcr.io/loft-sh/kubernetes:",
  "registry.k8s.io/etcd:",
  "docker.io/coredns/coredns:",
  "mirror.gcr.io/library/alpine:",
] as const;

/**
 * Where the Flux distribution's images and manifests come from. The artifact is tagged by the operator's release, and pinned:
 * `latest` would upgrade Flux unasked.
 */
export const fluxDistribution = {
  registry: "ghcr.io/fluxcd",
  artifact: `oci://ghcr.io/controlplaneio-fluxcd/flux-operator-manifests:v${versions.fluxOperator.installed}`,
} as const;
