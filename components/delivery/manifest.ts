import { version } from "@pulumi/kubernetes/package.json";
import * as pulumi from "@pulumi/pulumi";
import type { KubernetesObject } from "../../model/kubernetes";

/** The type token under which the Kubernetes provider knows a manifest: the core group is spelled `core/v1`. */
export function manifestToken({ apiVersion, kind }: Pick<KubernetesObject, "apiVersion" | "kind">): string {
  return `kubernetes:${apiVersion.includes("/") ? apiVersion : `core/${apiVersion}`}:${kind}`;
}

export interface ManifestArgs {
  /** The plan's own manifest, letter by letter. */
  readonly object: KubernetesObject;
  /** The namespace's name, when it is taken from the resource that makes it: that is how order is told. */
  readonly namespace?: pulumi.Input<string> | undefined;
  /** Annotations besides the plan's whose values are taken from other resources, for the same reason. */
  readonly annotations?: Readonly<Record<string, pulumi.Input<string>>>;
  /** The data of a ConfigMap that only the run knows whole. */
  readonly data?: pulumi.Input<Readonly<Record<string, string>>>;
  /** Values of a Secret, which the plan never holds. */
  readonly secrets?: Readonly<Record<string, pulumi.Input<string>>>;
}

/** What comes back of a manifest, as far as others take it as input. */
export interface LiveMetadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
}

/** Values of a Secret are marked secret here, because a raw resource has no SDK class that would. */
function marked(object: KubernetesObject): Readonly<Record<string, unknown>> {
  if (object.kind !== "Secret" || object.apiVersion !== "v1") return { ...object };
  const { data, stringData, ...rest }: Readonly<Record<string, unknown>> = object;
  return {
    ...rest,
    ...(data === undefined ? {} : { data: pulumi.secret<unknown>(data) }),
    ...(stringData === undefined ? {} : { stringData: pulumi.secret<unknown>(stringData) }),
  };
}

/** Values as a Secret's `data` holds them. */
function encoded(values: Readonly<Record<string, pulumi.Input<string>>>): pulumi.Output<Record<string, string>> {
  return pulumi
    .output(values)
    .apply((known) =>
      Object.fromEntries(Object.entries(known).map(([key, value]) => [key, Buffer.from(value).toString("base64")])),
    );
}

/**
 * One plain manifest as a Pulumi resource. The SDK's typed classes would be a second form of every object, and its
 * `CustomResource` refuses core kinds; the raw token takes the plan's own form.
 */
export class Manifest extends pulumi.CustomResource {
  declare readonly metadata: pulumi.Output<LiveMetadata>;

  constructor(
    name: string,
    { object, namespace, annotations, data: known, secrets }: ManifestArgs,
    opts: pulumi.CustomResourceOptions,
  ) {
    const metadata = {
      ...object.metadata,
      ...(namespace === undefined ? {} : { namespace }),
      ...(annotations === undefined ? {} : { annotations: { ...object.metadata.annotations, ...annotations } }),
    };
    const data = {
      ...(known === undefined ? {} : { data: known }),
      ...(secrets === undefined ? {} : { data: pulumi.secret(encoded(secrets)) }),
    };
    super(manifestToken(object), name, { ...marked(object), ...data, metadata }, { ...opts, version });
  }
}

/** An object that Estate reads and does not own. */
export class ExistingObject extends pulumi.CustomResource {
  declare readonly metadata: pulumi.Output<LiveMetadata>;

  constructor(
    name: string,
    kind: Pick<KubernetesObject, "apiVersion" | "kind">,
    /** `name`, or `namespace/name`. */
    id: string,
    opts: pulumi.CustomResourceOptions,
  ) {
    super(manifestToken(kind), name, { metadata: undefined }, { ...opts, id, version });
  }
}
