import { databaseLabel, databasePorts } from "../../model/cloudnative-pg";
import { databaseName, dataNamespace } from "../../model/names";
import { postgresKeys } from "../../model/needs";
import { needSchema, onAws, type Need } from "./need";

const ports = [{ port: databasePorts.postgres, protocol: "TCP" }];

/**
 * A database of PostgreSQL of an application's own: an instance of RDS beside a cluster that Estate made, or one of CloudNativePG in
 * a cluster that was brought along.
 */
export const postgres: Need<"postgres"> = {
  kind: "postgres",
  schema: needSchema("postgres", "A database of PostgreSQL of its own"),
  servedBy: (cluster) => onAws(cluster) ?? (cluster.databases === undefined ? undefined : "cloudnative-pg"),
  remedy: "write databases: { kind: cloudnative-pg } at such clusters",
  keys: postgresKeys,
  egress: ({ namespace, cluster: { kind, addresses } }, secrets) => {
    if (kind === "existing")
      return secrets.map((secret) => ({
        ports,
        to: [
          {
            namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": dataNamespace(namespace) } },
            podSelector: { matchLabels: { [databaseLabel]: databaseName(secret) } },
          },
        ],
      }));
    // AWS chooses its address in the cluster's network; who is let in there says its password.
    return addresses === undefined ? [] : [{ ports, to: [{ ipBlock: { cidr: addresses } }] }];
  },
};
