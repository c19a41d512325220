import type * as pulumi from "@pulumi/pulumi";
import type { TenantRepositories } from "../../model/capability";

/** How Flux reads the repository of one environment; write rights too, where image automation commits to it. */
export interface DeliveryCredential {
  readonly environment: string;
  readonly username: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
  /** What a webhook proves itself with to the clusters' receivers. */
  readonly receiverToken: pulumi.Output<string>;
}

/** What opens promotions into one environment, and can do no more there than a developer. */
export interface PromotionCredential {
  readonly into: string;
  readonly token: pulumi.Output<string>;
}

/** What a tenant's other planes need of its repositories; empty for a tenant on its way out. */
export interface RepositoryCredentials {
  readonly deliveries: readonly DeliveryCredential[];
  readonly promotions: readonly PromotionCredential[];
}

/** What of GitLab all tenants share. */
export interface RepositoriesFoundation {
  /** Number of the group that the tenants' groups are in, once it is known to be this estate's. */
  readonly parentId: pulumi.Output<number>;
  /** Path of the platform's pipelines, once they are written. */
  readonly pipelines: pulumi.Output<string>;
  /** Secret: all receivers' tokens are made from it. */
  readonly receivers: pulumi.Output<string>;
}

/** Repositories and their access. GitLab is the one product. */
export interface Repositories {
  readonly kind: string;
  /** Makes a tenant's group and projects as children of `parent`. */
  tenant(request: TenantRepositories, parent: pulumi.ComponentResource): RepositoryCredentials;
}
