import type { TenantFeature } from "../features/feature";
import type { Tenant } from "../tenants/schema";
import type { EffectiveProfile } from "./profile";

/** A feature's own part of a tenant file and of a profile, with the schema's defaults filled in. */
export function specsOf(
  feature: TenantFeature,
  tenant: Tenant,
  profile: EffectiveProfile,
): { readonly spec: unknown; readonly profile: unknown } {
  const part = (schema: TenantFeature["schema"], value: unknown): unknown => schema?.parse(value);
  return {
    spec: part(feature.schema, (tenant as Record<string, unknown>)[feature.key]),
    profile: part(feature.profile, profile[feature.key]),
  };
}
