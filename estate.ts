import * as pulumi from "@pulumi/pulumi";
import * as path from "node:path";
import { Estate, type EstateOutputs } from "./components/estate";
import { loadClusterAccess } from "./config/kubeconfig";
import { loadSettings } from "./config/settings";
import { loadVaultAddress } from "./config/vault";
import type { TenantFeature } from "./features/feature";
import { EstateError } from "./model/problem";
import { planEstate } from "./plan/plan";
import { loadTenants } from "./tenants/load";

export { defineFeature, type TenantFeature } from "./features/feature";
export { builtin } from "./features";

/** What an adopter says: which features its tenants have. */
export interface EstateOptions {
  readonly features: readonly TenantFeature[];
}

/**
 * The whole program: settings and tenants -> plan -> resources. A user's mistakes end it with one report and no stack
 * trace, before the first resource exists.
 */
export function estate({ features }: EstateOptions): EstateOutputs {
  const projectDir = process.cwd();
  try {
    const settings = loadSettings({
      projectDir,
      stack: pulumi.getStack(),
      features,
      runtime: pulumi.runtime.allConfig(),
    });
    const tenants = loadTenants({ directory: path.join(projectDir, "tenants"), settings, features });
    const access = loadClusterAccess(settings, process.env);
    const plan = planEstate({ settings, tenants, features, vaultAddress: loadVaultAddress(settings, process.env) });
    return new Estate(plan.estate.name, { plan, access }, {}).outputs;
  } catch (error) {
    if (error instanceof EstateError) throw new pulumi.RunError(error.message);
    throw error;
  }
}
