import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { VaultClient } from "@estate/clients/vault";
import { flag, numberOr, submap, text, textOr } from "../framework/bridge/fields";
import { requireLoopback } from "../framework/loopback";
import type { JsonMap } from "../framework/value";

/** A connection to Vault, logged in. */
export interface Session {
  readonly client: VaultClient;
  /** Such as `1.21.1`; empty if the configuration says not to ask. */
  readonly version: string;
}

/**
 * Connects as the real provider does: logs in or takes the token, looks itself up, works with a short-lived child
 * token unless told not to, and asks for the server's version.
 */
export async function connect(config: JsonMap): Promise<Session> {
  const address = text(config, "address");
  requireLoopback("vault", address);
  const caCertFile = textOr(config, "caCertFile", "");
  const bare = new VaultClient(
    address,
    undefined,
    caCertFile === "" ? {} : { caCert: await readFile(caCertFile, "utf8") },
  );
  const parent = bare.withToken(await findToken(config, bare));
  await lookUpSelf(parent);
  const client = flag(config, "skipChildToken") ? parent : bare.withToken(await makeChild(config, parent));
  return { client, version: await findVersion(config, client) };
}

async function findToken(config: JsonMap, client: VaultClient): Promise<string> {
  if (config["authLoginJwt"] !== undefined) {
    const login = submap(config, "authLoginJwt");
    const jwt = textOr(login, "jwt", undefined) ?? process.env["TERRAFORM_VAULT_AUTH_JWT"];
    const mount = textOr(login, "mount", "jwt");
    return logIn(client, `auth/${mount}/login`, { role: text(login, "role"), jwt });
  }
  if (config["authLogin"] !== undefined) {
    const login = submap(config, "authLogin");
    return logIn(client, text(login, "path"), submap(login, "parameters"));
  }
  if (config["authLoginTokenFile"] !== undefined) {
    const file = textOr(submap(config, "authLoginTokenFile"), "filename", undefined);
    return (await readFile(file ?? process.env["TERRAFORM_VAULT_TOKEN_FILENAME"] ?? "", "utf8")).trim();
  }
  const given = textOr(config, "token", "");
  if (given !== "") return given;
  try {
    // The last resort of the real one too: what `vault login` left behind.
    return (await readFile(join(homedir(), ".vault-token"), "utf8")).trim();
  } catch {
    throw new Error("no vault token set on Client");
  }
}

async function logIn(client: VaultClient, path: string, body: Record<string, unknown>): Promise<string> {
  return tokenOf((await client.write(path, body))?.auth, `a login at ${path}`);
}

async function lookUpSelf(client: VaultClient): Promise<void> {
  const found = await client.read("auth/token/lookup-self").catch((error: unknown) => {
    throw new Error(`failed to lookup token, err=${error instanceof Error ? error.message : String(error)}`);
  });
  if (found === undefined) throw new Error("no token information returned by lookup-self");
}

/** What leases and tokens the resources make dies with this token, as with the real provider. */
async function makeChild(config: JsonMap, parent: VaultClient): Promise<string> {
  const ttl = `${numberOr(config, "maxLeaseTtlSeconds", 1200)}s`;
  const child = await parent.write("auth/token/create", {
    display_name: textOr(config, "tokenName", "terraform"),
    ttl,
    explicit_max_ttl: ttl,
    renewable: false,
  });
  return tokenOf(child?.auth, "auth/token/create");
}

function tokenOf(auth: Readonly<Record<string, unknown>> | undefined, what: string): string {
  const token = auth?.["client_token"];
  if (typeof token !== "string") throw new Error(`${what} gave no token`);
  return token;
}

async function findVersion(config: JsonMap, client: VaultClient): Promise<string> {
  const override = textOr(config, "vaultVersionOverride", "");
  if (override !== "" || flag(config, "skipGetVaultVersion")) return override;
  const version = (await client.read("sys/seal-status"))?.body["version"];
  if (typeof version !== "string" || version === "") throw new Error("the Vault server did not tell its version");
  return version;
}
