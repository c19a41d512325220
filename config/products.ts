import { z } from "zod";
import { clusterNamePattern } from "../model/names";
import { valueNamePattern, wrongValue } from "../model/product";
import { complaint, httpsUrl, matching } from "./forms";

const value = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("integer").describe("A whole number"),
      min: z.int().optional().describe("The least"),
      max: z.int().optional().describe("The greatest"),
      default: z.int().describe("What it is where a tenant says nothing"),
    }),
    z.strictObject({
      kind: z.literal("boolean").describe("true or false"),
      default: z.boolean().describe("What it is where a tenant says nothing"),
    }),
    z.strictObject({
      kind: z.literal("choice").describe("One of some words"),
      of: z.array(z.string().min(1)).min(1).describe("The words"),
      default: z.string().describe("What it is where a tenant says nothing"),
    }),
    z.strictObject({
      kind: z.literal("text").describe("Text on one line, without what YAML reads as more than text"),
      maxLength: z.int().min(1).max(1000).default(200).describe("How many characters it may have"),
      default: z.string().describe("What it is where a tenant says nothing"),
    }),
  ])
  .check(({ value: definition, issues }) => {
    const wrong = wrongValue(definition, definition.default);
    if (wrong === undefined) return;
    issues.push({
      code: "custom",
      input: definition,
      path: ["default"],
      message: `the default ${wrong}`,
      ...complaint("T023", "write one that a tenant could write, too"),
    });
  });

/** Schema of `estate:products`. */
export const productsSchema = z
  .record(
    matching(
      clusterNamePattern,
      "a product's name is a DNS label",
      complaint("N002", "use a-z, 0-9 and single hyphens inside"),
    ),
    z.strictObject({
      repository: httpsUrl.describe("Git address that the clusters can read"),
      path: z.string().min(1).default("./").describe("Folder of the manifests"),
      channels: z.record(z.string().min(1), z.string().min(1)).describe("Semantic versions by channel: { stable: ^2 }"),
      values: z
        .record(
          matching(
            valueNamePattern,
            "not a value's name",
            complaint("N002", "use a-z, 0-9 and _, a letter first; estate_ begins Estate's own facts"),
          ),
          value,
        )
        .optional()
        .describe("What differs from tenant to tenant: ${name} in the manifests. Absent: nothing is put into them"),
      private: z
        .boolean()
        .default(false)
        .describe(
          "The repository wants a login: username and password at platform/products/<name>/repository in Vault",
        ),
    }),
  )
  .default({})
  .describe("Repositories that many tenants run from");
