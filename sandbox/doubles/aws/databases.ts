import { createHash } from "node:crypto";
import { numberOr, textOr, texts } from "../framework/bridge/fields";
import type { JsonMap } from "../framework/value";
import type { Account } from "./account";
import { tokens } from "./ec2";
import { key } from "./keys-and-logs";
import { AwsError, type Behaviour } from "./simulate";

/** The parts of RDS that name each other. */
export const rds = {
  instance: "aws:rds/instance:Instance",
  parameters: "aws:rds/parameterGroup:ParameterGroup",
  subnets: "aws:rds/subnetGroup:SubnetGroup",
} as const;

const service = { service: "RDS" } as const;

/** Letters and digits that are always the same ones for a text. */
export const sign = (text: string, length: number): string =>
  BigInt(`0x${createHash("sha256").update(text).digest("hex")}`)
    .toString(36)
    .slice(0, length);

/** The VPC that subnets lie in; refuses those of one zone, by the code that the service has for that. */
export function vpcOfSubnets(inputs: JsonMap, account: Account, code: string): string {
  const subnets = texts(inputs, "subnetIds").flatMap((id) => {
    const found = account.find(tokens.subnet, id);
    return found === undefined ? [] : [found.state];
  });
  const zones = new Set(subnets.map((state) => textOr(state, "availabilityZoneId", "")));
  if (zones.size < 2)
    throw new AwsError(code, "The subnet group doesn't meet Availability Zone (AZ) coverage requirement: 2 at least");
  const vpcs = new Set(subnets.map((state) => textOr(state, "vpcId", "")));
  if (vpcs.size > 1) throw new AwsError("InvalidParameterValue", "the subnets are in different VPCs");
  return [...vpcs][0] ?? "";
}

/** Refuses a name that another thing of the kind has. */
export function refuseTaken(token: string, name: string, account: Account, isOld: boolean, code: string): void {
  if (!isOld && account.find(token, name) !== undefined) throw new AwsError(code, `${name} already exists`);
}

function refuseInstance(inputs: JsonMap): void {
  const identifier = textOr(inputs, "identifier", "");
  if (!/^[a-z](?:-?[a-z0-9])*$/.test(identifier) || identifier.length > 63)
    throw new AwsError("InvalidParameterValue", `'${identifier}' is not a valid DBInstanceIdentifier`);
  const password = textOr(inputs, "password", "");
  if (password.length < 8 || /[/"@ ]/.test(password))
    throw new AwsError("InvalidParameterValue", "The parameter MasterUserPassword is not a valid password");
  if (["admin", "postgres", "rdsadmin"].includes(textOr(inputs, "username", "")))
    throw new AwsError("InvalidParameterValue", "MasterUsername cannot be used as it is a reserved word");
  const days = numberOr(inputs, "backupRetentionPeriod", 0);
  if (days < 0 || days > 35) throw new AwsError("InvalidParameterValue", `Invalid backup retention period: ${days}`);
  const size = numberOr(inputs, "allocatedStorage", 0);
  if (size < 20) throw new AwsError("InvalidParameterValue", `Invalid storage size for gp3: ${size}, at least 20`);
  if (inputs["skipFinalSnapshot"] !== true && textOr(inputs, "finalSnapshotIdentifier", "") === "")
    throw new AwsError(
      "InvalidParameterCombination",
      "finalSnapshotIdentifier is required when skipFinalSnapshot is false",
    );
}

/** Databases. Nothing listens at their addresses. */
export const databases: Readonly<Record<string, Behaviour>> = {
  [rds.subnets]: {
    ...service,
    what: "DB Subnet Group",
    replaces: ["name", "namePrefix"],
    references: [{ at: "subnetIds", to: tokens.subnet }],
    notFound: "InvalidSubnet",
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs, account, old) => {
      refuseTaken(rds.subnets, textOr(inputs, "name", ""), account, old !== undefined, "DBSubnetGroupAlreadyExists");
      vpcOfSubnets(inputs, account, "DBSubnetGroupDoesNotCoverEnoughAZs");
    },
    outputs: (inputs, { id, account }) => ({
      arn: account.arn("rds", `subgrp:${id}`),
      vpcId: vpcOfSubnets(inputs, account, "DBSubnetGroupDoesNotCoverEnoughAZs"),
      supportedNetworkTypes: ["IPV4"],
    }),
  },
  [rds.parameters]: {
    ...service,
    what: "DB Parameter Group",
    replaces: ["name", "namePrefix", "family", "description"],
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      refuseTaken(rds.parameters, name, account, old !== undefined, "DBParameterGroupAlreadyExists");
      const family = textOr(inputs, "family", "");
      if (!/^postgres\d+$/.test(family))
        throw new AwsError(
          "InvalidParameterValue",
          `ParameterGroupFamily ${family} is not a valid parameter group family`,
        );
    },
    outputs: (_inputs, { id, account }) => ({ arn: account.arn("rds", `pg:${id}`) }),
  },
  [rds.instance]: {
    ...service,
    what: "DB Instance",
    replaces: [
      "availabilityZone", "characterSetName", "dbName", "engine", "kmsKeyId", "storageEncrypted", "timezone", "username",
    ], // prettier-ignore
    references: [
      { at: "dbSubnetGroupName", to: rds.subnets },
      { at: "parameterGroupName", to: rds.parameters },
      { at: "vpcSecurityGroupIds", to: tokens.securityGroup },
      { at: "kmsKeyId", to: key, by: "arn" },
    ],
    notFound: "InvalidParameterValue",
    id: (inputs, account) => `db-${sign(`${account.region}/${textOr(inputs, "identifier", "")}`, 26).toUpperCase()}`,
    refuse: (inputs, account, old) => {
      const identifier = textOr(inputs, "identifier", "");
      const other = account
        .all(rds.instance)
        .some(({ id, state }) => id !== old?.id && state["identifier"] === identifier);
      if (other) throw new AwsError("DBInstanceAlreadyExists", "DB instance already exists");
      refuseInstance(inputs);
      const group = account.find(rds.parameters, textOr(inputs, "parameterGroupName", ""));
      const major = textOr(inputs, "engineVersion", "").split(".")[0] ?? "";
      const family = textOr(group?.state ?? {}, "family", `postgres${major}`);
      if (family !== `postgres${major}`)
        throw new AwsError(
          "InvalidParameterCombination",
          `The Parameter Group with family ${family} is not for ${major}`,
        );
    },
    keep: ({ state }) => {
      if (state["deletionProtection"] === true)
        throw new AwsError("InvalidParameterCombination", "Cannot delete protected DB Instance");
    },
    outputs: (inputs, { id, account }) => {
      const identifier = textOr(inputs, "identifier", "");
      // The middle is the account's in that region: a database of the same name gets the same address again.
      const address = `${identifier}.c${sign(`${account.id}/${account.region}`, 11)}.${account.region}.rds.amazonaws.com`;
      const port = numberOr(inputs, "port", 5432);
      const version = textOr(inputs, "engineVersion", "17");
      return {
        address,
        arn: account.arn("rds", `db:${identifier}`),
        endpoint: `${address}:${String(port)}`,
        engineVersionActual: version.includes(".") ? version : `${version}.6`,
        hostedZoneId: "Z1RLNUO7B9Q6NB",
        resourceId: id,
        status: "available",
        port,
        masterUserSecrets: [],
        replicas: [],
        listenerEndpoints: [],
      };
    },
  },
};
