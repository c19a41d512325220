import { numberOr, textOr } from "../framework/bridge/fields";
import type { Json } from "../framework/value";
import { Account, deep } from "./account";
import { inVpc, ownArn, tokens } from "./ec2";
import { cluster } from "./eks-cluster";
import { AwsError, type Behaviour } from "./simulate";

const ec2 = { service: "EC2" } as const;
const group = { to: tokens.securityGroup };

/** Whether a security group is one that EKS made with a cluster. */
const isOfCluster = (id: Json, account: Account): boolean =>
  account.all(cluster).some(({ state }) => deep(state, "vpcConfig.clusterSecurityGroupId") === id);

/** What stands in a network. */
export const networkServices: Readonly<Record<string, Behaviour>> = {
  [tokens.securityGroup]: {
    ...ec2,
    what: "Security Group",
    replaces: ["name", "namePrefix", "description", "vpcId"],
    autoname: true,
    references: [inVpc],
    notFound: "InvalidVpcID.NotFound",
    takesAlong: ["aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"],
    id: () => Account.newId("sg"),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      if (name.startsWith("sg-")) throw new AwsError("InvalidParameterValue", "Group names may not begin with sg-");
      const other = account
        .all(tokens.securityGroup)
        .some(({ id, state }) => id !== old?.id && state["name"] === name && state["vpcId"] === inputs["vpcId"]);
      if (other) throw new AwsError("InvalidGroup.Duplicate", `The security group '${name}' already exists`);
    },
    outputs: (inputs, { id, account }) => ({
      ...ownArn(id, "security-group", account),
      description: textOr(inputs, "description", "Managed by Pulumi"),
    }),
  },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {
    ...ec2,
    what: "Security Group Rule",
    replaces: ["securityGroupId"],
    references: [
      { at: "securityGroupId", ...group },
      { at: "referencedSecurityGroupId", ...group, isForeign: isOfCluster },
    ],
    notFound: "InvalidGroup.NotFound",
    validate: (inputs) => {
      const sources = ["cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId"];
      const said = sources.filter((key) => inputs[key] !== undefined && inputs[key] !== null).length;
      const ports = inputs["ipProtocol"] === "-1" && (inputs["fromPort"] ?? inputs["toPort"] ?? null) !== null;
      return [
        ...(said === 1
          ? []
          : [{ property: "", reason: `exactly one of ${sources.join(", ")} must be given, got ${said}` }]),
        ...(ports ? [{ property: "fromPort", reason: "no ports with ipProtocol -1" }] : []),
      ];
    },
    id: () => Account.newId("sgr"),
    outputs: (_inputs, { id, account }) => ({
      arn: account.arn("ec2", `security-group-rule/${id}`),
      securityGroupRuleId: id,
    }),
  },
  "aws:ec2/vpcEndpoint:VpcEndpoint": {
    ...ec2,
    what: "VPC Endpoint",
    replaces: ["vpcId", "serviceName", "vpcEndpointType", "autoAccept"],
    references: [
      inVpc,
      { at: "subnetIds", to: tokens.subnet },
      { at: "routeTableIds", to: tokens.table },
      { at: "securityGroupIds", ...group },
    ],
    notFound: "InvalidVpcId.NotFound",
    id: () => Account.newId("vpce"),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "serviceName", "");
      if (!new RegExp(`^(cn\\.)?com\\.amazonaws\\.${account.region}\\.[a-z0-9.-]+$`).test(name))
        throw new AwsError("InvalidServiceName", `The Vpc Endpoint Service '${name}' does not exist`);
      const other = account
        .all("aws:ec2/vpcEndpoint:VpcEndpoint")
        .some(({ id, state }) => id !== old?.id && state["vpcId"] === inputs["vpcId"] && state["serviceName"] === name);
      if (other)
        throw new AwsError(
          "InvalidParameter",
          `private-dns-enabled cannot be set because there is already a conflicting DNS domain for ${name}`,
        );
    },
    outputs: (inputs, { id, account, old }) => {
      const byInterface = inputs["vpcEndpointType"] === "Interface";
      return {
        ...ownArn(id, "vpc-endpoint", account),
        state: "available",
        requesterManaged: false,
        ipAddressType: byInterface ? "ipv4" : "",
        policy: '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
        privateDnsEnabled: inputs["privateDnsEnabled"] === true,
        networkInterfaceIds: byInterface ? (old?.["networkInterfaceIds"] ?? [Account.newId("eni")]) : [],
        ...(byInterface
          ? {}
          : { prefixListId: old?.["prefixListId"] ?? Account.newId("pl").slice(0, 11), cidrBlocks: ["52.219.0.0/20"] }),
      };
    },
  },
  "aws:ec2/flowLog:FlowLog": {
    ...ec2,
    what: "Flow Log",
    replaces: [
      "vpcId",
      "trafficType",
      "logDestination",
      "logDestinationType",
      "iamRoleArn",
      "maxAggregationInterval",
      "logFormat",
    ],
    references: [
      inVpc,
      { at: "iamRoleArn", to: "aws:iam/role:Role", by: "arn" },
      { at: "logDestination", to: "aws:cloudwatch/logGroup:LogGroup", by: "arn" },
    ],
    notFound: "InvalidParameter",
    id: () => Account.newId("fl"),
    refuse: (inputs) => {
      const interval = numberOr(inputs, "maxAggregationInterval", 600);
      if (interval !== 60 && interval !== 600)
        throw new AwsError("InvalidParameterValue", `maxAggregationInterval is 60 or 600, not ${interval}`);
    },
    outputs: (_inputs, { id, account }) => ({ arn: account.arn("ec2", `vpc-flow-log/${id}`), logFormat: "${version}" }),
  },
  [tokens.template]: {
    ...ec2,
    what: "Launch Template",
    replaces: ["name", "namePrefix"],
    autoname: true,
    id: () => Account.newId("lt"),
    unsettles: ["latestVersion", "defaultVersion"],
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      if (account.all(tokens.template).some(({ id, state }) => id !== old?.id && state["name"] === name))
        throw new AwsError(
          "InvalidLaunchTemplateName.AlreadyExistsException",
          `Launch template name already in use: ${name}`,
        );
    },
    outputs: (inputs, { id, account, old }) => {
      const latest = numberOr(old ?? {}, "latestVersion", 0) + 1;
      return {
        arn: account.arn("ec2", `launch-template/${id}`),
        latestVersion: latest,
        defaultVersion: inputs["updateDefaultVersion"] === true ? latest : 1,
      };
    },
  },
};
