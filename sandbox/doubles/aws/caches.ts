import { knownZones } from "../../../model/aws/regions";
import { numberOr, textOr } from "../framework/bridge/fields";
import { sign, refuseTaken, vpcOfSubnets } from "./databases";
import { tokens } from "./ec2";
import { key } from "./keys-and-logs";
import { AwsError, type Behaviour } from "./simulate";

/** The parts of ElastiCache that name each other. */
export const elasticache = {
  group: "aws:elasticache/replicationGroup:ReplicationGroup",
  parameters: "aws:elasticache/parameterGroup:ParameterGroup",
  subnets: "aws:elasticache/subnetGroup:SubnetGroup",
} as const;

const service = { service: "ElastiCache" } as const;

/** Caches. Nothing listens at their addresses. */
export const caches: Readonly<Record<string, Behaviour>> = {
  [elasticache.subnets]: {
    ...service,
    what: "Subnet Group",
    replaces: ["name"],
    references: [{ at: "subnetIds", to: tokens.subnet }],
    notFound: "InvalidSubnet",
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      refuseTaken(elasticache.subnets, name, account, old !== undefined, "CacheSubnetGroupAlreadyExists");
      vpcOfSubnets(inputs, account, "InvalidParameterValue");
    },
    outputs: (inputs, { id, account }) => ({
      arn: account.arn("elasticache", `subnetgroup:${id}`),
      vpcId: vpcOfSubnets(inputs, account, "InvalidParameterValue"),
    }),
  },
  [elasticache.parameters]: {
    ...service,
    what: "Parameter Group",
    replaces: ["name", "family", "description"],
    id: (inputs) => textOr(inputs, "name", ""),
    refuse: (inputs, account, old) => {
      const name = textOr(inputs, "name", "");
      refuseTaken(elasticache.parameters, name, account, old !== undefined, "CacheParameterGroupAlreadyExists");
      const family = textOr(inputs, "family", "");
      if (!/^(valkey\d+|redis\d+(\.x)?)$/.test(family))
        throw new AwsError(
          "InvalidParameterValue",
          `CacheParameterGroupFamily ${family} is not a valid parameter group family`,
        );
    },
    outputs: (_inputs, { id, account }) => ({ arn: account.arn("elasticache", `parametergroup:${id}`) }),
  },
  [elasticache.group]: {
    ...service,
    what: "Replication Group",
    replaces: ["replicationGroupId", "subnetGroupName", "atRestEncryptionEnabled", "kmsKeyId", "port", "snapshotName"],
    references: [
      { at: "subnetGroupName", to: elasticache.subnets },
      { at: "parameterGroupName", to: elasticache.parameters },
      { at: "securityGroupIds", to: tokens.securityGroup },
      { at: "kmsKeyId", to: key, by: "arn" },
    ],
    notFound: "InvalidParameterValue",
    validate: ({ automaticFailoverEnabled, multiAzEnabled, numCacheClusters }) => [
      ...(multiAzEnabled === true && automaticFailoverEnabled !== true
        ? [
            {
              property: "multiAzEnabled",
              reason: "automatic_failover_enabled must be true if multi_az_enabled is true",
            },
          ]
        : []),
      ...(automaticFailoverEnabled === true && typeof numCacheClusters === "number" && numCacheClusters < 2
        ? [{ property: "numCacheClusters", reason: "must be at least 2 if automatic_failover_enabled is true" }]
        : []),
    ],
    id: (inputs) => textOr(inputs, "replicationGroupId", ""),
    refuse: (inputs, account, old) => {
      const id = textOr(inputs, "replicationGroupId", "");
      if (!/^[a-z](?:-?[a-z0-9])*$/.test(id) || id.length > 40)
        throw new AwsError(
          "InvalidParameterValue",
          `'${id}' is no id of a replication group: at most 40 of a-z, 0-9 and hyphens`,
        );
      refuseTaken(elasticache.group, id, account, old !== undefined, "ReplicationGroupAlreadyExistsFault");
      const token = textOr(inputs, "authToken", "");
      if (token === "") return;
      if (inputs["transitEncryptionEnabled"] !== true)
        throw new AwsError("InvalidParameterCombination", "AuthToken is only supported with encryption in transit");
      if (!/^[^\s/"@]{16,128}$/.test(token))
        throw new AwsError("InvalidParameterValue", "Invalid AuthToken provided: 16 to 128 printable characters");
    },
    outputs: (inputs, { id, account }) => {
      const prefix = knownZones(account.region)?.[0]?.split("-")[0] ?? "use1";
      const rest = `${id}.${sign(`${account.id}/${id}`, 6)}.${prefix}.cache.amazonaws.com`;
      const version = textOr(inputs, "engineVersion", "7.2");
      return {
        arn: account.arn("elasticache", `replicationgroup:${id}`),
        primaryEndpointAddress: `master.${rest}`,
        readerEndpointAddress: `replica.${rest}`,
        configurationEndpointAddress: "",
        clusterEnabled: false,
        engineVersionActual: `${version}.6`,
        memberClusters: Array.from(
          { length: numberOr(inputs, "numCacheClusters", 1) },
          (_, index) => `${id}-${String(index + 1).padStart(3, "0")}`,
        ),
      };
    },
  },
};
