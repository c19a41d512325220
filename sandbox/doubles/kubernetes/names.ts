import { createHash, randomBytes } from "node:crypto";
import type { Autonaming } from "../framework/plugin";

/** Says in an object that its name was not chosen by the program. */
export const AUTONAMED = "pulumi.com/autonamed";

/** Eight hex digits, the same for the same seed, so that preview and update agree. */
export function suffix(seed: Uint8Array, salt: string): string {
  if (seed.length === 0) return randomBytes(4).toString("hex");
  return createHash("sha256").update(seed).update(salt).digest("hex").slice(0, 8);
}

/** The name of a resource for which the program gave none. */
export function autoname(name: string, seed: Uint8Array, autonaming: Autonaming | undefined, salt: string): string {
  if (autonaming?.mode === "disable") {
    throw new Error("autonaming is disabled, resource requires the .metadata.name field to be set");
  }
  if (autonaming !== undefined && autonaming.proposedName !== "") return autonaming.proposedName;
  return `${name}-${suffix(seed, salt)}`;
}

/** The manager of a resource's fields in server-side apply; each resource has its own. */
export function newFieldManager(): string {
  return `pulumi-kubernetes-${randomBytes(4).toString("hex")}`;
}
