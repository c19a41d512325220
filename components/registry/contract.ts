import type * as pulumi from "@pulumi/pulumi";
import type { RegistryProject } from "../../model/capability";

/** A login to one tenant's project. */
export interface RegistryCredential {
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/**
 * What a backend gives a tenant. Credentials are absent for a tenant on its way out, and of a registry that whoever pushes or
 * pulls opens by a role of its own.
 */
export interface RegistryAccess {
  /** Host under which images are pushed and pulled. */
  readonly host: string;
  readonly push?: RegistryCredential;
  /** By environment. */
  readonly pull: ReadonlyMap<string, RegistryCredential>;
}

/** The container registry. Backends: Harbor and ECR (`backends.ts`). */
export interface Registry {
  readonly kind: string;
  /** Makes a tenant's part of the registry, and who may push and pull, as children of `parent`. */
  project(request: RegistryProject, parent: pulumi.ComponentResource): RegistryAccess;
}
