import { postgresKeys } from "../../model/needs";
import { needSchema, type Need } from "./need";

/** A database of PostgreSQL of an application's own: an instance of RDS beside the cluster. */
export const postgres: Need<"postgres"> = {
  kind: "postgres",
  schema: needSchema("postgres", "A database of PostgreSQL of its own"),
  clusters: ["eks-auto", "eks-groups"],
  keys: postgresKeys,
  // AWS chooses its address in the cluster's network; who is let in there says its password.
  egress: ({ cluster: { addresses } }) =>
    addresses === undefined
      ? []
      : [{ ports: [{ port: 5432, protocol: "TCP" }], to: [{ ipBlock: { cidr: addresses } }] }],
};
