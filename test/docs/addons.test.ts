import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { addonRows } from "../../scripts/addon-table";

it("docs/addons.md has the catalogue as it is; `npm run addon-table` writes it", () => {
  const page = readFileSync(join(__dirname, "../../docs/addons.md"), "utf8");
  const [, table = ""] = /<!-- generated[^>]*-->([\s\S]*?)<!-- end -->/.exec(page) ?? [];
  const rows = table
    .trim()
    .split("\n")
    .filter((line) => !/^\| -/.test(line))
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  expect(rows).toEqual(addonRows());
});
