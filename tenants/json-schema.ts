import { z } from "zod";
import type { Features } from "../config/settings";
import { tenantSchema } from "./schema";

/** The tenant schema as JSON Schema (draft 7, which editors' YAML support takes), as the text of a file. */
export function tenantJsonSchema(features: Features): string {
  const schema = z.toJSONSchema(tenantSchema(features), { target: "draft-7", io: "input" });
  return `${JSON.stringify({ title: "Tenant", ...schema }, undefined, 2)}\n`;
}
