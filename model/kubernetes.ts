/** Any JSON value: what a manifest is made of. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** The part of ObjectMeta that Estate writes. */
export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * A plain manifest: the one form of a Kubernetes object in Estate. It is applied, rendered to Git, evaluated and tested
 * from this same form.
 */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: Json | ObjectMeta;
}

/** A manifest's address within its cluster: `<namespace>/<Kind>/<name>`, or `<Kind>/<name>` for cluster-scoped ones. */
export function objectAddress(object: KubernetesObject): string {
  const { namespace, name } = object.metadata;
  return namespace === undefined ? `${object.kind}/${name}` : `${namespace}/${object.kind}/${name}`;
}
