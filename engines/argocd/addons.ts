import { addonObjectName, type AddonRelease } from "../../model/addon";
import type { ClusterLogin } from "../../model/gitops";
import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { platformReconciler } from "../../model/platform";
import { mergeValues } from "../../model/values";
import type { EngineAddons, EngineScope } from "../engine";
import { chartRepository, chartSource } from "./helm";
import { clusterSecret, loginConfig } from "./login";
import { addonProject, argocdNamespace, ownAddress, placeName } from "./names";
import { argoproj } from "./project";

const metadata = (name: string) => ({ name, namespace: argocdNamespace, labels: platformLabels });

/** A cluster as the place of addons. Its own Argo CD calls by the name that every pod has for its cluster. */
function login({ estate, cluster }: EngineScope): ClusterLogin {
  const project = addonProject(cluster.name);
  return {
    cluster: cluster.name,
    ...clusterSecret({ estate, cluster, labels: platformLabels }, placeName(project, cluster.name), {
      project,
      clusterResources: "true",
    }),
    ...(cluster.role === "control-plane" ? { server: ownAddress } : {}),
    query: `project=${project}`,
    config: loginConfig({ cluster }),
  };
}

/** What may be brought to a cluster as the platform: the addons' own charts, and whatever is in them. */
function project({ cluster }: EngineScope, releases: readonly AddonRelease[]): KubernetesObject {
  const name = addonProject(cluster.name);
  const everything = [{ group: "*", kind: "*" }];
  return {
    apiVersion: argoproj,
    kind: "AppProject",
    metadata: metadata(name),
    spec: {
      description: `Addons of cluster ${cluster.name}`,
      sourceRepos: [...new Set(releases.map(({ source }) => chartRepository(source)))].sort(),
      destinations: [{ name: placeName(name, cluster.name), namespace: "*" }],
      permitOnlyProjectScopedClusters: true,
      clusterResourceWhitelist: everything,
      namespaceResourceWhitelist: everything,
      destinationServiceAccounts: [
        { server: "*", namespace: "*", defaultServiceAccount: `${argocdNamespace}:${platformReconciler}` },
      ],
      roles: [],
    },
  };
}

/**
 * One addon. Argo CD knows no order between Applications: what comes before the kinds that it is written in fails, and is tried
 * again until they are there. Like Flux it tells what somebody else changed, and does not undo it.
 */
function application({ cluster }: EngineScope, release: AddonRelease): KubernetesObject {
  const { addon, source, values, clusterValues } = release;
  const name = addonProject(cluster.name);
  return {
    apiVersion: argoproj,
    kind: "Application",
    metadata: metadata(placeName(`platform-${addonObjectName(addon.name)}`, cluster.name)),
    spec: {
      project: name,
      source: chartSource(source, addon.version, addon.name, mergeValues(clusterValues, values)),
      destination: { name: placeName(name, cluster.name), namespace: addon.namespace },
      revisionHistoryLimit: 5,
      syncPolicy: {
        automated: { prune: true, selfHeal: false },
        syncOptions: ["CreateNamespace=false", "ServerSideApply=true", "SkipDryRunOnMissingResource=true"],
        retry: { limit: -1, backoff: { duration: "30s", factor: 2, maxDuration: "5m" } },
      },
    },
  };
}

/** The addons of a cluster, as Argo CD has them on the control plane. */
export function argocdAddons(scope: EngineScope, releases: readonly AddonRelease[]): EngineAddons {
  const plane = scope.clusters.find(({ role }) => role === "control-plane");
  if (releases.length === 0 || plane === undefined) return { objects: [] };
  // config/ has told of it.
  for (const { addon, objects } of releases)
    if (objects.length > 0) throw new RangeError(`Argo CD was asked for the objects of addon ${addon.name}`);
  return {
    objects: [],
    central: {
      cluster: plane.name,
      objects: [project(scope, releases)],
      logins: [login(scope)],
      deliveries: releases.map((release) => application(scope, release)),
    },
  };
}
