import * as pulumi from "@pulumi/pulumi";
import { Estate, type EstateOutputs } from "./components/estate";
import { takeOver } from "./components/foundation";
import { previousOutputs, tenantsInState } from "./components/previous";
import type { TenantFeature } from "./features/feature";
import { EstateError } from "./model/problem";
import { notices } from "./plan/notices";
import { planEstate } from "./plan/plan";
import { heldBy } from "./tenants/held";
import { loadInputs } from "./tenants/inputs";
import { checkLosses, type LossesRequest } from "./tenants/losses";

export { defineFeature, type TenantFeature } from "./features/feature";
export { builtin } from "./features";

/** What an adopter says: which features its tenants have. */
export interface EstateOptions {
  readonly features: readonly TenantFeature[];
}

/** Reads and checks everything that the program is told, and plans it. */
function planned({ features }: EstateOptions) {
  try {
    const {
      access,
      serviceSecrets: secrets,
      ...inputs
    } = loadInputs({
      projectDir: process.cwd(),
      stack: pulumi.getStack(),
      features,
      runtime: pulumi.runtime.allConfig(),
      environment: process.env,
    });
    return { plan: planEstate({ ...inputs, features }), access, secrets, inputs };
  } catch (error) {
    if (error instanceof EstateError) throw new pulumi.RunError(error.message);
    throw error;
  }
}

/**
 * Stops a run that would lose what nobody has let go of. The stack's own outputs say what it held; the state is asked only
 * where something would go, because outputs are behind when tenants have moved to another stack.
 */
async function refuseLosses(request: Omit<LossesRequest, "held">): Promise<void> {
  const held = heldBy(await previousOutputs());
  if (checkLosses({ ...request, held }).length === 0) return;
  const there = await tenantsInState();
  const tenants = held.tenants.filter(({ name }) => there.has(name));
  const problems = checkLosses({ ...request, held: { ...held, tenants } });
  if (problems.length > 0) throw new pulumi.RunError(new EstateError(problems).message);
}

/**
 * The whole program: settings and tenants -> plan -> resources. A user's mistakes end it with one report and no stack
 * trace, before the first resource exists.
 */
export async function estate(options: EstateOptions): Promise<EstateOutputs> {
  const { plan, access, secrets, inputs } = planned(options);
  for (const notice of notices(plan)) void pulumi.log.warn(notice);
  await refuseLosses({ ...inputs, today: new Date().toISOString().slice(0, 10) });
  const foundation =
    plan.scope.kind === "tenants"
      ? {
          foundation: await takeOver({
            platform: plan.scope.platform,
            clusters: plan.clusters.map(({ name }) => name),
            made: plan.clusters.filter(({ connection }) => connection.kind !== "existing").map(({ name }) => name),
            beside: plan.tenants.flatMap(({ needs }) =>
              needs.flatMap(({ by, cluster }) => (by === "aws" ? [cluster] : [])),
            ),
            managed: plan.delivery !== "direct",
          }),
        }
      : {};
  // Made with nothing below on the call stack. Pulumi keeps each resource's whole stack in the state, and that of the runner
  // is the same for all of them: a tenth of a tenant's part.
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(new Estate(plan.estate.name, { plan, access, secrets, ...foundation }, {}).outputs);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}
