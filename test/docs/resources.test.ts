import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record } from "../support/monitor";

type Counts = Record<string, number>;

/** Counts of a column of the page's table, by resource type. */
function told(column: number): Counts {
  const rows = readFileSync(join(__dirname, "../../docs/resources.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| resource"))
    .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("*", "")));
  return Object.fromEntries(rows.map((cells) => [cells[1] ?? "", Number(cells[column + 1])]));
}

async function made(delivery: string): Promise<Counts> {
  const busy = tenant("busy", { applications: [{ name: "web" }, { name: "worker" }] });
  const resources = await record(() => new Estate("acme", { plan: plan([busy], settings({ delivery })), access }, {}));
  const own = resources.filter(
    ({ parent, type }) => parent.includes("estate:index:Tenant::") || type === "estate:index:Tenant",
  );
  const counts: Counts = { sum: own.length };
  for (const { type } of own) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}

describe("docs/resources.md", () => {
  it.each([
    ["direct", 1],
    ["git", 2],
  ] as const)("tells every resource of a tenant with delivery `%s`", async (delivery, column) => {
    const page = Object.fromEntries(Object.entries(told(column)).filter(([, count]) => count > 0));
    expect(page).toEqual(await made(delivery));
  });
});
