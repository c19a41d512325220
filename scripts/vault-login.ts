import { readFileSync } from "node:fs";

/** How Vault is spoken to, beside its address. */
export interface VaultLogin {
  readonly token?: string;
  /** PEM of the authority that signed Vault's certificate. */
  readonly caCert?: string;
  readonly namespace?: string;
  /** What is wrong with the variables: cause and remedy. */
  readonly mistake?: readonly [cause: string, remedy: string];
}

/** The variables that the provider and Vault's own CLI read; an empty one counts as none, as it does there. */
export function vaultLogin(environment: Readonly<Record<string, string | undefined>>): VaultLogin {
  const read = (name: string): string | undefined => environment[name] || undefined;
  const token = read("VAULT_TOKEN");
  const namespace = read("VAULT_NAMESPACE");
  const login = { ...(token === undefined ? {} : { token }), ...(namespace === undefined ? {} : { namespace }) };
  const file = read("VAULT_CACERT");
  if (file === undefined) return login;
  try {
    return { ...login, caCert: readFileSync(file, "utf8") };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ...login, mistake: [`VAULT_CACERT cannot be read: ${why}`, "name a PEM file of the authority"] };
  }
}
