import { bridgedPlugin } from "../framework/bridge/plugin";
import type { BridgedResource } from "../framework/bridge/schema";
import type { Plugin } from "../framework/plugin";
import { audit } from "./audit";
import { authBackend } from "./auth-backend";
import { config, refuse } from "./config";
import { entity } from "./entity";
import { group } from "./group";
import { groupAlias } from "./group-alias";
import { jwtAuthBackend } from "./jwt-auth-backend";
import { jwtRole } from "./jwt-role";
import { kubernetesConfig } from "./kubernetes-config";
import { kubernetesRole } from "./kubernetes-role";
import { mount } from "./mount";
import { policy } from "./policy";
import { quotaRateLimit } from "./quota-rate-limit";
import { secretV2 } from "./secret-v2";
import { connect, type Session } from "./session";

/** The resources of the double, by type token. */
export const resources: Readonly<Record<string, BridgedResource<Session>>> = {
  "vault:identity/entity:Entity": entity,
  "vault:identity/group:Group": group,
  "vault:identity/groupAlias:GroupAlias": groupAlias,
  "vault:index/audit:Audit": audit,
  "vault:index/authBackend:AuthBackend": authBackend,
  "vault:index/mount:Mount": mount,
  "vault:index/policy:Policy": policy,
  "vault:index/quotaRateLimit:QuotaRateLimit": quotaRateLimit,
  "vault:jwt/authBackend:AuthBackend": jwtAuthBackend,
  "vault:jwt/authBackendRole:AuthBackendRole": jwtRole,
  "vault:kubernetes/authBackendConfig:AuthBackendConfig": kubernetesConfig,
  "vault:kubernetes/authBackendRole:AuthBackendRole": kubernetesRole,
  "vault:kv/secretV2:SecretV2": secretV2,
};

/** The double of the vault provider: its back end is a real Vault on this machine. */
export function vault(): Plugin {
  return bridgedPlugin<Session>({ name: "vault", version: "7.8.0", config, resources, connect, refuse });
}
