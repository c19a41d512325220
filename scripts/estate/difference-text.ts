import type { ChangedThing, PlanDifference, TenantDifference } from "../../plan/difference";
import { summaryText } from "../../review/report";

const counts = ({ created, changed, deleted }: Pick<TenantDifference, "created" | "changed" | "deleted">): string[] => [
  `${created.length} new`,
  `${changed.length} changed`,
  `${deleted.length} deleted`,
];

/** A value on one line; long ones are cut. */
function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = typeof value === "string" && !value.includes("\n") ? value : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

const changedLines = ({ thing, fields }: ChangedThing): string[] => [
  `  ~ ${thing}`,
  ...fields.map(
    ({ path, before, after }) => `      ${path === "" ? "" : `${path}: `}${shown(before)} -> ${shown(after)}`,
  ),
];

const things = ({ created, changed, deleted }: Pick<TenantDifference, "created" | "changed" | "deleted">): string[] => [
  ...deleted.map((thing) => `  - ${thing}`),
  ...changed.flatMap(changedLines),
  ...created.map((thing) => `  + ${thing}`),
];

function stateText({ before, after }: TenantDifference["states"]): string {
  if (before === after) return "";
  if (before === undefined) return after === "active" ? "; a new tenant" : `; a new tenant (${String(after)})`;
  return after === undefined ? "; its file is gone" : `; ${before} -> ${after}`;
}

function tenantLines(
  difference: TenantDifference,
  all: readonly TenantDifference[],
  widened: ReadonlySet<string>,
): string[] {
  const { tenant, states, access } = difference;
  const others = all.map((own) => own.tenant).filter((name) => name !== tenant);
  const line = summaryText(counts(difference), widened.has(tenant) ? "yes" : "no", others);
  return [
    `${tenant}: ${line}${stateText(states)}`,
    ...things(difference),
    ...access.lost.map((grant) => `  access less: ${grant.group} ${grant.role} in ${grant.cluster}/${grant.namespace}`),
    ...access.gained.map(
      (grant) => `  access more: ${grant.group} ${grant.role} in ${grant.cluster}/${grant.namespace}`,
    ),
  ];
}

/**
 * The difference of two plans for a terminal: for each tenant the line of a merge request's comment, and below it what it is
 * about. `widened` are the tenants that give somebody more access than before.
 */
export function differenceText({ tenants, untouched, platform }: PlanDifference, widened: ReadonlySet<string>): string {
  const shared = platform.created.length + platform.changed.length + platform.deleted.length;
  return [
    ...tenants.flatMap((own) => tenantLines(own, tenants, widened)),
    ...(shared === 0 ? [] : [`what all share: ${counts(platform).join(", ")}`, ...things(platform)]),
    ...(tenants.length === 0 && shared === 0 ? ["nothing changes"] : []),
    `tenants that nothing changes for: ${untouched}`,
  ].join("\n");
}
