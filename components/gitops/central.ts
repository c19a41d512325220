import * as pulumi from "@pulumi/pulumi";
import type { CentralPlan, ClusterAddress, ClusterLogin } from "../../model/gitops";
import { objectAddress, type KubernetesObject } from "../../model/kubernetes";
import { annotation } from "../../model/labels";
import type { ConnectedCluster, Reachable } from "../cluster/contract";
import { Manifest, type ManifestArgs } from "../delivery/manifest";

/** Where it is brought to, and what it leads to. */
export interface CentralPlaces {
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
  readonly reachable: ReadonlyMap<string, Reachable>;
}

/** Whose it is, what it waits for, and what delivering waits for besides. */
export interface CentralOrder {
  readonly parent: pulumi.ComponentResource;
  readonly after?: readonly pulumi.Resource[];
  readonly homes: readonly pulumi.Resource[];
}

/** The data of a login: what the plan says, the address and the authority. Nobody is let in by it alone. */
function loginData(
  { data, server, query, authority, config }: ClusterLogin,
  reached: Reachable,
): Record<string, pulumi.Output<string>> {
  const address = server === undefined ? reached.server : pulumi.output(server);
  return {
    ...Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pulumi.output(value)])),
    server: address.apply((url) => [url.replace(/\/+$/, ""), ...(query === undefined ? [] : [query])].join("?")),
    config: (authority === undefined ? reached.authority : pulumi.output(authority)).apply((pem) =>
      JSON.stringify({
        ...config,
        tlsClientConfig: {
          insecure: false,
          ...(pem === "" ? {} : { caData: Buffer.from(pem).toString("base64") }),
        },
      }),
    ),
  };
}

/** The data of an address: what the plan says, and what the run knows of the cluster. */
function addressData(
  { data, server, keys }: ClusterAddress,
  reached: Reachable,
): pulumi.Output<Readonly<Record<string, string>>> {
  const address = server === undefined ? reached.server : pulumi.output(server);
  return pulumi.all([address, reached.authority]).apply(([url, pem]) => ({
    ...data,
    [keys.address]: url.replace(/\/+$/, ""),
    ...(pem === "" ? {} : { [keys.authority]: pem }),
  }));
}

/**
 * What the GitOps engine has of a tenant on the cluster where it runs: namespaces, logins and limits first, and then what
 * delivers, which waits for the tenant's homes and goes before they do.
 */
export function bringCentral(
  plan: CentralPlan,
  { clusters, reachable }: CentralPlaces,
  { parent, homes, after: before = [] }: CentralOrder,
): void {
  const engine = clusters.get(plan.cluster);
  if (engine === undefined) throw new RangeError(`the plan names cluster ${plan.cluster}, which was not connected`);
  const child = { parent, provider: engine.provider };
  // The engine's name is an input: its CRDs are there, and it is there to take away what it made when this goes.
  const after = { annotations: { [annotation.gitops]: engine.ready } };
  const reach = (cluster: string): Reachable => {
    const reached = reachable.get(cluster);
    if (reached === undefined) throw new RangeError(`the plan names cluster ${cluster}, which was not connected`);
    return reached;
  };
  const name = (object: KubernetesObject): string => `${engine.name}/${objectAddress(object)}`;
  const namespaces = new Map(
    (plan.namespaces ?? []).map((object) => [
      object.metadata.name,
      new Manifest(name(object), { object, ...after }, child),
    ]),
  );
  /** Writes an object. What lives in a namespace of the tenant's own takes the name from that, and dies with it. */
  const bring = (
    object: KubernetesObject,
    more: Pick<ManifestArgs, "data" | "secrets"> = {},
    opts?: pulumi.CustomResourceOptions,
  ): Manifest => {
    const own = namespaces.get(object.metadata.namespace ?? "");
    if (own === undefined) return new Manifest(name(object), { object, ...more, ...after }, { ...child, ...opts });
    const namespace = own.metadata.apply((metadata) => metadata.name);
    return new Manifest(name(object), { object, ...more, namespace }, { ...child, ...(opts ?? { deletedWith: own }) });
  };
  const first = before.length === 0 ? undefined : { dependsOn: [...before] };
  const objects = plan.objects.map((object) => bring(object, {}, first));
  const addresses = (plan.addresses ?? []).map((address) =>
    bring(address.object, { data: addressData(address, reach(address.cluster)) }),
  );
  const logins = plan.logins.map((login) => bring(login.secret, { secrets: loginData(login, reach(login.cluster)) }));
  const dependsOn = [...objects, ...addresses, ...logins, ...homes];
  // What delivers takes along what it brought, so it goes by itself, while all that is still there.
  for (const object of plan.deliveries) bring(object, {}, { dependsOn });
}
