import * as pulumi from "@pulumi/pulumi";
import type { CentralPlan, ClusterLogin } from "../../model/gitops";
import { objectAddress } from "../../model/kubernetes";
import { annotation } from "../../model/labels";
import type { ConnectedCluster, Reachable } from "../cluster/contract";
import { Manifest } from "../delivery/manifest";

/** Where it is brought to, and what it leads to. */
export interface CentralPlaces {
  readonly clusters: ReadonlyMap<string, ConnectedCluster>;
  readonly reachable: ReadonlyMap<string, Reachable>;
}

/** The data of a login: what the plan says, the address and the authority. Nobody is let in by it alone. */
function loginData(
  { data, server, query, config }: ClusterLogin,
  reached: Reachable,
): Record<string, pulumi.Output<string>> {
  const address = server === undefined ? reached.server : pulumi.output(server);
  return {
    ...Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pulumi.output(value)])),
    server: address.apply((url) => `${url.replace(/\/+$/, "")}?${query}`),
    config: reached.authority.apply((pem) =>
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

/**
 * What the GitOps engine has of a tenant on the cluster where it runs: logins and limits first, and then what delivers, which
 * waits for the tenant's homes and goes before they do.
 */
export function bringCentral(
  plan: CentralPlan,
  { clusters, reachable }: CentralPlaces,
  homes: readonly pulumi.Resource[],
  parent: pulumi.ComponentResource,
): void {
  const engine = clusters.get(plan.cluster);
  if (engine === undefined) throw new RangeError(`the plan names cluster ${plan.cluster}, which was not connected`);
  const child = { parent, provider: engine.provider };
  // The engine's name is an input: its CRDs are there, and it is there to take away what it made when this goes.
  const after = { annotations: { [annotation.gitops]: engine.ready } };
  const name = (object: ClusterLogin["secret"]): string => `${engine.name}/${objectAddress(object)}`;
  const objects = plan.objects.map((object) => new Manifest(name(object), { object, ...after }, child));
  const logins = plan.logins.map((login) => {
    const reached = reachable.get(login.cluster);
    if (reached === undefined) throw new RangeError(`the plan names cluster ${login.cluster}, which was not connected`);
    return new Manifest(
      name(login.secret),
      { object: login.secret, secrets: loginData(login, reached), ...after },
      child,
    );
  });
  for (const object of plan.deliveries)
    new Manifest(name(object), { object, ...after }, { ...child, dependsOn: [...objects, ...logins, ...homes] });
}
