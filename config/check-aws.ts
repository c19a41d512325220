import { accountOf } from "../model/aws/arns";
import { cidr, parseCidr } from "../model/aws/cidr";
import { eksNameLength } from "../model/aws/names";
import { knownZones, partitionOf, zonesWithoutControlPlane } from "../model/aws/regions";
import { overlapping, serviceRange, type AddressUse } from "../model/aws/subnets";
import type { Problem } from "../model/problem";
import { clustersOfKind, type EksCluster } from "./clusters";
import { mistake } from "./mistake";
import { repeated } from "./repeated";
import type { Settings } from "./schema";
import type { Path, Places } from "./source";

/** One cluster with where it stands. */
interface Placed {
  readonly name: string;
  readonly cluster: EksCluster;
  readonly path: Path;
}

const everywhere = "0.0.0.0/0";

function checkAccount({ aws, clusters }: Settings, { placeOf }: Places): Problem[] {
  const [first] = clustersOfKind(clusters, "eks");
  if (first === undefined || aws !== undefined) return [];
  return [
    mistake(
      "A010",
      placeOf(["clusters", first[0], "kind"]),
      'kind eks needs "estate:aws"',
      "write there the region, the number of the account, and the roles that run Pulumi",
    ),
  ];
}

function checkName({ name, path }: Placed, { placeOf }: Places): Problem[] {
  return name.length <= eksNameLength
    ? []
    : [
        mistake(
          "A011",
          placeOf(path, "key"),
          `the name has ${name.length} letters`,
          `use at most ${eksNameLength}: names of roles in AWS are made of it`,
        ),
      ];
}

/** All addresses of the estate's own clusters; those who share a network that was brought along share its addresses, too. */
function addressUses(placed: readonly Placed[]): (AddressUse & { readonly path: Path; readonly shared?: string })[] {
  return placed.flatMap(({ name, cluster: { network }, path }) => {
    if (parseCidr(network.cidr) === undefined) return [];
    const services = network.services ?? serviceRange(network.cidr);
    const own = network.services === undefined ? [...path, "network"] : [...path, "network", "services"];
    return [
      {
        what: `the network of cluster "${name}"`,
        block: cidr(network.cidr),
        path: [...path, "network", "cidr"],
        ...(network.vpc === undefined ? {} : { shared: network.vpc.id }),
      },
      { what: `the range of Services of cluster "${name}", ${services},`, block: cidr(services), path: own },
    ];
  });
}

function checkAddresses(placed: readonly Placed[], { placeOf }: Places): Problem[] {
  const uses = addressUses(placed);
  const placeByUse = new Map(uses.map(({ what, path }) => [what, path]));
  const sharedByUse = new Map(uses.map(({ what, shared }) => [what, shared]));
  return overlapping(uses).flatMap(([later, earlier]) => {
    const network = sharedByUse.get(later.what);
    if (network !== undefined && network === sharedByUse.get(earlier.what)) return [];
    return [
      mistake(
        "A012",
        placeOf(placeByUse.get(later.what) ?? []),
        `${later.what} meets ${earlier.what.replace(/,$/, "")}`,
        "give each addresses of its own: none of them can be changed later",
      ),
    ];
  });
}

function checkZones({ cluster: { network }, path }: Placed, region: string, places: Places): Problem[] {
  const { zones, vpc } = network;
  const at = [...path, "network"];
  if (zones === undefined) {
    if (vpc !== undefined || knownZones(region) !== undefined) return [];
    return [
      mistake(
        "A015",
        places.placeOf(at, "key"),
        `the zones of ${region} are not known to Estate`,
        'write "zones": two or three ids (aws ec2 describe-availability-zones)',
      ),
    ];
  }
  if (vpc !== undefined)
    return [
      mistake(
        "A022",
        places.placeOf([...at, "zones"], "key"),
        '"zones" and "vpc" exclude each other',
        "keep one of the two: the subnets of a network that is there say their zones",
      ),
    ];
  const prefix = knownZones(region)?.[0]?.split("-")[0];
  const wrong = zones.flatMap((zone, index) => {
    const place = places.placeOf([...at, "zones", index]);
    if (prefix !== undefined && !zone.startsWith(`${prefix}-`))
      return [mistake("A013", place, `"${zone}" is no zone of ${region}`, `write ids that begin with ${prefix}-`)];
    return zonesWithoutControlPlane.has(zone)
      ? [mistake("A014", place, `EKS places no control plane in "${zone}"`, "choose another zone of the region")]
      : [];
  });
  return [...wrong, ...repeated("K011", zones, [...at, "zones"], places)];
}

