import type * as pulumi from "@pulumi/pulumi";
import type { GitOpsPlan } from "../../plan/platform";

/** A GitOps engine on one cluster. What it is made of, the engines in `engines/` say. */
export interface GitOps {
  /** The engine's name, known to be ready: to take it as input is to wait for the engine and its CRDs. */
  readonly ready: pulumi.Output<string>;
}

/** What a backend is made from. */
export interface GitOpsArgs {
  readonly plan: GitOpsPlan;
  /** Name of the platform's namespace, from the resource that makes it. */
  readonly namespace: pulumi.Output<string>;
  /** The cluster's name, which begins the logical names of its objects. */
  readonly cluster: string;
}
