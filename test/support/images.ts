import type { Json } from "../../model/kubernetes";

/** Public registries and chart hosts, wherever they stand in a text. */
export const publicHosts =
  /(^|[/"\s=:])((docker|quay|ghcr|gcr)\.io|mirror\.gcr\.io|registry\.k8s\.io|registry\.gitlab\.com|public\.ecr\.aws|reg\.kyverno\.io|cr\.fluentbit\.io|charts\.[a-z.-]+|[a-z-]+\.github\.io|docker-registry\d?\.mariadb\.com|helm\.releases\.hashicorp\.com|helm\.goharbor\.io|nexus\.tremolo\.io)(\/|$|"|\s)|^(openpolicyagent|curlimages|velero|hashicorp|goharbor|envoyproxy|busybox|library)\//;

/** Every text inside a value. */
export function textsOf(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value as Record<string, Json>).flatMap(textsOf);
}
