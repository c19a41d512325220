import { z } from "zod";
import { canonicalQuantity, isQuantity, quantityMilli, quantityPattern } from "../../model/quantity";

const quantity = (form: string, isEnough: (text: string) => boolean) =>
  z
    .string()
    .refine(isQuantity, {
      error: (issue) => `"${String(issue.input)}" is not a quantity`,
      params: { code: "Q001", remedy: `write for example ${form}` },
      abort: true,
    })
    .refine(isEnough, {
      error: (issue) => `"${String(issue.input)}" is too little for a database`,
      params: { code: "Q002", remedy: `write for example ${form}` },
    })
    .meta({ pattern: quantityPattern.source })
    .transform(canonicalQuantity);

/** Whether a quantity is at least another, both in thousandths. */
const atLeast =
  (least: bigint) =>
  (text: string): boolean =>
    (quantityMilli(text) ?? 0n) >= least;

/** What the databases of a profile's applications are like. */
export const sizes = z
  .strictObject({
    postgres: z
      .strictObject({
        instanceClass: z
          .string()
          .regex(/^db\.[a-z0-9-]+\.[a-z0-9]+$/, { error: "not a class of databases, as db.t4g.micro is one" })
          .default("db.t4g.micro")
          .describe("Class of RDS' instances: what CPU and memory a database has"),
        cpu: quantity('"1"', atLeast(100n))
          .default("500m")
          .describe("CPU of a database of CloudNativePG, requested and at most"),
        memory: quantity("2Gi", atLeast(256n * 1024n * 1024n * 1000n))
          .default("1Gi")
          .describe("Memory of a database of CloudNativePG, requested and at most"),
        storageGi: z
          .int()
          .min(20)
          .max(16_384)
          .default(20)
          .describe(
            "GiB to begin with. On RDS it grows by itself to four times that; with CloudNativePG by this number",
          ),
      })
      .prefault({})
      .describe("Each database that an application needs"),
  })
  .prefault({});
