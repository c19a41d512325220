import type * as pulumi from "@pulumi/pulumi";
import type { ApplicationNeeds, NeedBackend } from "../../model/capability";

/** Where databases of applications stand: beside a cluster, as its own run knows it or its platform hands it over. */
export interface NeedsGround {
  readonly vpc: pulumi.Input<string>;
  /** Private subnets in several zones. */
  readonly subnets: pulumi.Input<string>[];
  /** The security group of the cluster's pods. */
  readonly pods: pulumi.Input<string>;
}

/** What makes it, by its name in a request; one is absent where nothing of it can be had. */
export type NeedsBackends = Partial<Readonly<Record<NeedBackend, Needs>>>;

/** Makes what applications need besides their pods. */
export interface Needs {
  /** As children of `parent`; the values of their Secrets go to Vault. */
  application(request: ApplicationNeeds, parent: pulumi.ComponentResource): void;
}
