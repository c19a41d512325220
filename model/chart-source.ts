import type { Json, KubernetesObject, ObjectMeta } from "./kubernetes";
import { isOci, type Chart } from "./mirror";

/** The GitOps engine's source of one chart: an OCI registry has it as an artifact of its own, anything else in an index. */
export function chartSource(chart: Chart, version: string, metadata: ObjectMeta): KubernetesObject {
  const apiVersion = "source.toolkit.fluxcd.io/v1";
  if (!isOci(chart))
    return { apiVersion, kind: "HelmRepository", metadata, spec: { interval: "1h0m0s", url: chart.repository } };
  return {
    apiVersion,
    kind: "OCIRepository",
    metadata,
    spec: {
      interval: "1h0m0s",
      url: `${chart.repository}/${chart.chart}`,
      ref: { tag: version },
      // The chart's own layer, as it is: Helm unpacks it.
      layerSelector: { mediaType: "application/vnd.cncf.helm.chart.content.v1.tar+gzip", operation: "copy" },
    },
  };
}

/** How a HelmRelease names that source. */
export function chartReference(chart: Chart, version: string, name: string): { readonly [key: string]: Json } {
  if (isOci(chart)) return { chartRef: { kind: "OCIRepository", name } };
  const sourceRef = { kind: "HelmRepository", name };
  return { chart: { spec: { chart: chart.chart, version, interval: "1h0m0s", sourceRef } } };
}
