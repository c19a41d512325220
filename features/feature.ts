import type { z } from "zod";
import type { HomeRequest, NeedKind, PushedImages, TenantRequest } from "../model/capability";
import type { AbilityUse } from "../model/gitops";
import type { ClusterFacts, ClusterKind, EstateFacts, PoolUse, TenantHome, TenantScope } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";

/** A name in a tenant's file that the settings must know. */
export interface Reference {
  /** Where it stands below the feature's key. */
  readonly path: readonly (string | number)[];
  /** What it names: "product". */
  readonly what: string;
  readonly name: string;
  readonly known: readonly string[];
}

/** Something in a tenant's file that does not fit what it names in the settings. */
export interface Mistake {
  /** Where it stands below the feature's key. */
  readonly path: readonly (string | number)[];
  readonly code: string;
  readonly cause: string;
  readonly remedy: string;
}

/** What a tenant's file is held against. */
export interface Known extends Pick<EstateFacts, "products"> {
  /** Names of all environments. */
  readonly environments: readonly string[];
  /** Names of all tenants, those of other stacks, too. */
  readonly tenants: readonly string[];
}

/** A host name of a tenant's home. */
export interface Host {
  /** Where it stands below the feature's key. */
  readonly path: readonly (string | number)[];
  readonly environment: string;
  readonly name: string;
}

/** What an application needs, and where it can be had. */
export interface NeededSecret {
  /** Where it stands below the feature's key. */
  readonly path: readonly (string | number)[];
  readonly kind: NeedKind;
  /** The Secret that tells the application of it. */
  readonly secret: string;
  /** Whether it can be had on a cluster. */
  serves(this: void, cluster: Pick<ClusterFacts, "kind" | "databases">): boolean;
  /** What would serve it on a cluster that was brought along. */
  readonly remedy?: string;
}

/**
 * One thing a tenant gets: one file in this folder and one name in `features/index.ts`. The tenant schema, its JSON
 * Schema, the profile schema, and the plan pick it up from there.
 *
 * A feature decides and never creates: it answers with plain manifests, and with plain requests to the capabilities
 * that backends serve. So the whole estate is data before the first resource exists, and is tested as data.
 */
export interface TenantFeature<Key extends string = string, Spec = unknown, Profile = unknown> {
  /** The feature's key in a tenant file and in a profile. */
  readonly key: Key;
  /** One line for the editors' completion. */
  readonly summary: string;
  /** What a tenant file may say under the key; absent when a tenant has no say. Must accept `undefined`. */
  readonly schema?: z.ZodType<Spec>;
  /** What a profile may say under the key (numbers and flags); absent when there are none. Must accept `undefined`. */
  readonly profile?: z.ZodType<Profile>;
  /** Kinds of clusters that its part of a profile is for; all when absent. Homes on others get nothing of the feature. */
  readonly kinds?: readonly ClusterKind[];
  /** People's sandboxes get its objects, too. Its requests are no part of them: those have nothing outside their cluster. */
  readonly inSandboxes?: true;
  /** Nodes of a home's own by this profile, if any: its namespace says so, and guardrails hold its pods to them. */
  ownNodes?(this: void, profile: Profile): PoolUse | undefined;
  /** Names in a tenant's file that the settings must know; an unknown one is told with a suggestion. */
  references?(this: void, spec: Spec, known: Known): Reference[];
  /** What else does not fit the settings. */
  mistakes?(this: void, spec: Spec, known: Known): Mistake[];
  /** What a tenant's file asks of the GitOps engine that not every engine can do. */
  abilities?(this: void, spec: Spec): AbilityUse[];
  /** Host names of the tenant's homes: no other tenant may have them, and guardrails hold ingresses and routes to them. */
  hosts?(this: void, spec: Spec): Host[];
  /** What pipelines of the tenant's own projects push; the project by its name in the tenant's group. */
  images?(this: void, spec: Spec): PushedImages[];
  /** What applications need besides their pods; no two may have one Secret, and a cluster must serve it. */
  needs?(this: void, spec: Spec): NeededSecret[];
  /** The Kubernetes objects of one home, without its Namespace. */
  objects?(this: void, home: TenantHome, spec: Spec, profile: Profile): KubernetesObject[];
  /** What one home needs of the shared systems. */
  requests?(this: void, home: TenantHome, spec: Spec, profile: Profile): HomeRequest[];
  /** What the tenant as a whole needs of the shared systems. Its profile is the one without environments' exceptions. */
  tenantRequests?(this: void, tenant: TenantScope, spec: Spec, profile: Profile): TenantRequest[];
}

/** Infers a feature's types from its schemas, so that `objects` is checked against them. */
export function defineFeature<const Key extends string, Spec = undefined, Profile = undefined>(
  feature: TenantFeature<Key, Spec, Profile>,
): TenantFeature<Key, Spec, Profile> {
  return feature;
}