function checkReach(
  { cluster: { network, endpoint }, path }: Placed,
  protect: boolean,
  { placeOf }: Places,
): Problem[] {
  const problems: Problem[] = [];
  const allowed = [...path, "endpoint", "allow"];
  if (endpoint.public && endpoint.allow.length === 0)
    problems.push(
      mistake(
        "A016",
        placeOf([...path, "endpoint", "public"]),
        "the API server would be open to the whole internet",
        'name in "allow" the blocks of addresses that may reach it',
      ),
    );
  if (!endpoint.public && endpoint.allow.length > 0)
    problems.push(
      mistake(
        "A016",
        placeOf(allowed, "key"),
        '"allow" says who reaches a public endpoint',
        'add "public: true", or take it out',
      ),
    );
  if (protect && endpoint.allow.includes(everywhere))
    problems.push(
      mistake(
        "A017",
        placeOf([...allowed, endpoint.allow.indexOf(everywhere)]),
        `"${everywhere}" is everybody, and this estate is protected`,
        "name the blocks of your networks",
      ),
    );
  if (network.vpc === undefined && network.nat === "none" && network.endpoints !== true)
    problems.push(
      mistake(
        "A018",
        placeOf([...path, "network", "nat"]),
        "without NAT nodes reach no service of AWS, and never join the cluster",
        'write "endpoints: true", or choose a NAT',
      ),
    );
  return problems;
}

/** A role of another partition can be nobody here: AWS refuses it after the network is made. */
function checkRoles(settings: Settings, placed: readonly Placed[], region: string, places: Places): Problem[] {
  const partition = partitionOf(region);
  const lists: (readonly [readonly string[], Path])[] = [
    [settings.aws?.deployers ?? [], ["aws", "deployers"]],
    ...placed.map(({ cluster, path }) => [cluster.admins, [...path, "admins"]] as const),
  ];
  return lists.flatMap(([roles, path]) => [
    ...roles.flatMap((role, index) =>
      role.startsWith(`arn:${partition}:`)
        ? []
        : [
            mistake(
              "A019",
              places.placeOf([...path, index]),
              `the role of account ${accountOf(role)} is not in the partition of ${region}`,
              `write a role whose ARN begins with arn:${partition}:`,
            ),
          ],
    ),
    ...repeated("K011", roles, path, places),
  ]);
}

function checkCompute({ cluster: { compute }, path }: Placed, { placeOf }: Places): Problem[] {
  if (compute.kind === "auto") return [];
  return Object.entries(compute.groups)
    .filter(([, { min, max }]) => min > max)
    .map(([name, { min, max }]) =>
      mistake(
        "A021",
        placeOf([...path, "compute", "groups", name, "min"]),
        `${min} is more than "max", ${max}`,
        "let the group have at least as many as it begins with",
      ),
    );
}

function checkPeople({ cluster: { oidc }, path }: Placed, groupsPrefix: string, { placeOf }: Places): Problem[] {
  if (oidc === undefined) return [];
  const at = [...path, "oidc"];
  const problems = oidc.issuer.startsWith("https://")
    ? []
    : [mistake("A025", placeOf([...at, "issuer"]), "an issuer is reached by https", "write its https address")];
  if (oidc.usernamePrefix.includes("system:") || groupsPrefix.includes("system:"))
    problems.push(
      mistake(
        "A024",
        oidc.usernamePrefix.includes("system:")
          ? placeOf([...at, "usernamePrefix"])
          : placeOf(["identity", "groupsPrefix"]),
        'a prefix with "system:" would make people Kubernetes\' own',
        "choose another prefix",
      ),
    );
  return problems;
}

/** Whether what is said of clusters on AWS fits each other, and what AWS takes. Pure. */
export function checkAws(settings: Settings, places: Places): Problem[] {
  const placed = clustersOfKind(settings.clusters, "eks").map(([name, cluster]) => ({
    name,
    cluster,
    path: ["clusters", name],
  }));
  const region = settings.aws?.region;
  return [
    ...checkAccount(settings, places),
    ...checkAddresses(placed, places),
    ...(region === undefined ? [] : checkRoles(settings, placed, region, places)),
    ...placed.flatMap((each) => [
      ...checkName(each, places),
      ...(region === undefined ? [] : checkZones(each, region, places)),
      ...checkReach(each, settings.protect, places),
      ...checkCompute(each, places),
      ...checkPeople(each, settings.identity.groupsPrefix, places),
    ]),
  ];
}
