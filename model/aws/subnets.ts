import { cidr, formatCidr, isPrivate, overlaps, subnet, type Cidr } from "./cidr";

/** The prefixes that a cluster's own network may have. */
export const networkPrefixes = { shortest: 16, longest: 20 } as const;

/** Most zones that a network spans: what is left of a block after three would not hold a fourth's. */
export const mostZones = 3;

/** The subnets of one zone. */
export interface ZoneSubnets {
  /** Nodes and pods: a sixteenth of the network. */
  readonly private: string;
  /** Load balancers and NAT gateways: a 256th. */
  readonly public: string;
  /** The cluster's own network interfaces: so many that nodes can never starve an upgrade (AWS asks for 6, advises 16). */
  readonly intra: string;
}

/**
 * Cuts a network for each of `zones` zones: of a /16 private /20, public /24 and intra /28; of a longer prefix all are
 * smaller alike, and intra stays a /28, the smallest that AWS takes. The first three sixteenths are private, public ones lie
 * in the fourth, and intra in the fourth behind them. Throws a RangeError for a network or a number that it cannot serve.
 */
export function zoneSubnets(network: string, zones: number): ZoneSubnets[] {
  const base = cidr(network);
  if (base.prefix < networkPrefixes.shortest || base.prefix > networkPrefixes.longest)
    throw new RangeError(`${network}: a network is a /${networkPrefixes.shortest} to /${networkPrefixes.longest}`);
  if (zones < 2 || zones > mostZones) throw new RangeError(`a network spans 2 to ${mostZones} zones, not ${zones}`);
  const intraBits = 28 - base.prefix;
  // The fourth sixteenth, in units of a /28: public subnets take its first quarter, three of sixteen parts.
  const intraFrom = 3 * 2 ** (intraBits - 4) + 2 ** (intraBits - 6);
  return Array.from({ length: zones }, (_, zone) => ({
    private: formatCidr(subnet(base, 4, zone)),
    public: formatCidr(subnet(base, 8, 48 + zone)),
    intra: formatCidr(subnet(base, intraBits, intraFrom + zone)),
  }));
}

/**
 * The range of a cluster's Services, made of its network's second octet: two networks that differ there have different
 * ranges, and none changes when another cluster comes. A /20, 4,096 Services. 172.17.0.0/16 is left out: it is Docker's own
 * bridge, which builds in pods may bring along; its part lies in 192.168.0.0/16.
 */
export function serviceRange(network: string): string {
  const { start } = cidr(network);
  const octet = Math.floor(start / 2 ** 16) % 256;
  const [sixteen, part] = [Math.floor(octet / 16), octet % 16];
  const base = sixteen === 1 ? cidr("192.168.0.0/16") : subnet(cidr("172.16.0.0/12"), 4, sixteen);
  return formatCidr(subnet(base, 4, part));
}

/** Why a block cannot be the range of a cluster's Services; undefined when it can. */
export function serviceRangeMistake(range: Cidr): string | undefined {
  if (range.prefix < 12 || range.prefix > 24) return "a range of Services is a /12 to /24";
  return isPrivate(range) ? undefined : "a range of Services is of private addresses (RFC 1918)";
}

/** One use of addresses. */
export interface AddressUse {
  /** Whose it is, for a report. */
  readonly what: string;
  readonly block: Cidr;
}

/** The first pair of uses that meet: each use with the earlier one that it overlaps. */
export function overlapping(
  uses: readonly AddressUse[],
): readonly (readonly [later: AddressUse, earlier: AddressUse])[] {
  return uses.flatMap((use, index) => {
    const earlier = uses.slice(0, index).find(({ block }) => overlaps(block, use.block));
    return earlier === undefined ? [] : [[use, earlier] as const];
  });
}
