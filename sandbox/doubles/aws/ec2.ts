import { contains, overlaps, parseCidr, type Cidr } from "../../../model/aws/cidr";
import { textOr } from "../framework/bridge/fields";
import { UNKNOWN, type Bare, type JsonMap } from "../framework/value";
import { Account } from "./account";
import { AwsError, type Behaviour } from "./simulate";

export const tokens = {
  address: "aws:ec2/eip:Eip",
  defaultGroup: "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
  gateway: "aws:ec2/internetGateway:InternetGateway",
  nat: "aws:ec2/natGateway:NatGateway",
  securityGroup: "aws:ec2/securityGroup:SecurityGroup",
  subnet: "aws:ec2/subnet:Subnet",
  table: "aws:ec2/routeTable:RouteTable",
  template: "aws:ec2/launchTemplate:LaunchTemplate",
  vpc: "aws:ec2/vpc:Vpc",
} as const;

export const inVpc = { at: "vpcId", to: tokens.vpc };
const ec2 = { service: "EC2" } as const;

/** What is known at plan time; an unknown value may still become anything. */
const isSaid = (value: Bare | undefined): boolean => value !== undefined && value !== null && value !== UNKNOWN;

function blockOf(inputs: JsonMap, code: string): Cidr {
  const text = textOr(inputs, "cidrBlock", "");
  const block = parseCidr(text);
  if (block === undefined)
    throw new AwsError("InvalidParameterValue", `Value (${text}) for parameter cidrBlock is invalid`);
  if (block.prefix < 16 || block.prefix > 28) throw new AwsError(code, `The CIDR '${text}' is invalid.`);
  return block;
}

export const ownArn = (id: string, service: string, account: Account): JsonMap => ({
  arn: account.arn("ec2", `${service}/${id}`),
  ownerId: account.id,
});

/** A zone's name by its id: as in the regions where both go by the same order. */
function zoneName(zone: string, account: Account): string {
  return `${account.region}${String.fromCharCode(96 + Number(zone.split("-az")[1] ?? 1))}`;
}

/** The VPC of a NAT gateway, which names a subnet or the VPC itself. */
function vpcOf(nat: JsonMap, account: Account): string {
  const subnet = account.find(tokens.subnet, textOr(nat, "subnetId", ""));
  return textOr(subnet?.state ?? nat, "vpcId", "");
}

