import { addonObjectName, type Addon, type AddonRelease } from "../../model/addon";
import type { EstateFacts } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import { chartReference, chartSource } from "../../model/chart-source";
import {
  clusterValuesKey,
  clusterValuesName,
  deletedInBackground,
  fluxNamespace,
  platformReconciler,
} from "../../model/platform";
import type { Values } from "../../model/values";
import type { EnginePlatform } from "../engine";
import { leaving } from "./leaving";

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
function release({ addon, source, values, clusterValues, after }: AddonRelease): KubernetesObject[] {
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
        ...(clusterValues !== undefined
          ? { valuesFrom: [{ kind: "ConfigMap", name: clusterValuesName, valuesKey: clusterValuesKey }] }
          : {}),
        values,
      },
    },
  ];
}

/** Objects of the addon's own kinds. flux-operator applies them when the release is ready: the API server knows them then. */
function resources(addon: Addon, objects: readonly Values[]): KubernetesObject {
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

function addonObjects(addon: AddonRelease): KubernetesObject[] {
  return [...release(addon), ...(addon.objects.length === 0 ? [] : [resources(addon.addon, addon.objects)])];
}

/** What Flux is told of addons on its own cluster. */
export const fluxAddons =
  (estate: EstateFacts): EnginePlatform["addons"] =>
  (releases) => ({ objects: leaving(estate, releases.flatMap(addonObjects)) });
