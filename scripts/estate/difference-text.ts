import type { ChangedThing, PlanDifference, TenantDifference } from "../../plan/difference";

const counted = ({ created, changed, deleted }: Pick<TenantDifference, "created" | "changed" | "deleted">): string =>
  `${created.length} new, ${changed.length} changed, ${deleted.length} deleted`;

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
  if (before === undefined) return after === "active" ? ", a new tenant" : `, a new tenant (${String(after)})`;
  return after === undefined ? ", its file is gone" : `, ${before} -> ${after}`;
}

function tenantLines(difference: TenantDifference): string[] {
  const { tenant, states, access } = difference;
  return [
    `${tenant}: ${counted(difference)}; access: ${access.gained.length} more, ${access.lost.length} less${stateText(states)}`,
    ...things(difference),
    ...access.lost.map((grant) => `  access less: ${grant.group} ${grant.role} in ${grant.cluster}/${grant.namespace}`),
    ...access.gained.map(
      (grant) => `  access more: ${grant.group} ${grant.role} in ${grant.cluster}/${grant.namespace}`,
    ),
  ];
}

/** The difference of two plans for a terminal: one line for each tenant, and below it what it is about. */
export function differenceText({ tenants, untouched, platform }: PlanDifference): string {
  const shared = platform.created.length + platform.changed.length + platform.deleted.length;
  return [
    ...tenants.flatMap(tenantLines),
    ...(shared === 0 ? [] : [`what all share: ${counted(platform)}`, ...things(platform)]),
    ...(tenants.length === 0 && shared === 0 ? ["nothing changes"] : []),
    `other tenants (${untouched}): nothing`,
  ].join("\n");
}
