import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { builtin } from "../../features";
import { tenantJsonSchema } from "../../tenants/json-schema";

const file = join(__dirname, "../../tenants/tenant.schema.json");

it("is up to date: npm run schema", () => {
  expect(readFileSync(file, "utf8")).toBe(tenantJsonSchema(builtin));
});

it("asks for no more than the three keys that a tenant needs", () => {
  expect(JSON.parse(tenantJsonSchema(builtin))).toMatchObject({
    $schema: "http://json-schema.org/draft-07/schema#",
    required: ["schema", "displayName", "owner"],
    additionalProperties: false,
  });
});
