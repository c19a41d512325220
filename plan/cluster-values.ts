import type { Settings } from "../config/schema";
import type { ClusterFacts, EnvironmentFacts, EstateFacts } from "../model/home";
import type { Json, KubernetesObject } from "../model/kubernetes";
import { platformLabels } from "../model/labels";
import { clusterValuesName, clusterValuesKey } from "../model/platform";
import { mergeValues, type Values } from "../model/values";

/** What the settings say of clusters' differences. */
export type ClusterValues = Settings["clusterValues"];

/**
 * Per-cluster values that releases consume (F11): what the settings say for all, for the ring and for the cluster, the last on
 * top; and over them what Estate knows itself, so that no setting says something else of a cluster than it is.
 */
export function clusterValues(
  estate: EstateFacts,
  cluster: ClusterFacts,
  environments: readonly EnvironmentFacts[],
  kind: { readonly [key: string]: Json },
  { common, rings, clusters }: ClusterValues,
): Values {
  const said = mergeValues(
    common as Values,
    (rings[String(cluster.ring)] ?? {}) as Values,
    (Object.hasOwn(clusters, cluster.name) ? (clusters[cluster.name] ?? {}) : {}) as Values,
  );
  return {
    ...said,
    estate: estate.name,
    domain: estate.domain,
    cluster: cluster.name,
    role: cluster.role,
    ring: cluster.ring,
    environments: environments.filter(({ clusters: on }) => on.includes(cluster.name)).map(({ name }) => name),
    ...kind,
  };
}

/** The same as the ConfigMap that releases take them from. */
export function clusterValuesObject(estate: EstateFacts, values: Values): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: {
      name: clusterValuesName,
      namespace: estate.gitops.namespace,
      // helm-controller upgrades what takes these values when they change, and not at its next interval.
      labels: { ...platformLabels, "reconcile.fluxcd.io/watch": "Enabled" },
    },
    // JSON is YAML, and leaves no text unquoted for a reader of YAML 1.1 to take for something else.
    data: { [clusterValuesKey]: JSON.stringify(values, undefined, 2) },
  };
}
