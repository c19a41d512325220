import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { builtin } from "../features";
import { tenantJsonSchema } from "../tenants/json-schema";

/** Writes tenants/tenant.schema.json; with --check only tells whether it is stale. */
function main(): void {
  const { values } = parseArgs({ options: { check: { type: "boolean", default: false } } });
  const name = "tenants/tenant.schema.json";
  const path = join(__dirname, "..", name);
  const text = tenantJsonSchema(builtin);
  if (!values.check) {
    writeFileSync(path, text);
    console.log(`${name} written`);
  } else if (existsSync(path) && readFileSync(path, "utf8") === text) {
    console.log(`${name} is up to date`);
  } else {
    console.error(`${name} is stale; run: npm run schema`);
    process.exitCode = 1;
  }
}

main();
