import type * as pulumi from "@pulumi/pulumi";
import type { RegistryProject } from "../../model/capability";

/** A login to one tenant's project. */
export interface RegistryCredential {
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/** What a backend gives a tenant. Credentials are absent for a tenant on its way out. */
export interface RegistryAccess {
  /** Host under which images are pushed and pulled. */
  readonly host: string;
  readonly push?: RegistryCredential;
  /** By environment. */
  readonly pull: ReadonlyMap<string, RegistryCredential>;
}

/** The container registry. Backends: Harbor; ECR is a later one. */
export interface Registry {
  readonly kind: string;
  /** Makes a tenant's project and its credentials as children of `parent`. */
  project(request: RegistryProject, parent: pulumi.ComponentResource): RegistryAccess;
}
