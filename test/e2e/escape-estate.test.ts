import { afterAll, beforeAll, expect, it } from "vitest";
import { EstateSuite } from "../../escape/estate-suite";
import type { Cell } from "../../escape/matrix";
import { missedOf, type Outcome } from "../../escape/mutation/mutant";
import { estatePart, partOf } from "../../escape/report";

// Ten tenants at each other's places: API servers, Vault, Git and the registry of an estate that Pulumi raised.

let suite: EstateSuite;
let cells: readonly Cell[] = [];
let vault: readonly Outcome[] = [];

beforeAll(async () => {
  suite = await EstateSuite.start();
});

afterAll(() => suite.end());

it("every tenant has what is its own, and nothing of another's, in any plane", async () => {
  cells = await suite.matrix();
  expect(new Set(cells.map(({ of }) => of)).size).toBe(10);
  expect(cells.filter(({ fault }) => fault !== undefined)).toEqual([]);
});

it("each line that Vault was told, and that is missing, is noticed", async () => {
  vault = await suite.mutateVault();
  expect(vault.length).toBeGreaterThan(20);
  expect(missedOf(vault)).toEqual([]);
});

it("the page tells these figures: npm run escape -- --write", () => {
  expect(estatePart(cells, vault)).toBe(partOf("estate"));
});
