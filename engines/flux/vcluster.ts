import type { VirtualClusterRelease } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";
import { chartReference, chartSource } from "../../model/chart-source";
import { mirroredChart } from "../../model/mirror";
import { releaseName } from "../../model/names";
import { deletedInBackground, fluxNamespace } from "../../model/platform";
import { charts, versions } from "../../model/versions";
import { releaseIdentity, releaseValues } from "../release";

/**
 * The release, and who installs it. Helm's records lie in the platform's namespace, too (the right to them is the platform's
 * `vcluster-releases`, ./identity.ts): whoever writes a record in the home would steer the next upgrade, and Secrets
 * that are made inside the virtual cluster come out into the home with the labels by which Helm finds its records.
 */
export function vclusterRelease(home: TenantHome, release: VirtualClusterRelease): KubernetesObject[] {
  const { namespace, labels } = home;
  const metadata = { name: releaseName(namespace), namespace: fluxNamespace, labels };
  const held = { ...metadata, annotations: deletedInBackground };
  const source = mirroredChart(charts.vcluster, home.estate.mirror);
  return [
    ...releaseIdentity(home, release),
    chartSource(source, versions.vcluster.installed, held),
    {
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: held,
      spec: {
        interval: "30m0s",
        releaseName: namespace,
        targetNamespace: namespace,
        storageNamespace: fluxNamespace,
        serviceAccountName: metadata.name,
        ...chartReference(source, versions.vcluster.installed, metadata.name),
        install: { strategy: { name: "RetryOnFailure", retryInterval: "3m0s" } },
        values: releaseValues(release),
      },
    },
  ];
}
