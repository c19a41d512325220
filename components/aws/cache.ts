import type * as pulumi from "@pulumi/pulumi";
import { nameTag } from "../../model/aws/tags";
import type { CachePlan } from "../../plan/aws/data";
import type { DataArgs } from "./database";
import { aws } from "./sdk";

/** A cache of Valkey, spoken to by TLS and with a password; its host is an output. */
export function makeCache(
  name: string,
  { plan, password, door, key, subnets, protect }: DataArgs<CachePlan>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const tags = nameTag(plan.id);
  const group = new aws.elasticache.SubnetGroup(
    `${name}-subnets`,
    { name: plan.id, description: `Subnets of ${plan.id}`, subnetIds: subnets, tags },
    opts,
  );
  const parameters = new aws.elasticache.ParameterGroup(
    `${name}-parameters`,
    {
      name: `${plan.id}-${plan.family}`,
      description: `Parameters of ${plan.id}`,
      family: plan.family,
      // Jobs wait in it that nobody has done yet: a full one refuses, and forgets none of them.
      parameters: [{ name: "maxmemory-policy", value: "noeviction" }],
      tags,
    },
    opts,
  );
  const standsBy = plan.nodes > 1;
  const cache = new aws.elasticache.ReplicationGroup(
    name,
    {
      replicationGroupId: plan.id,
      description: `Cache and queues of ${plan.id}`,
      engine: "valkey",
      engineVersion: plan.version,
      nodeType: plan.nodeType,
      numCacheClusters: plan.nodes,
      automaticFailoverEnabled: standsBy,
      multiAzEnabled: standsBy,
      port: 6379,
      parameterGroupName: parameters.name,
      subnetGroupName: group.name,
      securityGroupIds: [door.group],
      atRestEncryptionEnabled: true,
      kmsKeyId: key,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      authToken: password,
      autoMinorVersionUpgrade: true,
      applyImmediately: !protect,
      snapshotRetentionLimit: plan.snapshotDays,
      ...(protect ? { finalSnapshotIdentifier: `${plan.id}-final` } : {}),
      tags,
    },
    {
      ...opts,
      protect,
      deleteBeforeReplace: true,
      customTimeouts: { create: "60m", update: "60m", delete: "60m" },
    },
  );
  return cache.primaryEndpointAddress;
}
