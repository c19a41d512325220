import type { EksCluster } from "../../config/clusters";
import { endpointServices } from "../../config/network";
import type { AwsPlace } from "../../model/aws/arns";
import { flowLogs, roleName } from "../../model/aws/names";
import { flowLogPolicy } from "../../model/aws/policies";
import { knownZones } from "../../model/aws/regions";
import { zoneSubnets } from "../../model/aws/subnets";
import { nameTag, subnetRoleTags, type Tags } from "../../model/aws/tags";
import { flowLogTrust } from "../../model/aws/trust";
import type { RolePlan } from "./roles";

/** What a subnet is for: nodes, what is reached from outside, or the control plane's own interfaces. */
export type SubnetKind = "private" | "public" | "intra";

export interface SubnetPlan {
  /** `private-euc1-az1`: unique in its network. */
  readonly name: string;
  readonly kind: SubnetKind;
  /** The zone's id. */
  readonly zone: string;
  readonly cidr: string;
  readonly tags: Tags;
}

/** A way out for nodes. */
export interface NatPlan {
  /** `nat-euc1-az1`, or `nat`. */
  readonly name: string;
  /** The public subnet it stands in; absent for one that serves the region. */
  readonly subnet?: string;
}

/** Where the subnets of one table send what is not the network's own. */
export interface RouteTablePlan {
  readonly name: string;
  readonly subnets: readonly string[];
  /** A gateway's name, `internet`, or nowhere. */
  readonly to?: string;
}

/** A network that Estate makes. */
export interface MadeNetworkPlan {
  readonly kind: "made";
  readonly cidr: string;
  readonly tags: Tags;
  readonly subnets: readonly SubnetPlan[];
  readonly gateways: readonly NatPlan[];
  readonly routeTables: readonly RouteTablePlan[];
  /** Services reached by an interface of their own, by their names in the region. */
  readonly endpoints: readonly string[];
  /** Reached by the route tables, at no cost. */
  readonly gatewayEndpoints: readonly string[];
  readonly flowLog?: { readonly group: string; readonly days: number; readonly role: RolePlan };
}

/** A network that was brought along. */
export interface BroughtNetworkPlan {
  readonly kind: "brought";
  readonly vpc: string;
  readonly nodes: readonly string[];
  readonly controlPlane: readonly string[];
}

export type NetworkPlan = MadeNetworkPlan | BroughtNetworkPlan;

/** What nodes need of AWS, where they have no other way out. Node groups need one more than Auto Mode. */
function wantedEndpoints({ network, compute }: EksCluster): readonly string[] {
  if (network.endpoints === false) return [];
  if (network.endpoints === true)
    return endpointServices.filter((service) => service !== "autoscaling" || compute.kind === "groups");
  return [...network.endpoints].sort();
}

function gatewaysOf(nat: EksCluster["network"]["nat"], zones: readonly string[]): NatPlan[] {
  switch (nat) {
    case "none":
      return [];
    case "regional":
      return [{ name: "nat" }];
    case "one":
      return zones.slice(0, 1).map((zone) => ({ name: `nat-${zone}`, subnet: `public-${zone}` }));
    case "per-zone":
      return zones.map((zone) => ({ name: `nat-${zone}`, subnet: `public-${zone}` }));
  }
}

/**
 * A table for each private zone, whatever the gateways are: going from one gateway to one in each zone then changes routes
 * alone, and no subnet is without one in between.
 */
function routeTables(zones: readonly string[], gateways: readonly NatPlan[]): RouteTablePlan[] {
  const named = (kind: SubnetKind): string[] => zones.map((zone) => `${kind}-${zone}`);
  return [
    { name: "public", subnets: named("public"), to: "internet" },
    ...zones.map((zone) => {
      const to = (gateways.find(({ name }) => name === `nat-${zone}`) ?? gateways[0])?.name;
      return { name: `private-${zone}`, subnets: [`private-${zone}`], ...(to === undefined ? {} : { to }) };
    }),
    // The control plane's interfaces speak to nodes alone.
    { name: "intra", subnets: named("intra") },
  ];
}

/** Plans a cluster's network. */
export function planNetwork(
  place: AwsPlace,
  estate: string,
  name: string,
  eks: string,
  cluster: EksCluster,
): NetworkPlan {
  const { network, logs } = cluster;
  if (network.vpc !== undefined) {
    const { id, private: nodes, intra } = network.vpc;
    return { kind: "brought", vpc: id, nodes, controlPlane: intra ?? nodes };
  }
  const zones = network.zones ?? knownZones(place.region);
  if (zones === undefined) throw new RangeError(`the zones of ${place.region} are not in the settings`);
  const blocks = zoneSubnets(network.cidr, zones.length);
  const subnets = zones.flatMap((zone, index) =>
    (["private", "public", "intra"] as const).flatMap((kind): SubnetPlan[] => {
      const cidr = blocks[index]?.[kind];
      const own = `${kind}-${zone}`;
      return cidr === undefined
        ? []
        : [{ name: own, kind, zone, cidr, tags: { ...nameTag(`${eks}-${own}`), ...subnetRoleTags[kind] } }];
    }),
  );
  const gateways = gatewaysOf(network.nat, zones);
  const group = flowLogs(eks);
  return {
    kind: "made",
    cidr: network.cidr,
    tags: nameTag(eks),
    subnets,
    gateways,
    routeTables: routeTables(zones, gateways),
    endpoints: wantedEndpoints(cluster),
    gatewayEndpoints: ["s3"],
    ...(network.flowLogs
      ? {
          flowLog: {
            group,
            days: logs.days,
            role: {
              name: roleName(estate, name, "flowlogs"),
              trust: flowLogTrust(place),
              managed: [],
              policy: flowLogPolicy(place, group),
            },
          },
        }
      : {}),
  };
}
