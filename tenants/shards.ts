import { mistake } from "../config/mistake";
import type { Settings } from "../config/schema";
import type { Places } from "../config/source";
import type { Problem } from "../model/problem";
import { isSelected } from "./check";
import type { TenantFiles } from "./files";

/** One stack of tenants. */
export interface Shard {
  readonly stack: string;
  readonly settings: Settings;
  readonly source: Places;
}

/**
 * Tenants that two stacks of one platform raise: each would make what the other made. That every tenant is in one stack is
 * not demanded: a new shard is filled step by step.
 */
export function sharedTenants({ entries }: Pick<TenantFiles, "entries">, shards: readonly Shard[]): Problem[] {
  return shards.flatMap(({ stack, settings, source }, index) =>
    shards.slice(0, index).flatMap((other) => {
      if (other.settings.platform !== settings.platform) return [];
      const both = entries
        .map(({ name }) => name)
        .filter((name) => isSelected(name, settings.tenants) && isSelected(name, other.settings.tenants));
      if (both.length === 0) return [];
      return [
        mistake(
          "P024",
          source.placeOf(["tenants"], "key"),
          `stacks "${other.stack}" and "${stack}" both raise ${both.join(", ")}`,
          'let "only" or "except" of estate:tenants part them',
        ),
      ];
    }),
  );
}
