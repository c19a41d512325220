import * as pulumi from "@pulumi/pulumi";
import { Estate, type EstateOutputs } from "./components/estate";
import type { TenantFeature } from "./features/feature";
import { EstateError } from "./model/problem";
import { planEstate } from "./plan/plan";
import { loadInputs } from "./tenants/inputs";

export { defineFeature, type TenantFeature } from "./features/feature";
export { builtin } from "./features";

/** What an adopter says: which features its tenants have. */
export interface EstateOptions {
  readonly features: readonly TenantFeature[];
}

/**
 * Runs work with nothing below it on the call stack. Pulumi keeps each resource's whole stack in the state, and that of the
 * runner is the same for all of them: a tenth of a tenant's part.
 */
function alone<T>(work: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(work());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}

/**
 * The whole program: settings and tenants -> plan -> resources. A user's mistakes end it with one report and no stack
 * trace, before the first resource exists.
 */
export function estate({ features }: EstateOptions): Promise<EstateOutputs> {
  return alone(() => {
    try {
      const inputs = loadInputs({
        projectDir: process.cwd(),
        stack: pulumi.getStack(),
        features,
        runtime: pulumi.runtime.allConfig(),
        environment: process.env,
      });
      const plan = planEstate({ ...inputs, features });
      return new Estate(plan.estate.name, { plan, access: inputs.access, secrets: inputs.serviceSecrets }, {}).outputs;
    } catch (error) {
      if (error instanceof EstateError) throw new pulumi.RunError(error.message);
      throw error;
    }
  });
}
