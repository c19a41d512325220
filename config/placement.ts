import { z } from "zod";
import { complaint, matching } from "./forms";

/** A stage of `estate:environments`: where it is, and what it was promoted from. */
export const environment = z.strictObject({
  clusters: z.array(z.string()).min(1).describe("Clusters that the environment is placed on"),
  leaves: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("Clusters that it was on and that tenants' homes may go from: the second step of a move"),
  promotesFrom: z.string().optional().describe("The environment that changes are promoted from"),
  promotion: z.enum(["merge-request"]).optional().describe("How a change is promoted: the only way, and the default"),
});

/** `estate:tenants`: whose homes a stack raises. */
export const selection = z
  .strictObject({
    only: z.array(z.string()).optional().describe("These and no others"),
    except: z.array(z.string()).optional().describe("All but these"),
    letGo: z
      .array(
        matching(
          /^[^/\s]+(\/[^/\s]+)?$/,
          "neither a tenant nor one in an environment",
          complaint("T016", "write payments, or payments/dev"),
        ),
      )
      .min(1)
      .optional()
      .describe("What may go in one step with all it holds: a tenant, or its homes of an environment (payments/dev)"),
  })
  .prefault({})
  .describe("Which of the tenant files this stack raises, all when absent; and what it may let go");
