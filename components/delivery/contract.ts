import type * as pulumi from "@pulumi/pulumi";
import type { TenantPlan } from "../../plan/tenant";
import type { ConnectedCluster } from "../cluster/contract";

/** How a tenant's Kubernetes objects reach their clusters. Backends: `direct`; `git` comes with GitLab. */
export interface Delivery {
  readonly kind: string;
  /** Brings the objects of all homes of a tenant, as children of `parent`. Gives what they rest on: the namespaces. */
  tenant(
    plan: TenantPlan,
    clusters: ReadonlyMap<string, ConnectedCluster>,
    parent: pulumi.ComponentResource,
  ): readonly pulumi.Resource[];
}

/** Kinds whose objects hold data: databases of CloudNativePG. They are protected as namespaces are. */
export const holding: ReadonlySet<string> = new Set(["Cluster"]);
