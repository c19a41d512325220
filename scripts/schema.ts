import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { builtin } from "../features";
import { tenantJsonSchema } from "../tenants/json-schema";
import { readArguments } from "./arguments";
import { runCommand } from "./command";

const usage = "npm run schema [-- --check]";

/** Writes tenants/tenant.schema.json; with --check only tells whether it is stale. */
function writeSchema({ check }: { readonly check: boolean }): number {
  const name = "tenants/tenant.schema.json";
  const path = join(__dirname, "..", name);
  const text = tenantJsonSchema(builtin);
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
}

void runCommand(() => writeSchema(readArguments(usage, { check: { type: "boolean", default: false } })));
