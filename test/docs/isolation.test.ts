import { checkout } from "@estate/sandbox";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { partOf } from "../../escape/report";

/** The removals that a part of the page tells, and how many of them were noticed. */
function removals(part: "cluster" | "estate" | "flags"): (readonly [number, number])[] {
  const table = partOf(part).split("\n\n")[0] ?? "";
  return [...table.matchAll(/\| (\d+) +\| (\d+) +\|$/gm)].map(([, all, noticed]) => [Number(all), Number(noticed)]);
}

it("the README leads with the figures of the page", () => {
  const all = (["cluster", "estate", "flags"] as const).flatMap(removals);
  expect(all).toHaveLength(4);
  const sum = (at: 0 | 1): string => String(all.reduce((total, counted) => total + counted[at], 0));
  const readme = readFileSync(join(checkout, "README.md"), "utf8");
  expect(readme).toContain(`Of ${sum(0)} such removals ${sum(1)} are noticed`);
});
