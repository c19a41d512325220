import { z } from "zod";
import type { TenantHome } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { fluxNamespace, platformReconciler } from "../model/platform";
import { isQuantity } from "../model/quantity";
import { charts, versions } from "../model/versions";
import { defineFeature } from "./feature";
import { seed } from "./vcluster/seed";

const profile = z
  .strictObject({
    storage: z
      .string()
      .refine(isQuantity, { error: "not a quantity" })
      .default("5Gi")
      .describe("Volume of the virtual cluster's own data"),
  })
  .prefault({});

/** Values of chart vcluster; its schema refuses unknown keys, and a test holds these against it. */
export function vclusterValues(home: TenantHome, storage: string): Record<string, Json> {
  return {
    controlPlane: {
      // The only distribution left since 0.33, and the store that needs no licence.
      distro: { k8s: { enabled: true } },
      backingStore: { database: { embedded: { enabled: true } } },
      statefulSet: {
        image: { repository: "loft-sh/vcluster-oss" },
        persistence: { volumeClaim: { size: storage, retentionPolicy: "Retain" } },
      },
      proxy: { extraSANs: [`${home.namespace}.${home.namespace}.svc`] },
    },
    exportKubeConfig: { server: `https://${home.namespace}.${home.namespace}.svc:443` },
    policies: {
      podSecurityStandard: "restricted",
      resourceQuota: { enabled: true, quota: { ...home.quota } },
      limitRange: { enabled: true },
      networkPolicy: {
        enabled: true,
        // The chart's default leaves the metadata service open.
        workload: {
          publicEgress: {
            enabled: true,
            except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
          },
        },
      },
    },
    experimental: { deploy: { vcluster: { manifests: seed(home) } } },
    telemetry: { enabled: false },
  };
}

/** A virtual cluster in the tenant's namespace, installed by the GitOps engine as the platform. */
export const vcluster = defineFeature({
  key: "vcluster",
  summary: "A virtual cluster inside the namespace, for tenants with isolation `vcluster`",
  profile,
  objects: (home, _spec, { storage }): KubernetesObject[] => {
    if (home.tenant.isolation !== "vcluster") return [];
    // In the platform's namespace: the chart makes Roles, and whoever may do that in the tenant's could widen its rights.
    const metadata = { name: `vcluster-${home.namespace}`, namespace: fluxNamespace, labels: home.labels };
    return [
      {
        apiVersion: "source.toolkit.fluxcd.io/v1",
        kind: "HelmRepository",
        metadata,
        spec: { interval: "1h0m0s", url: charts.vcluster.repository },
      },
      {
        apiVersion: "helm.toolkit.fluxcd.io/v2",
        kind: "HelmRelease",
        metadata,
        spec: {
          interval: "30m0s",
          releaseName: home.namespace,
          targetNamespace: home.namespace,
          storageNamespace: home.namespace,
          serviceAccountName: platformReconciler,
          chart: {
            spec: {
              chart: charts.vcluster.chart,
              version: versions.vcluster.installed,
              interval: "1h0m0s",
              sourceRef: { kind: "HelmRepository", name: metadata.name },
            },
          },
          install: { strategy: { name: "RetryOnFailure", retryInterval: "3m0s" } },
          values: vclusterValues(home, storage),
        },
      },
    ];
  },
});
