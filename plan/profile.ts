import type { Settings } from "../config/schema";
import { applyExceptions, type ContainerLimits } from "../model/profile";
import { canonicalQuantity } from "../model/quantity";
import type { Tenant } from "../tenants/schema";
import { named } from "./facts";

/** Canonical text, in a fixed order. */
function quantities(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(values)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => [name, canonicalQuantity(value)]),
  );
}

/** A profile with a tenant's exceptions, as checked by `tenants/`; features' keys are checked by their own schemas. */
export interface EffectiveProfile {
  readonly quota: Readonly<Record<string, string>>;
  readonly limits: ContainerLimits;
  readonly [feature: string]: unknown;
}

/** The profile as it holds for a tenant in one environment. */
export function effectiveProfile(
  settings: Settings,
  tenant: Pick<Tenant, "profile" | "exceptions">,
  environment: string,
): EffectiveProfile {
  const profile = named(settings.profiles, tenant.profile, "profile");
  const { quota, limits, ...rest } = applyExceptions(
    profile,
    tenant.exceptions,
    environment,
  ) as unknown as EffectiveProfile;
  return {
    ...rest,
    quota: quantities(quota),
    limits: {
      default: quantities(limits.default),
      defaultRequest: quantities(limits.defaultRequest),
      max: quantities(limits.max),
    },
  };
}
