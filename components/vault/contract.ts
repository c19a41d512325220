import type * as pulumi from "@pulumi/pulumi";
import type { PipelineReader, SecretReader } from "../../model/capability";

/** Where values are kept. */
export interface Keeping {
  /** Below the mount. */
  readonly path: string;
  /** Another number writes the values anew. */
  readonly version: number;
}

/** What of Vault all tenants share: where their secrets are, and where they log in. */
export interface SecretsFoundation {
  /** The estate's KV v2 mount. */
  readonly mount: pulumi.Output<string>;
  /** The auth mount that trusts the identity tokens of GitLab's pipelines. */
  readonly pipelineMount: pulumi.Output<string>;
  /** By cluster, the auth mount that trusts its ServiceAccount tokens. */
  readonly authMounts: ReadonlyMap<string, pulumi.Output<string>>;
}

/** Where secrets are kept, and who may read them. Vault is the one product; OpenBao has the same API. */
export interface Secrets {
  /** Lets one ServiceAccount of one cluster read its folders. */
  reader(request: SecretReader, parent: pulumi.ComponentResource): void;
  /** Lets pipelines of exactly these projects, on protected branches, read their tenant's folder. */
  pipelines(request: PipelineReader, parent: pulumi.ComponentResource): void;
  /** Keeps values at a path. They are written once for each version and never read back. */
  keep(at: Keeping, values: Readonly<Record<string, pulumi.Input<string>>>, parent: pulumi.ComponentResource): void;
}
