import type { Json } from "./kubernetes";

/** CloudNativePG on a cluster: what makes databases there. */
export interface DatabaseOperator {
  /** The namespace of its operator. */
  readonly namespace: string;
  /** Whether Estate installs it; else it is there already. */
  readonly install: boolean;
  /** The StorageClass of databases; the cluster's default when absent. */
  readonly storageClass?: string | undefined;
}

/** Where the operator is unless the settings say otherwise: its own documentation's place. */
export const databaseOperatorNamespace = "cnpg-system";

/** Labels of the operator's pods, by its chart and by its plain manifests. */
export const databaseOperatorPods = { "app.kubernetes.io/name": "cloudnative-pg" } as const;

/** On every pod of a database, those of its Jobs, too: the database's name. */
export const databaseLabel = "cnpg.io/cluster";

/** On a database that no pod runs of: its volumes stay. Absent, it runs. */
export const hibernation = { "cnpg.io/hibernation": "on" } as const;

/** On a Secret: databases follow a change of it at once. */
export const reloadLabel = { "cnpg.io/reload": "true" } as const;

/** Ports of a database's pods: the database itself, and where the operator asks each how it is. */
export const databasePorts = { postgres: 5432, status: 8000 } as const;

/**
 * Values of the operator's chart. Without webhooks nothing waits for a pod: databases are written in the run that installs the
 * operator, which then checks and completes them itself ("Defaulting and validation without admission webhooks" of its
 * documentation). It would refuse to start where it finds no webhooks to put its certificate into, so it is told not to look.
 */
export const databaseOperatorValues: Readonly<Record<string, Json>> = {
  crds: { create: true },
  webhook: { mutating: { create: false }, validating: { create: false } },
  config: { data: { MANAGE_WEBHOOK_CONFIGURATIONS: "false" } },
  resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
};
