import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stackJsonSchema } from "../config/json-schema";
import { builtin } from "../features";
import { tenantJsonSchema } from "../tenants/json-schema";
import { readArguments } from "./arguments";
import { runCommand } from "./command";

const usage = "npm run schema [-- --check]";

/** The schemas by which editors complete and explain, and what makes each. */
const schemas = {
  "tenants/tenant.schema.json": tenantJsonSchema,
  "config/stack.schema.json": stackJsonSchema,
} as const;

/** Writes the schemas; with --check only tells whether one is stale. */
function writeSchemas({ check }: { readonly check: boolean }): number {
  const codes = Object.entries(schemas).map(([name, make]) => {
    const path = join(__dirname, "..", name);
    const text = make(builtin);
    if (!check) {
      writeFileSync(path, text);
      console.log(`${name} written`);
    } else if (existsSync(path) && readFileSync(path, "utf8") === text) {
      console.log(`${name} is up to date`);
    } else {
      console.error(`${name} is stale; run: npm run schema`);
      return 1;
    }
    return 0;
  });
  return Math.max(...codes);
}

void runCommand(() => writeSchemas(readArguments(usage, { check: { type: "boolean", default: false } })));
