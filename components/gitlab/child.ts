import type * as pulumi from "@pulumi/pulumi";

/** Options of everything that a tenant has in GitLab. */
export interface Child {
  readonly parent: pulumi.ComponentResource;
  readonly provider: pulumi.ProviderResource;
}
