import { z } from "zod";
import { databaseOperatorNamespace } from "../model/cloudnative-pg";
import { clusterNamePattern } from "../model/names";
import { complaint, matching } from "./forms";

/** Schema of `databases` of a cluster that was brought along. */
export const databasesSchema = z
  .strictObject({
    kind: z.literal("cloudnative-pg").describe("CloudNativePG: each database is made of pods in the cluster"),
    install: z
      .boolean()
      .default(true)
      .describe("Whether Estate installs its operator; false where it is there already"),
    namespace: matching(
      clusterNamePattern,
      "not a namespace's name",
      complaint("N002", "use a-z, 0-9 and single hyphens inside, a letter first"),
    )
      .default(databaseOperatorNamespace)
      .describe("The namespace of its operator; made by Estate where that installs it"),
    storageClass: matching(
      /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/,
      "not a StorageClass's name",
      complaint("T016", "write the name of a StorageClass of the cluster"),
    )
      .optional()
      .describe("StorageClass of databases; the cluster's default when absent"),
  })
  .optional()
  .describe("What makes the databases that applications need; none can be had when absent");
