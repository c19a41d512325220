import type { Quota } from "./profile";

/** What every part of the plan may know about the estate. */
export interface EstateFacts {
  /** Begins every name that Estate makes in a shared system. */
  readonly name: string;
  /** The DNS domain below which tenants' host names live. */
  readonly domain: string;
  /** Protect what holds data from deletion. */
  readonly protect: boolean;
  /** Address under which clusters reach Vault. */
  readonly vaultAddress: string;
  /** Where the tenants' repositories are: the GitLab's URL without a slash at its end, and the parent group. */
  readonly gitlab: { readonly url: string; readonly parent: string };
  /** What the API servers put before a group's name of the identity provider (kube-apiserver --oidc-groups-prefix). */
  readonly groupsPrefix: string;
}

/** A stage that tenants run in. */
export interface EnvironmentFacts {
  readonly name: string;
  /**
   * `open`: owners and developers change things by hand. `gated`: what runs was promoted from another environment, so
   * people look and operate, and Git changes.
   */
  readonly gate: "open" | "gated";
  /** Clusters that it is placed on. */
  readonly clusters: readonly string[];
  readonly promotesFrom?: string;
}

/** One cluster of the estate. */
export interface ClusterFacts {
  readonly name: string;
  readonly role: "control-plane" | "workload";
  /** Order in which changes reach clusters: 0 first. */
  readonly ring: number;
}

/** The people's groups of a tenant, as the identity provider names them. */
export interface TenantGroups {
  readonly owners: string;
  readonly developers: string;
  readonly operations: string;
}

/** Where a tenant is in its life; see docs/architecture.md, "Lifecycle". */
export type LifecycleState = "active" | "suspended" | "retiring" | "removed";

/** Who a tenant is. */
export interface TenantFacts {
  readonly name: string;
  readonly displayName: string;
  readonly owner: string;
  readonly costCenter?: string;
  readonly isolation: "namespace" | "vcluster";
  readonly groups: TenantGroups;
  readonly state: LifecycleState;
}

/** One tenant in one environment on one cluster: a namespace, and everything that was decided about it. */
export interface TenantHome {
  readonly estate: EstateFacts;
  readonly tenant: TenantFacts;
  readonly environment: EnvironmentFacts;
  readonly cluster: ClusterFacts;
  /** The namespace's name. */
  readonly namespace: string;
  /** On every object of the home. */
  readonly labels: Readonly<Record<string, string>>;
  readonly quota: Quota;
}
