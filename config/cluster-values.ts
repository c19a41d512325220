import { z } from "zod";
import type { Problem } from "../model/problem";
import { parseRange } from "../model/network/address";
import { quantityPattern } from "../model/quantity";
import { clusterNamePattern } from "../model/names";
import { complaint, matching } from "./forms";
import { mistake } from "./mistake";
import type { Settings } from "./schema";
import type { Places } from "./source";
import { suggestion } from "./suggestion";

const port = z.int().min(1).max(65_535);

const addresses = z
  .string()
  .refine((text) => text.split("-").length <= 2 && text.split("-").every((part) => parseRange(part) !== undefined), {
    error: (issue) => `"${String(issue.input)}" is neither a block nor a row of addresses`,
    ...complaint("A001", "write 192.0.2.0/28, or 192.0.2.10-192.0.2.20"),
  });

/** What platform software may need to know of a cluster: the differences of the described fleet (F11), by what they are about. */
const values = z.strictObject({
  region: z.string().min(1).optional().describe("Where the cluster is, as your own charts call it"),
  metrics: z
    .strictObject({
      replicas: z.int().min(1).max(9).optional().describe("Servers that keep metrics"),
      retention: matching(/^[1-9]\d*[hdwy]$/, "not a time that Prometheus knows", complaint("T016", "write 15d"))
        .optional()
        .describe("How long they keep them: 15d"),
      storageClass: z.string().min(1).optional().describe("The volumes' StorageClass"),
      storageSize: matching(quantityPattern, "not a quantity", complaint("Q001", "write 50Gi"))
        .optional()
        .describe("A volume's size: 50Gi"),
    })
    .optional()
    .describe("Where metrics are kept"),
  logs: z
    .strictObject({
      host: z.string().min(1).describe("The server that takes logs"),
      port: port.describe("Its port"),
      protocol: z.enum(["tcp", "udp"]).default("tcp").describe("How it takes them"),
    })
    .optional()
    .describe("Where logs are sent"),
  ingress: z
    .strictObject({
      kind: z.enum(["Deployment", "DaemonSet"]).optional().describe("How ingress controllers run"),
      trafficPolicy: z.enum(["Cluster", "Local"]).optional().describe("externalTrafficPolicy of their Services"),
      publicPort: port.optional().describe("The port for everybody"),
      internalPort: port.optional().describe("The port for known networks"),
    })
    .optional()
    .describe("How requests come in"),
  loadBalancer: z
    .strictObject({
      addresses: z.array(addresses).min(1).describe("Blocks or rows of addresses that Services may have"),
    })
    .optional()
    .describe("On clusters that were brought along, whose load balancer is not a cloud's"),
  custom: z.record(z.string(), z.json()).optional().describe("What your own charts read besides, in any form"),
});

/** Schema of `estate:clusterValues`. */
export const clusterValuesSchema = z
  .strictObject({
    common: values.prefault({}).describe("On all clusters"),
    rings: z
      .record(matching(/^\d$/, "not a ring", complaint("T016", 'write a number from 0 to 9 in quotes: "1"')), values)
      .default({})
      .describe('Over those, on clusters of a ring: "0"'),
    clusters: z
      .record(
        matching(clusterNamePattern, "not a cluster's name", complaint("N002", "name one of estate:clusters")),
        values,
      )
      .default({})
      .describe("Over those, on one cluster"),
  })
  .prefault({})
  .describe("What differs from cluster to cluster, in the ConfigMap flux-system/cluster-values, for releases to take");

/** Whether layers are of rings and clusters that there are, and addresses of clusters that could have them. */
export function checkClusterValues(settings: Settings, { placeOf }: Places): Problem[] {
  const { clusterValues, clusters } = settings;
  const rings = new Set(Object.values(clusters).map(({ ring }) => String(ring)));
  const base = ["clusterValues"];
  const isBrought = (name: string): boolean => clusters[name]?.kind === "existing";
  // In a common layer they are for all clusters, in a ring's for all of that ring.
  const layers = [
    { path: [...base, "common"], own: clusterValues.common, on: Object.keys(clusters) },
    ...Object.entries(clusterValues.rings).map(([ring, own]) => ({
      path: [...base, "rings", ring],
      own,
      on: Object.keys(clusters).filter((name) => String(clusters[name]?.ring) === ring),
    })),
    ...Object.entries(clusterValues.clusters).map(([name, own]) => ({
      path: [...base, "clusters", name],
      own,
      on: Object.hasOwn(clusters, name) ? [name] : [],
    })),
  ];
  return [
    ...Object.keys(clusterValues.rings)
      .filter((ring) => !rings.has(ring))
      .map((ring) =>
        mistake(
          "K008",
          placeOf([...base, "rings", ring], "key"),
          `no cluster has ring ${ring}`,
          `known: ${[...rings].sort().join(", ")}`,
        ),
      ),
    ...Object.keys(clusterValues.clusters)
      .filter((name) => !Object.hasOwn(clusters, name))
      .map((name) =>
        mistake(
          "K008",
          placeOf([...base, "clusters", name], "key"),
          `unknown cluster "${name}"`,
          suggestion(name, Object.keys(clusters)),
        ),
      ),
    ...layers.flatMap(({ path, own, on }) => {
      const cloud = on.find((name) => !isBrought(name));
      if (own.loadBalancer === undefined || cloud === undefined) return [];
      return [
        mistake(
          "P054",
          placeOf([...path, "loadBalancer"], "key"),
          `cluster "${cloud}" is on AWS, whose load balancers have addresses of their own`,
          "say it of the clusters that were brought along, each under estate:clusterValues.clusters",
        ),
      ];
    }),
  ];
}
