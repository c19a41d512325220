import type { ConfigTable } from "../framework/bridge/config";
import type { Inputs } from "../framework/bridge/schema";
import { requireLoopback } from "../framework/loopback";
import type { BareMap } from "../framework/value";

/** What the double does not simulate: taken by the table, so that the refusal can say why. */
const NOT_SIMULATED = [
  "authLoginAws",
  "authLoginAzure",
  "authLoginCert",
  "authLoginGcp",
  "authLoginKerberos",
  "authLoginOci",
  "authLoginOidc",
  "authLoginRadius",
  "authLoginUserpass",
  "caCertDir",
  "clientAuth",
  "headers",
  "tlsServerName",
] as const;

const inLogin: Inputs = { namespace: { type: "string" }, useRootNamespace: { type: "boolean" } };

/** The provider's own configuration, with the environment variables that stand in for absent values. */
export const config: ConfigTable = {
  ...Object.fromEntries(NOT_SIMULATED.map((name) => [name, { type: { map: "string" } }] as const)),
  caCertDir: { type: "string", env: ["VAULT_CAPATH"] },
  headers: { type: { list: { map: "string" } } },
  tlsServerName: { type: "string", env: ["VAULT_TLS_SERVER_NAME"] },
  address: { type: "string", required: true, env: ["VAULT_ADDR"] },
  addAddressToEnv: { type: "string" },
  token: { type: "string", secret: true, env: ["VAULT_TOKEN"] },
  tokenName: { type: "string", default: "terraform", env: ["VAULT_TOKEN_NAME"] },
  skipChildToken: { type: "boolean", default: false, env: ["TERRAFORM_VAULT_SKIP_CHILD_TOKEN"] },
  maxLeaseTtlSeconds: { type: "integer", default: 1200, env: ["TERRAFORM_VAULT_MAX_TTL"] },
  maxRetries: { type: "integer", default: 2, env: ["VAULT_MAX_RETRIES"] },
  maxRetriesCcc: { type: "integer" },
  namespace: { type: "string", env: ["VAULT_NAMESPACE"] },
  setNamespaceFromToken: { type: "boolean", default: true },
  skipGetVaultVersion: { type: "boolean", default: false },
  vaultVersionOverride: { type: "string" },
  skipTlsVerify: { type: "boolean", default: false, env: ["VAULT_SKIP_VERIFY"] },
  caCertFile: { type: "string", env: ["VAULT_CACERT"] },
  authLogin: {
    type: {
      object: {
        ...inLogin,
        path: { type: "string", required: true },
        method: { type: "string" },
        parameters: { type: { map: "string" }, secret: true },
      },
    },
  },
  authLoginJwt: {
    type: {
      object: {
        ...inLogin,
        role: { type: "string", required: true },
        mount: { type: "string" },
        jwt: { type: "string", secret: true },
        distributedClaimAccessToken: { type: "string", secret: true },
      },
    },
  },
  authLoginTokenFile: { type: { object: { ...inLogin, filename: { type: "string" } } } },
};

/** Refuses another machine's Vault, and what the sandbox's Vault or this double cannot do. Unknowns pass. */
export function refuse(given: BareMap): void {
  const { address, namespace } = given;
  if (typeof address === "string") requireLoopback("vault", address);
  if (typeof namespace === "string" && namespace !== "") {
    throw new Error("namespaces are a matter of Vault Enterprise: the sandbox's Vault has none");
  }
  const odd = NOT_SIMULATED.filter((name) => given[name] !== undefined);
  if (odd.length > 0) throw new Error(`${odd.join(", ")}: not simulated by the sandbox's double of vault`);
}
