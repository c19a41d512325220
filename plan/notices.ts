import type { EstatePlan } from "./plan";

/**
 * What whoever reads a preview must know and the resources do not show: clusters on which tenants are told and not refused. A
 * stack of tenants holds no guardrails, and says so of those of its platform all the same.
 */
export function notices({ estate, clusters }: EstatePlan): string[] {
  const warning = clusters.filter(({ guardrails }) => guardrails === "warn").map(({ name }) => name);
  if (warning.length === 0) return [];
  const where = `on ${warning.length === 1 ? "cluster" : "clusters"} ${warning.join(", ")}`;
  return [
    `${estate.protect ? "THIS ESTATE IS PROTECTED, AND " : ""}guardrails only warn ${where}: a tenant there is told of what it may not do, ` +
      "and does it. `npm run guardrail-report` says who would be refused; estate:guardrails: enforce refuses.",
  ];
}
