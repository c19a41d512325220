import { isRecord, VaultClient } from "@estate/clients";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Complaint } from "./complaint";
import { textOf, type Part } from "./part";

/** Where the root token is kept (mode 0600). */
export const rootTokenFile = (dir: string): string => join(dir, "vault", "root-token");

const unsealKeyFile = (dir: string): string => join(dir, "vault", "unseal-key");

/** The address of the sandbox's Vault. */
export const vaultAddress = (port: number): string => `http://127.0.0.1:${String(port)}`;

/**
 * A real Vault on file storage. Not dev mode: that forgets everything at a restart, while Pulumi's state remembers.
 * It has one unseal key, kept beside the data: a sandbox guards nothing. `internet` are the variables by which it finds the
 * hosts that are on the internet elsewhere.
 */
export function vaultPart(
  dir: string,
  file: string,
  port: number,
  clusterPort: number,
  internet: Readonly<Record<string, string>>,
): Part {
  const address = vaultAddress(port);
  const config = join(dir, "vault", "config.json");
  mkdirSync(join(dir, "vault"), { recursive: true, mode: 0o700 });
  writeFileSync(
    config,
    JSON.stringify({
      storage: { file: { path: join(dir, "vault", "data") } },
      listener: {
        tcp: {
          address: `127.0.0.1:${String(port)}`,
          // Unless told, Vault takes the port behind its own, which is somebody else's.
          cluster_address: `127.0.0.1:${String(clusterPort)}`,
          tls_disable: true,
        },
      },
      api_addr: address,
      disable_mlock: true,
      ui: false,
      log_level: "warn",
    }),
  );
  return {
    name: "vault",
    file,
    args: ["server", `-config=${config}`],
    // Vault takes flags from these; a person's own Vault must not leak into the sandbox's.
    env: { VAULT_ADDR: address, ...internet },
    port,
    awaited: `${address}/v1/sys/health, initialised and unsealed`,
    boundMs: 90_000,
    look: () => open(dir, address),
  };
}

/** Initialises and unseals as needed; undefined when Vault is open. */
async function open(dir: string, address: string): Promise<string | undefined> {
  const client = new VaultClient(address);
  try {
    const health = await client.health();
    if (!health.initialized) {
      await initialise(dir, client);
      return "just initialised";
    }
    if (health.sealed) {
      const key = textOf(unsealKeyFile(dir));
      if (key === undefined) {
        throw new Complaint(
          "Vault cannot be unsealed",
          `${unsealKeyFile(dir)} is missing`,
          `its data is lost: remove ${join(dir, "vault")} and start again`,
        );
      }
      await client.write("sys/unseal", { key });
      return "just unsealed";
    }
    return health.status === 200 ? undefined : `status ${String(health.status)}`;
  } finally {
    client.close();
  }
}

async function initialise(dir: string, client: VaultClient): Promise<void> {
  const { body } = await client.request("PUT", "sys/init", { secret_shares: 1, secret_threshold: 1 });
  const keys: unknown = isRecord(body) ? body["keys"] : undefined;
  const key: unknown = Array.isArray(keys) ? keys[0] : undefined;
  const token: unknown = isRecord(body) ? body["root_token"] : undefined;
  if (typeof key !== "string" || typeof token !== "string") throw new Error(`sys/init said ${JSON.stringify(body)}`);
  writeFileSync(unsealKeyFile(dir), key, { mode: 0o600 });
  writeFileSync(rootTokenFile(dir), token, { mode: 0o600 });
}
