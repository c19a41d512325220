import type { z } from "zod";
import type { CapabilityRequest } from "../model/capability";
import type { TenantHome } from "../model/home";
import type { KubernetesObject } from "../model/kubernetes";

/**
 * One thing a tenant gets: one file in this folder and one name in `features/index.ts`. The tenant schema, its JSON
 * Schema, the profile schema, the docs table and the plan pick it up from there.
 *
 * A feature decides and never creates: it answers with plain manifests, and with plain requests to the capabilities
 * that backends serve. So the whole estate is data before the first resource exists, and is tested as data.
 */
export interface TenantFeature<Key extends string = string, Spec = unknown, Profile = unknown> {
  /** The feature's key in a tenant file and in a profile. */
  readonly key: Key;
  /** One line for the docs table and the editors' completion. */
  readonly summary: string;
  /** What a tenant file may say under the key; absent when a tenant has no say. Must accept `undefined`. */
  readonly schema?: z.ZodType<Spec>;
  /** What a profile may say under the key (numbers and flags); absent when there are none. Must accept `undefined`. */
  readonly profile?: z.ZodType<Profile>;
  /** The Kubernetes objects of one home, without its Namespace. */
  objects?(this: void, home: TenantHome, spec: Spec, profile: Profile): KubernetesObject[];
  /** What one home needs of the shared systems. */
  requests?(this: void, home: TenantHome, spec: Spec, profile: Profile): CapabilityRequest[];
}

/** Infers a feature's types from its schemas, so that `objects` is checked against them. */
export function defineFeature<const Key extends string, Spec = undefined, Profile = undefined>(
  feature: TenantFeature<Key, Spec, Profile>,
): TenantFeature<Key, Spec, Profile> {
  return feature;
}
