import { accessRowChanges, type AccessRow, accessRows } from "../plan/access-rows";
import type { EstatePlan } from "../plan/plan";
import { accessOfPlan, compareAccess } from "./access";

/**
 * The tenants for which one plan gives more access than another, told as a preview's report tells it: roles in Kubernetes are
 * compared by their rules, elsewhere whoever comes in counts. What a tenant gets that was not there, or in a namespace that
 * was not there, is its own and widens nothing.
 */
export function widenedByPlan(before: EstatePlan, after: EstatePlan): ReadonlySet<string> {
  const rows = accessRows(before);
  const there = new Set(before.tenants.map(({ name }) => name));
  const known = new Set(rows.map(({ who }) => who));
  const widens = ({ tenant, plane, who }: AccessRow): boolean =>
    plane !== "kubernetes" && there.has(tenant) && (!who.startsWith("ServiceAccount ") || known.has(who));
  return new Set([
    ...compareAccess(accessOfPlan(before), accessOfPlan(after))
      .filter(({ widened }) => widened)
      .map(({ tenant }) => tenant),
    ...accessRowChanges(rows, accessRows(after))
      .gained.filter(widens)
      .map(({ tenant }) => tenant),
  ]);
}
