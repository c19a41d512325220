import { externalSecret } from "../../model/external-secret";
import type { DeliveryAlert } from "../../model/gitops";
import type { TenantHome } from "../../model/home";
import type { KubernetesObject } from "../../model/kubernetes";

/** Everything that delivery to a home consists of. */
const sources = ["GitRepository", "HelmRelease", "ImageUpdateAutomation", "Kustomization"] as const;

/** An alert, where it goes, and the address that comes from Vault. It says which clusters it is about. */
export function alertObjects(
  home: TenantHome,
  alert: DeliveryAlert,
  clusters: readonly string[] = [home.cluster.name],
): KubernetesObject[] {
  const name = `notify-${alert.name}`;
  const metadata = { name, namespace: home.namespace, labels: home.labels };
  return [
    externalSecret(home, {
      name,
      from: alert.secret,
      keys: Object.fromEntries(alert.keys.map((key) => [key, key])),
    }),
    {
      apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
      kind: "Provider",
      metadata,
      spec: {
        type: alert.kind,
        secretRef: { name },
        ...(alert.channel === undefined ? {} : { channel: alert.channel }),
      },
    },
    {
      apiVersion: "notification.toolkit.fluxcd.io/v1beta3",
      kind: "Alert",
      metadata,
      spec: {
        providerRef: { name },
        eventSeverity: alert.severity,
        // Names of no namespace: the controllers refuse those of others.
        eventSources: sources.map((kind) => ({ kind, name: "*" })),
        // Said again and again while one thing waits for another, and true of nothing that is wrong.
        exclusionList: ["^Dependencies do not meet ready condition"],
        eventMetadata: {
          cluster: clusters.join(", "),
          environment: home.environment.name,
          tenant: home.tenant.name,
        },
      },
    },
  ];
}
