import { z } from "zod";
import type { TenantHome } from "../../model/home";
import type { Json } from "../../model/kubernetes";

/** A database's address as kine reads it, without a password: `mysql://vcluster@tcp(db.example.com:3306)/${database}`. */
const address = /^(mysql|postgres):\/\/[^:@/\s]+@[^\s@]+$/;

/**
 * Where a virtual cluster keeps its objects (F65). vCluster refuses to start with another store than it began with, so the
 * choice is for life.
 */
export const store = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("embedded").describe("SQLite beside the control plane: one replica, no licence"),
    }),
    z.strictObject({
      kind: z.literal("etcd").describe("An etcd of its own in the home's namespace, no licence"),
      replicas: z
        .union([z.literal(1), z.literal(3), z.literal(5)])
        .default(1)
        .describe("Members: an odd number"),
    }),
    z.strictObject({
      kind: z
        .literal("database")
        .describe("A database outside of the cluster: MySQL or PostgreSQL, licensed by vCluster"),
      licensed: z
        .boolean()
        .default(false)
        .refine((yes) => yes, {
          error: "a database outside of the cluster is a licensed part of vCluster",
          params: { code: "T022", remedy: "write licensed: true if you have a licence, or take embedded or etcd" },
        })
        .describe("That there is a licence: without one the control plane does not start"),
      dataSource: z
        .string()
        .refine((text) => address.test(text), {
          error: "no address of a database, or one with a password in it, which everybody would read",
          params: {
            code: "T022",
            remedy:
              "write for example mysql://vcluster@tcp(db.example.com:3306)/${database}; the login is the control plane's own identity (IAM)",
          },
        })
        .refine((text) => text.includes("${database}"), {
          error: "all homes would share one database",
          params: { code: "T022", remedy: "write ${database} where its name stands: each home has one of its own" },
        })
        .describe("Its address with ${database} for the home's own one, and without a password"),
      identityProvider: z
        .literal("aws")
        .default("aws")
        .describe("Who proves the login: aws is IAM authentication of RDS, so that there is no password"),
      network: z
        .string()
        .regex(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, { error: "not a range of addresses" })
        .describe("The range of addresses that it is in: 10.0.32.0/20"),
      port: z.int().min(1).max(65_535).default(3306).describe("Its port: 5432 for PostgreSQL"),
    }),
  ])
  .prefault({ kind: "embedded" })
  .describe("Where the virtual cluster keeps its objects, for all its life");

/** A chosen store. */
export type Store = z.infer<typeof store>;

/** A home's own database: names of databases have no hyphens. */
const databaseOf = (home: TenantHome): string => home.namespace.replaceAll("-", "_");

/** What a store's pods are given like all others of the control plane. */
export interface StorePods {
  readonly security: Readonly<Record<"podSecurityContext" | "containerSecurityContext", Json>>;
  readonly scheduling: { readonly [key: string]: Json };
  /** Size of the volume. */
  readonly storage: string;
}

/** The chart's values of `controlPlane.backingStore`. */
export function storeValues(home: TenantHome, chosen: Store, { security, scheduling, storage }: StorePods): Json {
  switch (chosen.kind) {
    case "embedded":
      return { database: { embedded: { enabled: true } } };
    case "etcd":
      return {
        etcd: {
          deploy: {
            enabled: true,
            statefulSet: {
              highAvailability: { replicas: chosen.replicas },
              security,
              persistence: { volumeClaim: { size: storage, retentionPolicy: "Retain" } },
              ...(Object.keys(scheduling).length === 0 ? {} : { scheduling }),
            },
          },
        },
      };
    case "database":
      return {
        database: {
          external: {
            enabled: true,
            dataSource: chosen.dataSource.replaceAll("${database}", databaseOf(home)),
            identityProvider: chosen.identityProvider,
          },
        },
      };
  }
}

/** The kind of workload that the chart runs the control plane as: with a volume of its own, or without. */
export function controlPlaneKind({ kind }: Store): "deployments" | "statefulsets" {
  return kind === "embedded" ? "statefulsets" : "deployments";
}

/** Names of the Services that a store adds. */
export function storeServices(home: string, { kind }: Store): string[] {
  return kind === "etcd" ? [`${home}-etcd`, `${home}-etcd-headless`] : [];
}
