import { planes, type Found } from "./found";

/** By kind: `2 Policy, 1 Role`. */
function counted(found: readonly Found[]): string {
  const counts = new Map<string, number>();
  for (const { what } of found) {
    const kind = what.split(" ")[0] ?? "";
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([kind, count]) => `${String(count)} ${kind}`)
    .join(", ");
}

/** A table: a paragraph per tenant, a line per plane with what is there by kind. */
export function inventoryTable(found: readonly Found[]): string {
  const tenants = [...new Set(found.map(({ tenant }) => tenant))].sort();
  return tenants
    .map((name) => {
      const own = found.filter(({ tenant }) => tenant === name);
      const line = (plane: Found["plane"]): string =>
        `  ${plane.padEnd(10)} ${counted(own.filter((item) => item.plane === plane)) || "nothing"}`;
      return [name, ...planes.map(line)].join("\n");
    })
    .join("\n");
}
