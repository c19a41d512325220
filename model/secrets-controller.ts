/**
 * External Secrets' controller: the values of its release, and what its chart makes of them. The plan installs by the one,
 * the sandbox runs by the other, and a test holds both against the chart of the module that the sandbox builds
 * (test/model/secrets-controller.test.ts).
 */
export interface SecretsControllerValues {
  readonly processClusterStore: boolean;
  readonly processClusterExternalSecret: boolean;
  readonly processClusterGenerator: boolean;
  readonly processPushSecret: boolean;
  readonly processClusterPushSecret: boolean;
  readonly openshiftFinalizers: boolean;
  readonly concurrent: number;
}

/** The chart's own, as far as arguments and rights depend on them. */
export const secretsControllerDefaults: SecretsControllerValues = {
  processClusterStore: true,
  processClusterExternalSecret: true,
  processClusterGenerator: true,
  processPushSecret: true,
  processClusterPushSecret: true,
  openshiftFinalizers: true,
  concurrent: 1,
};

/** Every cluster's: without what crosses namespaces, and without webhooks, so that nothing waits for a pod. */
export const externalSecretsValues = {
  installCRDs: true,
  processClusterStore: false,
  processClusterExternalSecret: false,
  processPushSecret: false,
  processClusterPushSecret: false,
  webhook: { create: false },
  certController: { create: false },
} as const;

/** A release's values over the chart's own: those of the table, and the names of the others. */
export function secretsControllerValues(given: Readonly<Record<string, unknown>>): {
  readonly values: SecretsControllerValues;
  readonly others: readonly string[];
} {
  const known = (key: string): boolean => Object.hasOwn(secretsControllerDefaults, key);
  const set = Object.entries(given).filter(([key]) => known(key));
  return {
    values: { ...secretsControllerDefaults, ...Object.fromEntries(set) },
    others: Object.keys(given).filter((key) => !known(key)),
  };
}

/** The name of the chart's objects, by that of its release. */
export function secretsControllerName(release: string): string {
  return release.includes("external-secrets") ? release : `${release}-external-secrets`;
}

/** The arguments that the chart gives the controller's container, in its order. */
export function secretsControllerArguments(values: SecretsControllerValues): string[] {
  const off = (name: string, on: boolean): string[] => (on ? [] : [`--enable-${name}-reconciler=false`]);
  return [
    ...off("cluster-store", values.processClusterStore),
    ...off("cluster-external-secret", values.processClusterExternalSecret),
    ...off("cluster-push-secret", values.processClusterPushSecret),
    ...off("push-secret", values.processPushSecret),
    `--concurrent=${String(values.concurrent)}`,
    "--metrics-addr=:8080",
    "--loglevel=info",
    "--zap-time-encoding=epoch",
  ];
}
