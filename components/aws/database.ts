import type * as pulumi from "@pulumi/pulumi";
import { nameTag } from "../../model/aws/tags";
import type { DatabasePlan } from "../../plan/aws/data";
import type { Doorway } from "./doorway";
import { aws } from "./sdk";

/** What a database or a cache is made of besides its plan. */
export interface DataArgs<Plan> {
  readonly plan: Plan;
  /** Chosen by Pulumi; kept encrypted in the state, since the same run hands it to the service. */
  readonly password: pulumi.Output<string>;
  readonly door: Doorway;
  /** By which it is encrypted; AWS' own key when absent. */
  readonly key?: pulumi.Input<string>;
  readonly subnets: pulumi.Input<string>[];
  /** Whether data is kept by all means. */
  readonly protect: boolean;
}

/** A database of PostgreSQL; its host is an output. */
export function makeDatabase(
  name: string,
  { plan, password, door, key, subnets, protect }: DataArgs<DatabasePlan>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const tags = nameTag(plan.id);
  const group = new aws.rds.SubnetGroup(
    `${name}-subnets`,
    { name: plan.id, description: `Subnets of ${plan.id}`, subnetIds: subnets, tags },
    opts,
  );
  const parameters = new aws.rds.ParameterGroup(
    `${name}-parameters`,
    {
      // The family is in the name: a new major's group stands beside the old one until the database has moved.
      name: `${plan.id}-${plan.family}`,
      description: `Parameters of ${plan.id}`,
      family: plan.family,
      parameters: [{ name: "rds.force_ssl", value: "1" }],
      tags,
    },
    opts,
  );
  const instance = new aws.rds.Instance(
    name,
    {
      identifier: plan.id,
      engine: "postgres",
      engineVersion: plan.version,
      instanceClass: plan.instanceClass,
      allocatedStorage: plan.storageGi,
      maxAllocatedStorage: plan.mostStorageGi,
      storageType: "gp3",
      storageEncrypted: true,
      ...(key === undefined ? {} : { kmsKeyId: key }),
      dbName: plan.database,
      username: plan.username,
      password,
      port: 5432,
      dbSubnetGroupName: group.name,
      vpcSecurityGroupIds: [door.group],
      parameterGroupName: parameters.name,
      publiclyAccessible: false,
      multiAz: plan.multiAz,
      autoMinorVersionUpgrade: true,
      // What stops the database waits for its window where people work with it.
      applyImmediately: !protect,
      backupRetentionPeriod: plan.backupDays,
      deleteAutomatedBackups: !protect,
      copyTagsToSnapshot: true,
      deletionProtection: protect,
      skipFinalSnapshot: !protect,
      // A fixed name: no clock is asked. The snapshot of a database that was there before must be renamed or go first.
      finalSnapshotIdentifier: `${plan.id}-final`,
      tags,
    },
    {
      ...opts,
      protect,
      // Its name is fixed, so a new one cannot stand beside the old.
      deleteBeforeReplace: true,
      customTimeouts: { create: "60m", update: "90m", delete: "60m" },
    },
  );
  return instance.address;
}
