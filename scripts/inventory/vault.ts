import type { VaultClient } from "@estate/clients";
import { pipelineMountName } from "../../model/names";
import { shared, type Found } from "./found";

/** A tenant's name from the name of its home, `<tenant>-<environment>`: environments have no hyphen. */
function tenantOfHome(home: string): string {
  return home.slice(0, home.lastIndexOf("-"));
}

/** Paths at which something is kept, below a folder of a KV mount. */
async function secretsBelow(vault: VaultClient, mount: string, folder = ""): Promise<string[]> {
  const names = await vault.list(`${mount}/metadata/${folder}`);
  const below = await Promise.all(
    names.map(async (name) =>
      name.endsWith("/") ? await secretsBelow(vault, mount, `${folder}${name}`) : [`${folder}${name}`],
    ),
  );
  return below.flat();
}

/** Paths of mounts, without the slash that Vault ends them with. */
async function mounts(vault: VaultClient, kind: "sys/mounts" | "sys/auth"): Promise<string[]> {
  return Object.keys((await vault.read(kind))?.data ?? {}).map((mount) => mount.replace(/\/$/, ""));
}

async function secrets(estate: string, vault: VaultClient): Promise<Found[]> {
  if (!(await mounts(vault, "sys/mounts")).includes(estate)) return [];
  const kept = await secretsBelow(vault, estate);
  return [
    { tenant: shared, plane: "vault", where: estate, what: `Mount ${estate}` },
    ...kept.map((path): Found => ({
      tenant: path.split("/")[0] ?? "",
      plane: "vault",
      where: estate,
      what: `Secret ${path}`,
    })),
  ];
}

async function logins(estate: string, vault: VaultClient): Promise<Found[]> {
  const own = (await mounts(vault, "sys/auth")).filter((mount) => mount.startsWith(`${estate}-`));
  const found = await Promise.all(
    own.map(async (where): Promise<Found[]> => {
      // Roles of pipelines are the tenants'; those of clusters are the homes'.
      const tenantOf = where === pipelineMountName(estate) ? (role: string) => role : tenantOfHome;
      const roles = await vault.list(`auth/${where}/role`);
      return [
        { tenant: shared, plane: "vault", where, what: `AuthMount ${where}` },
        ...roles.map((role): Found => ({ tenant: tenantOf(role), plane: "vault", where, what: `Role ${role}` })),
      ];
    }),
  );
  return found.flat();
}

async function policies(estate: string, vault: VaultClient): Promise<Found[]> {
  return (await vault.list("sys/policies/acl")).flatMap((policy): Found[] => {
    const [owner, where, subject, right] = policy.split(".");
    if (owner !== estate || where === undefined || subject === undefined) return [];
    const tenant = right === "pipelines" ? subject : right === "read" ? tenantOfHome(subject) : undefined;
    return tenant === undefined ? [] : [{ tenant, plane: "vault", where, what: `Policy ${policy}` }];
  });
}

/** Mounts, policies, roles and kept secrets in Vault, by the names that Estate gives them. No secret is read. */
export async function vaultInventory(estate: string, vault: VaultClient): Promise<Found[]> {
  const found = await Promise.all([policies(estate, vault), logins(estate, vault), secrets(estate, vault)]);
  return found.flat();
}
