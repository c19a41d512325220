import type * as pulumi from "@pulumi/pulumi";

/** What a tenant asks of the source code management: plain data of the plan. */
export interface TenantRepositories {
  readonly tenant: string;
  /** The group that the tenant's group is made in. */
  readonly parent: string;
  /** One `ops` repository for each environment, each forked from the one it is promoted from. */
  readonly operations: readonly {
    readonly environment: string;
    readonly promotesFrom?: string;
    readonly gate: "open" | "gated";
  }[];
}

/** What a backend answers for one environment: where Flux reads, and where its credential is in Vault. */
export interface OperationsRepository {
  readonly environment: string;
  readonly url: pulumi.Output<string>;
  readonly credentialPath: pulumi.Output<string>;
}

/** Repositories and their access. GitLab is the one product. */
export interface Repositories {
  tenant(request: TenantRepositories, parent: pulumi.ComponentResource): readonly OperationsRepository[];
}
