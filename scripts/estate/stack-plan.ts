import { builtin } from "../../features";
import { planEstate, type EstatePlan } from "../../plan/plan";
import { loadFiles } from "../../tenants/inputs";

/** The plan of a stack by its files alone: neither a kubeconfig nor a login is needed, and nothing is asked. */
export function stackPlan(projectDir: string, stack: string): EstatePlan {
  const files = loadFiles({ projectDir, stack, features: builtin, environment: process.env });
  return planEstate({ ...files, features: builtin });
}

/** The same plan with no tenants: what all of it is compared with where there is no earlier one. */
export function withoutTenants(plan: EstatePlan): EstatePlan {
  return { ...plan, tenants: [] };
}
