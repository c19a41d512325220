import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { builtin } from "../../features";

const root = join(__dirname, "../..");

interface Row {
  readonly id: string;
  readonly feature: string;
  readonly where: string;
  readonly shown: string;
}

const rows: Row[] = readFileSync(join(root, "docs/features.md"), "utf8")
  .split("\n")
  .filter((line) => /^\| [FX]\d+ /.test(line))
  .map((line) => {
    const [, id = "", , feature = "", where = "", shown = ""] = line.split("|").map((cell) => cell.trim());
    return { id, feature: feature.replaceAll("`", ""), where, shown };
  });

describe("the table of features", () => {
  it("has a row for each of F1 to F70, in order", () => {
    const numbers = rows.filter(({ id }) => id.startsWith("F")).map(({ id }) => id);
    expect(numbers).toEqual(Array.from({ length: 70 }, (_, at) => `F${String(at + 1)}`));
  });

  it("names features that are there, and each of them", () => {
    const keys = builtin.map(({ key }): string => key);
    const named = new Set(rows.map(({ feature }) => feature).filter((feature) => feature !== "-"));
    expect([...named].sort()).toEqual([...keys].sort());
  });

  it.each(rows)("$id is where it says, and shown by a test that is there", ({ where, shown }) => {
    for (const [, path = ""] of where.matchAll(/`([\w.-]+(?:\/[\w.-]*)+)`/g))
      expect(existsSync(join(root, path)), path).toBe(true);
    const [file = "", title = ""] = shown.split(" › ");
    const test = join(root, "test", `${file}.test.ts`);
    expect(existsSync(test), test).toBe(true);
    expect(title).not.toBe("");
    const said = file === "features/rows" ? `"${title}: ` : `"${title}`;
    expect(readFileSync(test, "utf8"), said).toContain(said);
  });
});
