import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { platformLabels } from "../../model/labels";
import type { DataLogin, ServiceData } from "./data";
import { Manifest } from "../delivery/manifest";

/** Where a service's objects go, and what they wait for. */
export interface ServicePlaceArgs {
  /** Name of the cluster: it begins the logical names. */
  readonly cluster: string;
  readonly provider: pulumi.ProviderResource;
  /** The namespace's name, known once the way in is there. */
  readonly namespace: pulumi.Output<string>;
  readonly random: pulumi.ProviderResource;
  /** Protect what opens data that outlives the service. */
  readonly protect: boolean;
  /** What AWS manages of its data; the rest is there. */
  readonly data?: ServiceData;
}

/** Makes the objects of one service, as children of its component. */
export class ServiceObjects {
  constructor(
    private readonly args: ServicePlaceArgs,
    private readonly parent: pulumi.ComponentResource,
  ) {}

  /** An object of the plan, in the service's namespace. */
  object(object: KubernetesObject, opts: pulumi.CustomResourceOptions = {}): Manifest {
    const { cluster, provider, namespace } = this.args;
    return new Manifest(
      `${cluster}/${objectAddress(object)}`,
      { object, namespace },
      { parent: this.parent, provider, ...opts },
    );
  }

  /** A Secret with values that only the run knows. */
  secret(
    name: string,
    namespace: string,
    values: Readonly<Record<string, pulumi.Input<string>>>,
    opts: pulumi.CustomResourceOptions = {},
  ): Manifest {
    const { cluster, provider, namespace: ready } = this.args;
    const object: KubernetesObject = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name, namespace, labels: platformLabels },
      type: "Opaque",
    };
    return new Manifest(
      `${cluster}/${objectAddress(object)}`,
      { object, namespace: ready, secrets: values },
      { parent: this.parent, provider, ...opts },
    );
  }

  /**
   * A value that Pulumi chooses: letters and digits, of each kind some. It is kept encrypted in the state, and changes when
   * `keepers` do.
   */
  chosen(
    name: string,
    length: number,
    {
      keepers,
      lasting = false,
    }: { readonly keepers?: Readonly<Record<string, string>>; readonly lasting?: boolean } = {},
  ): RandomPassword {
    return new RandomPassword(
      name,
      {
        length,
        special: false,
        minLower: 1,
        minUpper: 1,
        minNumeric: 1,
        ...(keepers === undefined ? {} : { keepers }),
      },
      { parent: this.parent, provider: this.args.random, protect: lasting && this.args.protect },
    );
  }
}

/** What a person handed over, or the password of what AWS manages. */
export function loginOf(
  managed: DataLogin | undefined,
  handed: string | undefined,
  what: string,
): pulumi.Output<string> {
  if (managed !== undefined) return managed.password;
  if (handed === undefined) throw new RangeError(`no ${what} was handed over`);
  return pulumi.secret(handed);
}

/**
 * Known once the Job is done, and unknown in the preview that would make it: its id is, where its other outputs may be echoes
 * of what was asked for.
 */
export function afterJob(job: Manifest, address: string): pulumi.Output<string> {
  return pulumi.all([job.id, job.metadata]).apply(() => address);
}
