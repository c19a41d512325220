import type * as pulumi from "@pulumi/pulumi";

/** A robot's or role's right to one project. */
export type RegistryRight = "pull" | "push";

/** What a tenant's home asks of a registry: plain data of the plan. */
export interface RegistryProject {
  /** `<estate>-<tenant>`: from `registryProject` in `model/names.ts`. */
  readonly name: string;
  /** GiB that the project may hold; 0 is not allowed. */
  readonly sizeGi: number;
  /** Groups of the identity provider and what they may do. */
  readonly groups: readonly { readonly group: string; readonly right: RegistryRight }[];
  /** Robots, each for one purpose, each expiring. */
  readonly robots: readonly { readonly name: string; readonly right: RegistryRight; readonly days: number }[];
}

/** What a backend answers: a project, and where its robots' secrets are in Vault (values never pass through the plan). */
export interface RegistryAccess {
  readonly project: pulumi.Output<string>;
  /** Path in Vault by robot. */
  readonly secretPaths: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The container registry. Backends: Harbor, ECR. */
export interface Registry {
  readonly kind: string;
  project(request: RegistryProject, parent: pulumi.ComponentResource): RegistryAccess;
}
