import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { awsTablesFile, awsTablesText } from "../../../../scripts/aws-tables";
import { behaviours } from "../../../../sandbox/doubles/aws/plugin";
import { resourceTables } from "../../../../sandbox/doubles/aws/simulate";

it("the tables of properties are those of the installed SDK", () => {
  // `npx tsx scripts/aws-tables.ts` writes them anew.
  expect(readFileSync(awsTablesFile, "utf8") === awsTablesText()).toBe(true);
});

it("every resource that Estate makes has a table and a behaviour", () => {
  expect(Object.keys(behaviours).sort()).toEqual(Object.keys(resourceTables).sort());
});

it("what a behaviour names is there", () => {
  for (const [token, { references = [], takesAlong = [] }] of Object.entries(behaviours)) {
    for (const { to, at, by } of references) {
      expect(Object.keys(behaviours), `${token} ${at}`).toContain(to);
      expect(Object.keys(resourceTables[token]?.inputs ?? {}), token).toContain(at.split(".")[0]);
      if (by !== undefined) expect(resourceTables[to]?.outputs, token).toContain(by);
    }
    for (const other of takesAlong) expect(Object.keys(behaviours), token).toContain(other);
  }
});
