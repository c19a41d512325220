import { reachedByRing, type ReachedThing, type RingReach } from "../plan/blast-radius";
import type { Change } from "./changes";
import { renderedDiff } from "./rendered";
import { type Fields, isFields } from "./values";

/** How many names are written out. */
const shown = 8;

function namesText(names: readonly string[], what: string): string {
  if (names.length === 0) return `no ${what}s`;
  const more = names.length > shown ? `, and ${String(names.length - shown)} more` : "";
  return `${String(names.length)} ${what}${names.length === 1 ? "" : "s"} (${names.slice(0, shown).join(", ")}${more})`;
}

/** The ring of each cluster, as a stack shows them in its output `clusters`. */
function ringsOf(outputs: Fields | undefined): [string, number][] {
  const clusters = outputs?.["clusters"];
  return Object.entries(isFields(clusters) ? clusters : {}).flatMap(([name, shown]) =>
    isFields(shown) && typeof shown["ring"] === "number" ? [[name, shown["ring"]]] : [],
  );
}

const kinds: Readonly<Record<Change["action"], ReachedThing["kind"]>> = {
  create: "created",
  update: "changed",
  replace: "changed",
  adopt: "changed",
  keep: "changed",
  forget: "deleted",
  delete: "deleted",
};

/** How far a preview's changes reach, ring by ring: what Pulumi writes to clusters, and files that are delivered to them. */
export function reachOf(
  changes: readonly Change[],
  outputs: { readonly before?: Fields | undefined; readonly after?: Fields | undefined },
): RingReach[] {
  const rings = new Map([...ringsOf(outputs.before), ...ringsOf(outputs.after)]);
  return reachedByRing(
    changes.flatMap((change): ReachedThing[] => {
      const cluster = change.plane === "Kubernetes" ? change.cluster : renderedDiff(change)?.cluster;
      const ring = cluster === undefined ? undefined : rings.get(cluster);
      if (cluster === undefined || ring === undefined) return [];
      return [{ ring, cluster, tenant: change.tenant, kind: kinds[change.action] }];
    }),
  );
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
