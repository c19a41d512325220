import { z } from "zod";
import type { KubernetesObject } from "../model/kubernetes";
import { fluxNamespace, platformReconciler } from "../model/platform";
import { isQuantity } from "../model/quantity";
import { charts, versions } from "../model/versions";
import { defineFeature } from "./feature";
import { vclusterNetwork } from "./vcluster/network";
import { vclusterValues } from "./vcluster/values";

const profile = z
  .strictObject({
    storage: z
      .string()
      .refine(isQuantity, { error: "not a quantity" })
      .default("5Gi")
      .describe("Volume of the virtual cluster's own data"),
  })
  .prefault({});

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
      ...vclusterNetwork(home),
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
