import type { Json } from "../../model/kubernetes";
import { isOci, type Chart } from "../../model/mirror";
import type { Values } from "../../model/values";

/** A chart's repository as Argo CD writes it: an OCI registry stands there without its scheme. */
export function chartRepository(chart: Chart): string {
  return isOci(chart) ? chart.repository.replace(/^oci:\/\//, "") : chart.repository;
}

/** A chart as the source of an Application. */
export function chartSource(
  chart: Chart,
  version: string,
  release: string,
  values: Values,
): { readonly [key: string]: Json } {
  return {
    repoURL: chartRepository(chart),
    chart: chart.chart,
    targetRevision: version,
    helm: { releaseName: release, valuesObject: values },
  };
}
