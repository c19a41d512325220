import { builtin } from "../../features";
import { planEstate, type EstatePlan } from "../../plan/plan";
import type { Held } from "../../tenants/held";
import { loadFiles } from "../../tenants/inputs";
import type { LossesRequest } from "../../tenants/losses";

/** A stack by its files alone: its plan, and what tells the next steps of a life. */
export interface StackFiles extends Pick<LossesRequest, "entries" | "settings" | "places"> {
  readonly plan: EstatePlan;
}

/** Reads and plans a stack by its files alone: neither a kubeconfig nor a login is needed, and nothing is asked. */
export function stackFiles(projectDir: string, stack: string): StackFiles {
  const files = loadFiles({ projectDir, stack, features: builtin, environment: process.env });
  return { ...files, plan: planEstate({ ...files, features: builtin }) };
}

/** The plan alone. */
export function stackPlan(projectDir: string, stack: string): EstatePlan {
  return stackFiles(projectDir, stack).plan;
}

/** The same plan with no tenants: what all of it is compared with where there is no earlier one. */
export function withoutTenants(plan: EstatePlan): EstatePlan {
  return { ...plan, tenants: [] };
}

/** What a stack holds once a plan is applied, as its own outputs would say it. */
export function heldByPlan({ tenants, estate }: EstatePlan): Held {
  return {
    engine: { kind: estate.gitops.kind, leaves: estate.gitops.leaves },
    tenants: tenants
      .filter(({ state }) => state !== "removed")
      .map(({ name, state, homes }) => ({
        name,
        state,
        homes: homes.map(({ environment, cluster, namespace }) => ({
          environment,
          cluster,
          namespace: namespace.metadata.name,
        })),
      })),
  };
}
