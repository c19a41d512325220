import { isRecord, type VaultClient } from "@estate/clients";
import { authMountName, namespaceName, pipelineMountName } from "../../model/names";
import { secretReader } from "../../model/platform";

/** Where a tenant may have logged in to Vault. */
export interface Logins {
  readonly estate: string;
  readonly tenant: string;
  readonly clusters: readonly string[];
  readonly environments: readonly string[];
  /** Path of the tenants' group in GitLab. */
  readonly parent: string;
}

/** Somebody as Vault knows them: all tokens of an entity end with it. */
export interface Entity {
  readonly id: string;
  /** The auth mount by which they logged in, and what they are called there. */
  readonly mount: string;
  readonly login: string;
}

/** Whether a login of a mount is the tenant's: a reader's by its exact name, a pipeline's by its project's path with the slash. */
function isOf({ estate, tenant, clusters, environments, parent }: Logins, mount: string, login: string): boolean {
  if (mount === pipelineMountName(estate)) return login.startsWith(`${parent}/${tenant}/`);
  if (!clusters.some((cluster) => mount === authMountName(estate, cluster))) return false;
  return environments.some(
    (environment) => login === `system:serviceaccount:${namespaceName(tenant, environment)}:${secretReader}`,
  );
}

/** Everybody of a tenant who has ever logged in to Vault, and whom Vault still knows. */
export async function entitiesOf(vault: VaultClient, logins: Logins): Promise<Entity[]> {
  const mounts = new Map<unknown, string>();
  for (const [path, mount] of Object.entries((await vault.read("sys/auth"))?.data ?? {}))
    if (isRecord(mount)) mounts.set(mount["accessor"], path.replace(/\/$/, ""));
  const aliases = (await vault.read("identity/entity-alias/id?list=true"))?.data["key_info"];
  return Object.values(isRecord(aliases) ? aliases : {})
    .filter(isRecord)
    .flatMap(({ canonical_id: id, mount_accessor: accessor, name }) => {
      const mount = mounts.get(accessor) ?? "";
      return isOf(logins, mount, String(name)) ? [{ id: String(id), mount, login: String(name) }] : [];
    });
}

/**
 * Ends every token that a tenant holds, those of before, too, and for good: a token names the entity that it was given to, and one
 * that logs in again later is another. The tokens of other tenants by the same mount stay. Gives whose they were.
 */
export async function revokeTokens(vault: VaultClient, logins: Logins): Promise<Entity[]> {
  const entities = await entitiesOf(vault, logins);
  for (const { id } of entities) await vault.delete(`identity/entity/id/${id}`);
  return entities;
}
