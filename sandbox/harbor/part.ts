import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Part } from "../part";
import { newSecret } from "./secret";
import { jwksFile, prepareSigningKey, tokenIssuer, tokenService } from "./token";

/** The stand-in's folder in a sandbox. */
export const harborFolder = (dir: string): string => join(dir, "harbor");

/** Where the admin's password is kept (mode 0600). */
export const adminPasswordFile = (dir: string): string => join(harborFolder(dir), "admin-password");

/** The user who may do everything. */
export const adminName = "admin";

/** The address of the sandbox's Harbor; `/v2/` below it is the registry that clients use. */
export const harborAddress = (port: number): string => `http://127.0.0.1:${String(port)}`;

/** Harbor's stand-in as a part of the sandbox. */
export function harborPart(dir: string, bundle: string, port: number, registryPort: number): Part {
  mkdirSync(harborFolder(dir), { recursive: true, mode: 0o700 });
  if (!existsSync(adminPasswordFile(dir))) writeFileSync(adminPasswordFile(dir), newSecret(), { mode: 0o600 });
  const address = harborAddress(port);
  return {
    name: "harbor",
    file: process.execPath,
    args: [bundle],
    env: {
      ESTATE_HARBOR_DIR: harborFolder(dir),
      ESTATE_HARBOR_PORT: String(port),
      ESTATE_HARBOR_REGISTRY: harborAddress(registryPort),
    },
    port,
    awaited: `${address}/api/v2.0/health`,
    boundMs: 30_000,
    look: async () => {
      const { status } = await fetch(`${address}/api/v2.0/health`, { signal: AbortSignal.timeout(5_000) });
      return status === 200 ? undefined : `status ${String(status)}`;
    },
  };
}

/**
 * A real OCI registry on file storage. It lets in only who brings a token that Harbor's stand-in has signed; clients reach
 * it through the stand-in, since immutable tags and quotas are Harbor's.
 */
export function registryPart(dir: string, file: string, port: number, harborPort: number): Part {
  const folder = join(dir, "registry");
  const config = join(folder, "config.yml");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  prepareSigningKey(harborFolder(dir));
  writeFileSync(
    config,
    JSON.stringify({
      version: "0.1",
      log: { level: "warn", accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(folder, "data") }, delete: { enabled: true } },
      http: {
        addr: `127.0.0.1:${String(port)}`,
        // Clients know it by the stand-in's address.
        relativeurls: true,
      },
      auth: {
        token: {
          realm: `${harborAddress(harborPort)}/service/token`,
          service: tokenService,
          issuer: tokenIssuer,
          jwks: jwksFile(harborFolder(dir)),
          signingalgorithms: ["ES256"],
        },
      },
    }),
    { mode: 0o600 },
  );
  const address = `${harborAddress(port)}/v2/`;
  return {
    name: "registry",
    file,
    args: ["serve", config],
    // It would send traces to a collector on this machine.
    env: { OTEL_TRACES_EXPORTER: "none" },
    port,
    awaited: `${address}, asking for a token`,
    boundMs: 60_000,
    look: async () => {
      const answer = await fetch(address, { signal: AbortSignal.timeout(5_000) });
      return answer.status === 401 ? undefined : `status ${String(answer.status)}`;
    },
  };
}
