import type * as pulumi from "@pulumi/pulumi";
import type { PipelineReader, SecretReader } from "../../model/capability";

/** Where secrets are kept, and who may read them. Vault is the one product; OpenBao has the same API. */
export interface Secrets {
  /** Lets one ServiceAccount of one cluster read its folders. */
  reader(request: SecretReader, parent: pulumi.ComponentResource): void;
  /** Lets pipelines of exactly these projects, on protected branches, read their tenant's folder. */
  pipelines(request: PipelineReader, parent: pulumi.ComponentResource): void;
  /** Keeps values at a path. They are written once for each renewal and never read back. */
  keep(path: string, values: Readonly<Record<string, pulumi.Input<string>>>, parent: pulumi.ComponentResource): void;
}
