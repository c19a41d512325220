import { z } from "zod";
import { addonLayers } from "../model/addon";
import { clusterNamePattern } from "../model/names";
import { complaint, matching } from "./forms";

/** A version that means one release for ever: ranges and `latest` would upgrade unasked. */
export const exactVersion = matching(
  /^v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/,
  "not an exact version",
  complaint("T020", 'write all three numbers, as the repository has them: "1.2.3"'),
);

const namespace = matching(
  clusterNamePattern,
  "not a namespace's name",
  complaint("N002", "use a-z, 0-9 and single hyphens inside, a letter first"),
);

const values = z.record(z.string(), z.json());

/** Where charts are fetched: a folder of an OCI registry, or an index over https. */
export const chartRepository = matching(
  /^(oci|https):\/\/[a-z0-9][a-z0-9.-]*(:[0-9]+)?(\/[A-Za-z0-9._~-]+)*$/,
  "not a chart repository",
  complaint("T019", "write oci://host/folder or https://host/folder, without a login and without a slash at the end"),
);

const addon = z.strictObject({
  version: exactVersion.optional().describe("Another version than the catalogue's"),
  clusters: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Where it goes; when absent, to clusters of the roles that the catalogue names"),
  values: values.default({}).describe("Values of the chart on all clusters"),
  valuesByRing: z
    .record(matching(/^\d$/, "not a ring", complaint("T016", 'write a number from 0 to 9 in quotes: "1"')), values)
    .default({})
    .describe('Over those, on clusters of a ring: "0"'),
  valuesByCluster: z.record(z.string(), values).default({}).describe("Over those, on one cluster"),
  clusterValues: z
    .boolean()
    .default(false)
    .describe("The chart takes the cluster's values (flux-system/cluster-values), below its own"),
  chart: z.string().min(1).optional().describe("The chart of an addon that is not in the catalogue"),
  repository: chartRepository.optional().describe("Where that chart is: oci://host/folder or https://host/folder"),
  namespace: namespace.optional().describe("The namespace of an addon that is not in the catalogue; made by Estate"),
  podSecurity: z
    .enum(["restricted", "baseline", "privileged"])
    .optional()
    .describe("What Pod Security enforces there; restricted when absent"),
  layer: z.enum(addonLayers).optional().describe("When it comes up; services when absent"),
  needs: z.array(z.string()).optional().describe("Addons of the same cluster that must be ready first"),
});

/** Schema of `estate:addons`. */
export const addonsSchema = z
  .record(
    matching(
      clusterNamePattern,
      "an addon's name is a DNS label",
      complaint("N002", "use a-z, 0-9 and single hyphens inside, a letter first"),
    ),
    addon,
  )
  .default({})
  .describe(
    "Releases that the GitOps engine installs besides tenants: from the catalogue (docs/addons.md), or your own",
  );

/** Which addons are chosen, and how. */
export type AddonChoices = z.infer<typeof addonsSchema>;
/** One of them. */
export type AddonChoice = AddonChoices[string];
