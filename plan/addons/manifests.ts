import type { Addon } from "../../model/addon";
import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { chartReference, chartSource } from "../../model/chart-source";
import type { Chart } from "../../model/mirror";
import {
  clusterValuesKey,
  clusterValuesName,
  deletedInBackground,
  fluxNamespace,
  platformReconciler,
} from "../../model/platform";
import type { Values } from "../../model/values";

/** The GitOps engine's objects of an addon, all in the platform's namespace. Tenants' begin with another word. */
export function addonObjectName(addon: string): string {
  return `addon-${addon}`;
}

/** One release, decided. */
export interface AddonRelease {
  readonly addon: Addon;
  readonly source: Chart;
  readonly values: Values;
  /** Whether it takes the cluster's values, too, below its own. */
  readonly clusterValues: boolean;
  /** Addons that must be ready first. */
  readonly after: readonly string[];
}

const metadataOf = (addon: Addon) => ({
  name: addonObjectName(addon.name),
  namespace: fluxNamespace,
  labels: platformLabels,
  annotations: deletedInBackground,
});

/**
 * A source and a HelmRelease. Helm's records lie with what they install, where only the platform reads Secrets: the
 * platform's own namespace has identities that serve single tenants.
 */
export function addonRelease({ addon, source, values, clusterValues, after }: AddonRelease): KubernetesObject[] {
  return [
    chartSource(source, addon.version, metadataOf(addon)),
    {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: metadataOf(addon),
      spec: {
        interval: "30m0s",
        timeout: "10m0s",
        releaseName: addon.name,
        targetNamespace: addon.namespace,
        storageNamespace: addon.namespace,
        // Said, because under the lockdown what says nothing acts as `default`, which may do nothing.
        serviceAccountName: platformReconciler,
        ...chartReference(source, addon.version, addonObjectName(addon.name)),
        ...(after.length === 0 ? {} : { dependsOn: after.map((name) => ({ name: addonObjectName(name) })) }),
        install: { crds: "CreateReplace", remediation: { retries: 3 } },
        upgrade: {
          crds: "CreateReplace",
          cleanupOnFail: true,
          remediation: { retries: 3, remediateLastFailure: true },
        },
        driftDetection: { mode: "warn" },
        ...(clusterValues
          ? { valuesFrom: [{ kind: "ConfigMap", name: clusterValuesName, valuesKey: clusterValuesKey }] }
          : {}),
        values,
      },
    },
  ];
}

/** Objects of the addon's own kinds. flux-operator applies them when the release is ready: the API server knows them then. */
export function addonResources(addon: Addon, objects: readonly Values[]): KubernetesObject {
  const { name, ...metadata } = metadataOf(addon);
  return {
    apiVersion: "fluxcd.controlplane.io/v1",
    kind: "ResourceSet",
    metadata: { name, ...metadata },
    spec: {
      serviceAccountName: platformReconciler,
      dependsOn: [
        { apiVersion: "helm.toolkit.fluxcd.io/v2", kind: "HelmRelease", name, namespace: fluxNamespace, ready: true },
      ],
      resources: [...objects],
    },
  };
}
