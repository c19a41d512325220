import type { RingReach } from "../../plan/blast-radius";

/** How many names are written out. */
const shown = 8;

function namesText(names: readonly string[], what: string): string {
  if (names.length === 0) return `no ${what}s`;
  const more = names.length > shown ? `, and ${String(names.length - shown)} more` : "";
  return `${String(names.length)} ${what}${names.length === 1 ? "" : "s"} (${names.slice(0, shown).join(", ")}${more})`;
}

/** How far a change reaches, a line for each ring; and what could be done where it changes several at once. */
export function blastRadiusText(rings: readonly RingReach[]): string[] {
  const lines = rings.map(
    ({ ring, clusters, tenants, created, changed, deleted }) =>
      `ring ${String(ring)}: ${namesText(clusters, "cluster")}, ${namesText(tenants, "tenant")}: ${String(created)} new, ${String(changed)} changed, ${String(deleted)} deleted`,
  );
  const atOnce = rings.filter(({ changed }) => changed > 0).map(({ ring }) => String(ring));
  return atOnce.length < 2
    ? lines
    : [
        ...lines,
        `what is there changes in rings ${atOnce.join(" and ")} at once; estate:rollout takes a version or a profile from ring to ring (docs/rings.md)`,
      ];
}