/** The network's half of EC2. */
export const network: Readonly<Record<string, Behaviour>> = {
  [tokens.vpc]: {
    ...ec2,
    what: "VPC",
    replaces: ["cidrBlock"],
    // The default group is the VPC's own: adopted, and never deleted.
    takesAlong: [tokens.defaultGroup],
    id: () => Account.newId("vpc"),
    refuse: (inputs) => void blockOf(inputs, "InvalidVpc.Range"),
    outputs: (_inputs, { id, account, old }) => ({
      ...ownArn(id, "vpc", account),
      ...Object.fromEntries(
        [
          ["defaultSecurityGroupId", "sg"],
          ["defaultNetworkAclId", "acl"],
          ["dhcpOptionsId", "dopt"],
          ["mainRouteTableId", "rtb"],
        ].map(([key = "", prefix = ""]) => [key, old?.[key] ?? Account.newId(prefix)]),
      ),
    }),
  },
  [tokens.defaultGroup]: {
    ...ec2,
    what: "Default Security Group",
    replaces: ["vpcId"],
    references: [inVpc],
    notFound: "InvalidVpcID.NotFound",
    id: (inputs, account) =>
      textOr(
        account.find(tokens.vpc, textOr(inputs, "vpcId", ""))?.state ?? {},
        "defaultSecurityGroupId",
        "sg-default",
      ),
    outputs: (_inputs, { id, account }) => ({
      ...ownArn(id, "security-group", account),
      name: "default",
      description: "default VPC security group",
      ingress: [],
      egress: [],
    }),
  },
  [tokens.subnet]: {
    ...ec2,
    what: "Subnet",
    replaces: ["cidrBlock", "vpcId", "availabilityZone", "availabilityZoneId"],
    references: [inVpc],
    notFound: "InvalidVpcID.NotFound",
    validate: (inputs) =>
      isSaid(inputs["availabilityZone"]) && isSaid(inputs["availabilityZoneId"])
        ? [{ property: "availabilityZone", reason: '"availabilityZone": conflicts with availabilityZoneId' }]
        : [],
    id: () => Account.newId("subnet"),
    refuse: (inputs, account, old) => {
      const block = blockOf(inputs, "InvalidSubnet.Range");
      const vpc = account.find(tokens.vpc, textOr(inputs, "vpcId", ""));
      const outer = parseCidr(textOr(vpc?.state ?? {}, "cidrBlock", ""));
      const text = textOr(inputs, "cidrBlock", "");
      if (outer !== undefined && !contains(outer, block))
        throw new AwsError("InvalidSubnet.Range", `The CIDR '${text}' is invalid.`);
      const met = account.all(tokens.subnet).find(({ id, state }) => {
        const other = parseCidr(textOr(state, "cidrBlock", ""));
        return id !== old?.id && state["vpcId"] === inputs["vpcId"] && other !== undefined && overlaps(other, block);
      });
      if (met !== undefined)
        throw new AwsError("InvalidSubnet.Conflict", `The CIDR '${text}' conflicts with another subnet`);
    },
    outputs: (inputs, { id, account }) => {
      const zone = textOr(inputs, "availabilityZoneId", `${account.region}-az1`);
      return {
        ...ownArn(id, "subnet", account),
        availabilityZoneId: zone,
        availabilityZone: textOr(inputs, "availabilityZone", zoneName(zone, account)),
        privateDnsHostnameTypeOnLaunch: "ip-name",
        ipv6CidrBlockAssociationId: "",
      };
    },
  },
  [tokens.gateway]: {
    ...ec2,
    what: "Internet Gateway",
    replaces: [],
    references: [inVpc],
    notFound: "InvalidVpcID.NotFound",
    id: () => Account.newId("igw"),
    refuse: (inputs, account, old) => {
      const other = account
        .all(tokens.gateway)
        .some(({ id, state }) => id !== old?.id && state["vpcId"] === inputs["vpcId"]);
      if (other)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `Network ${textOr(inputs, "vpcId", "")} already has an internet gateway attached`,
        );
    },
    keep: ({ state }, account) => {
      const vpc = textOr(state, "vpcId", "");
      if (account.all(tokens.nat).some((nat) => vpcOf(nat.state, account) === vpc))
        throw new AwsError(
          "DependencyViolation",
          `Network ${vpc} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
        );
    },
    outputs: (_inputs, { id, account }) => ownArn(id, "internet-gateway", account),
  },
  [tokens.address]: {
    ...ec2,
    what: "EIP",
    replaces: ["domain"],
    id: () => Account.newId("eipalloc"),
    refuse: (_inputs, account, old) => {
      if (old === undefined && account.all(tokens.address).length >= account.quotas.addresses)
        throw new AwsError("AddressLimitExceeded", "The maximum number of addresses has been reached.");
    },
    outputs: (_inputs, { id, account, old }) => ({
      arn: account.arn("ec2", `elastic-ip/${id}`),
      allocationId: id,
      publicIp: old?.["publicIp"] ?? `203.0.113.${account.all(tokens.address).length + 10}`,
      associationId: "",
      privateIp: "",
    }),
  },
  [tokens.nat]: {
    ...ec2,
    what: "NAT Gateway",
    replaces: ["subnetId", "allocationId", "availabilityMode", "connectivityType", "vpcId", "privateIp"],
    references: [
      { at: "subnetId", to: tokens.subnet },
      { at: "allocationId", to: tokens.address },
      { at: "vpcId", to: tokens.vpc },
    ],
    notFound: "NatGatewayNotFound",
    validate: (inputs) => {
      const regional = inputs["availabilityMode"] === "regional";
      const wrong = regional
        ? ["subnetId", "allocationId"].filter((key) => isSaid(inputs[key]) || inputs[key] === UNKNOWN)
        : [];
      const missing = regional
        ? inputs["vpcId"] === undefined
          ? ["vpcId"]
          : []
        : inputs["subnetId"] === undefined
          ? ["subnetId"]
          : [];
      return [
        ...wrong.map((property) => ({
          property,
          reason: `${property} must not be set with availabilityMode regional`,
        })),
        ...missing.map((property) => ({ property, reason: `${property} is required` })),
      ];
    },
    id: () => Account.newId("nat"),
    refuse: (inputs, account) => {
      const vpc = vpcOf(inputs, account);
      if (!account.all(tokens.gateway).some(({ state }) => state["vpcId"] === vpc))
        throw new AwsError("Gateway.NotAttached", `Network ${vpc} has no Internet gateway attached`);
    },
    outputs: (inputs, { account, old }) => ({
      availabilityMode: textOr(inputs, "availabilityMode", "zonal"),
      vpcId: vpcOf(inputs, account),
      publicIp: textOr(account.find(tokens.address, textOr(inputs, "allocationId", ""))?.state ?? {}, "publicIp", ""),
      privateIp: "10.0.0.10",
      networkInterfaceId: old?.["networkInterfaceId"] ?? Account.newId("eni"),
      associationId: old?.["associationId"] ?? Account.newId("eipassoc"),
      secondaryPrivateIpAddressCount: 0,
      secondaryPrivateIpAddresses: [],
      secondaryAllocationIds: [],
      ...(inputs["availabilityMode"] === "regional"
        ? { regionalNatGatewayAddresses: [], routeTableId: old?.["routeTableId"] ?? Account.newId("rtb") }
        : {}),
    }),
  },
  [tokens.table]: {
    ...ec2,
    what: "Route Table",
    replaces: ["vpcId"],
    references: [inVpc],
    notFound: "InvalidVpcID.NotFound",
    id: () => Account.newId("rtb"),
    outputs: (_inputs, { id, account }) => ({ ...ownArn(id, "route-table", account), routes: [], propagatingVgws: [] }),
  },
  "aws:ec2/route:Route": {
    ...ec2,
    what: "Route",
    replaces: ["routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock"],
    references: [
      { at: "routeTableId", to: tokens.table },
      { at: "natGatewayId", to: tokens.nat },
      { at: "gatewayId", to: tokens.gateway },
    ],
    notFound: "InvalidRouteTableID.NotFound",
    validate: (inputs) => {
      const targets = [
        "gatewayId",
        "natGatewayId",
        "egressOnlyGatewayId",
        "transitGatewayId",
        "vpcPeeringConnectionId",
      ];
      const said = targets.filter((key) => inputs[key] !== undefined && inputs[key] !== null);
      return said.length === 1
        ? []
        : [{ property: "", reason: `one of \`${targets.join(",")}\` must be specified, got ${said.length}` }];
    },
    id: (inputs) => `r-${textOr(inputs, "routeTableId", "")}1080289494`,
    outputs: () => ({
      origin: "CreateRoute",
      state: "active",
      instanceId: "",
      instanceOwnerId: "",
      networkInterfaceId: "",
    }),
  },
  "aws:ec2/routeTableAssociation:RouteTableAssociation": {
    ...ec2,
    what: "Route Table Association",
    replaces: ["subnetId", "gatewayId"],
    references: [
      { at: "routeTableId", to: tokens.table },
      { at: "subnetId", to: tokens.subnet },
    ],
    notFound: "InvalidRouteTableID.NotFound",
    id: () => Account.newId("rtbassoc"),
    refuse: (inputs, account, old) => {
      const other = account
        .all("aws:ec2/routeTableAssociation:RouteTableAssociation")
        .some(({ id, state }) => id !== old?.id && state["subnetId"] === inputs["subnetId"]);
      if (other)
        throw new AwsError(
          "Resource.AlreadyAssociated",
          `the subnet ${textOr(inputs, "subnetId", "")} has a route table already`,
        );
    },
    outputs: () => ({}),
  },
};
