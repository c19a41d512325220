import { z } from "zod";
import { complaint, matching, date } from "../config/schema";
import type { TenantFeature } from "../features/feature";
import { displayNamePattern, environmentNamePattern } from "../model/names";
import { tenantSchemaVersion } from "./migrations";

/** Identity-provider group names: no system group, no surrounding blanks. */
const groupName = z
  .string()
  .min(1)
  .refine((name) => !name.startsWith("system:"), {
    error: "system groups cannot be granted",
    ...complaint("R003", "name a group of your identity provider"),
  })
  .refine((name) => name === name.trim() && !/[\s*]/.test(name), {
    error: (issue) => `"${String(issue.input)}" matches no group`,
    ...complaint("R002", "write the group's name exactly as the identity provider does: no blanks, no wildcards"),
  })
  .meta({ pattern: "^(?!system:)[^\\s*]+$" });

const role = z.strictObject({
  group: groupName.describe("The identity provider's name of the group, exactly"),
  shared: z.boolean().optional().describe("Other tenants may name the same group"),
  members: z
    .array(
      z.strictObject({
        username: z.string().min(1).describe("The user's name, for those who read the file"),
        id: z.int().min(1).describe("The number on the user's profile page"),
      }),
    )
    .optional()
    .describe("The people of the role in GitLab, where estate:access.membership is `listed`"),
});

const exception = z.strictObject({
  set: matching(
    /^[a-zA-Z][\w-]*(\.[\w/.-]+)*$/,
    "not a path into a profile",
    complaint("T016", "write for example network.allowInternet or quota.pods"),
  ).describe("A path into the profile: network.allowInternet, quota.pods"),
  value: z.json().describe("What it is instead: what the profile itself could say there"),
  environment: matching(
    environmentNamePattern,
    "not an environment's name",
    complaint("N002", "use 1 to 10 of a-z and 0-9, a letter first, no hyphen"),
  )
    .optional()
    .describe("The environment in which it holds; all when absent"),
  reason: z.string().min(1).describe("Why, for whoever reviews it"),
  approvedBy: z.string().min(1).describe("Who agreed to it"),
  until: date.describe("Last day on which the exception holds"),
});

/** Schema of `tenants/<name>.yaml`, with the keys that `features` bring. The tenant's name is the file's name. */
export function tenantSchema(features: readonly TenantFeature[]) {
  const shape: Record<string, z.ZodType> = {};
  for (const feature of features)
    if (feature.schema !== undefined) shape[feature.key] = feature.schema.describe(feature.summary);
  return z.strictObject({
    schema: z.literal(tenantSchemaVersion).describe("Version of this file's form"),
    displayName: z
      .string()
      .min(1)
      .max(80)
      .refine((name) => name === "" || displayNamePattern.test(name), {
        error: (issue) => `"${String(issue.input)}" is no name of a group for GitLab`,
        ...complaint("T016", "use letters, digits, spaces, '_', '.', '(', ')' and dashes, a letter or digit first"),
      })
      .meta({ pattern: displayNamePattern.source })
      .describe("The tenant's name as people write it"),
    owner: z.strictObject({ email: z.email().describe("Who answers for the tenant") }).describe("Who answers for it"),
    costCenter: matching(
      /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
      "not a label's value",
      complaint("T016", "use letters, digits, '-', '_' and '.', at most 63"),
    )
      .optional()
      .describe("Whose costs it is: a label on everything of the tenant's"),
    profile: z.string().default("standard").describe("Named numbers of the settings: quota, limits, network"),
    isolation: z
      .enum(["namespace", "vcluster"])
      .default("namespace")
      .describe("One for all environments, so that what works in dev works in prod"),
    environments: z.array(z.string()).min(1).optional().describe("All of the estate's when absent"),
    access: z
      .strictObject({
        owners: role.optional().describe("Who answers for it: changes what is open, merges into what is gated"),
        developers: role.optional().describe("Who builds it: changes what is open, looks at what is gated"),
        operations: role.optional().describe("Who runs it: restarts, scales, suspends and resumes"),
      })
      .prefault({})
      .describe("The identity provider's groups; <tenant>-owners, -developers and -operations when absent"),
    exceptions: z.array(exception).default([]).describe("Deviations from the profile, each with a reason and an end"),
    lifecycle: z
      .strictObject({
        state: z
          .enum(["active", "suspended", "retiring", "removed"])
          .describe("One step after the other: `npx estate offboard <tenant>` takes it"),
        keepDataUntil: date.optional().describe("The last day before which nothing is removed"),
      })
      .prefault({ state: "active" })
      .describe(
        "active, suspended (delivery paused, access read-only), retiring (credentials revoked) or removed (name reserved)",
      ),
    formerName: z.string().optional().describe("The name the tenant had before"),
    ...shape,
  });
}

/** A checked tenant file together with its name. */
export type Tenant = z.infer<ReturnType<typeof tenantSchema>> & { readonly name: string };
