import * as pulumi from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import type { DataOwner } from "../../model/aws/names";
import { policyText } from "../../model/aws/policy";
import { webIdentityAudience, webIdentityTrust } from "../../model/aws/trust";
import type { DataPlan, ServiceDataPlan, StoreRolePlan } from "../../plan/aws/data";
import { makeBucket } from "../aws/bucket";
import { makeCache } from "../aws/cache";
import { type DataArgs, makeDatabase } from "../aws/database";
import { makeDoorway } from "../aws/doorway";
import { makeRole } from "../aws/role";
import { aws } from "../aws/sdk";
import type { Ground } from "../cluster/contract";

/** A database or a cache, as a service logs in to it. */
export interface DataLogin {
  /** Chosen by AWS. */
  readonly host: pulumi.Output<string>;
  readonly password: pulumi.Output<string>;
}

/** What AWS manages for one service. */
export interface ServiceData {
  readonly database?: DataLogin;
  readonly cache?: DataLogin;
  /** What has no value to take, and must be there before the service asks: ways in, buckets, rights. */
  readonly ready: readonly pulumi.Resource[];
}

export interface ManagedDataArgs {
  readonly plan: DataPlan;
  readonly ground: Ground;
  readonly random: pulumi.ProviderResource;
  readonly protect: boolean;
}

/** Databases, caches and buckets that AWS manages, beside the control plane. Before any chart, and gone after it. */
export class ManagedData extends pulumi.ComponentResource {
  readonly services: ReadonlyMap<DataOwner, ServiceData>;
  private readonly child: pulumi.CustomResourceOptions;

  constructor(
    private readonly name: string,
    private readonly args: ManagedDataArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super("estate:index:ManagedData", name, {}, opts);
    const { plan, ground } = args;
    this.child = { parent: this, provider: ground.provider };
    const encrypted = plan.services.some(({ database, cache }) => (database ?? cache) !== undefined);
    const key = encrypted ? this.makeKey() : undefined;
    const provider = plan.services.some(({ store }) => store !== undefined) ? this.trustTokens() : undefined;
    this.services = new Map(plan.services.map((own) => [own.owner, this.makeService(own, key, provider)]));
    this.registerOutputs({});
  }

  private makeKey(): pulumi.Output<string> {
    const { plan, protect } = this.args;
    const key = new aws.kms.Key(
      `${this.name}-key`,
      {
        description: `Databases and caches of ${plan.title}`,
        enableKeyRotation: true,
        deletionWindowInDays: 30,
        policy: policyText(plan.key.policy),
      },
      // Without the key no backup can be read either.
      { ...this.child, protect },
    );
    new aws.kms.Alias(`${this.name}-key-alias`, { name: plan.key.alias, targetKeyId: key.keyId }, this.child);
    return key.arn;
  }

  /** AWS takes the tokens of the cluster's ServiceAccounts. Its own keys are trusted by their authority: no thumbprint. */
  private trustTokens(): pulumi.Output<string> {
    return new aws.iam.OpenIdConnectProvider(
      `${this.name}-tokens`,
      { url: this.args.ground.issuer, clientIdLists: [webIdentityAudience] },
      { ...this.child, deleteBeforeReplace: true },
    ).arn;
  }

  private makeService(
    { owner, database, cache, store }: ServiceDataPlan,
    key: pulumi.Output<string> | undefined,
    provider: pulumi.Output<string> | undefined,
  ): ServiceData {
    const { protect } = this.args;
    const name = `${this.name}-${owner}`;
    const ready: pulumi.Resource[] = [];
    const login = <Plan extends { readonly id: string }>(
      kind: string,
      port: number,
      plan: Plan | undefined,
      make: (name: string, args: DataArgs<Plan>, opts: pulumi.CustomResourceOptions) => pulumi.Output<string>,
    ): DataLogin | undefined => {
      if (plan === undefined || key === undefined) return undefined;
      const { vpc, subnets, pods } = this.args.ground;
      const own = `${name}-${kind}`;
      const door = makeDoorway(`${own}-door`, { title: `${plan.id}-${kind}`, vpc, from: pods, port }, this.child);
      const password = this.choose(`${own}-password`);
      const host = make(own, { plan, password, door, key, subnets, protect }, this.child);
      ready.push(door.rule);
      return { host, password };
    };
    const postgres = login("database", 5432, database, makeDatabase);
    const redis = login("cache", 6379, cache, makeCache);
    if (store !== undefined && provider !== undefined) {
      for (const bucket of store.buckets)
        ready.push(...makeBucket(`${name}-${bucket.what}`, bucket, protect, this.child));
      ready.push(...this.letIn(`${name}-role`, store.role, provider));
    }
    return {
      ...(postgres === undefined ? {} : { database: postgres }),
      ...(redis === undefined ? {} : { cache: redis }),
      ready,
    };
  }

  /** A role for the pods that reach the buckets; they know it by its name, and so before it is there. */
  private letIn(name: string, plan: StoreRolePlan, provider: pulumi.Output<string>): pulumi.Resource[] {
    const { namespace, serviceAccounts } = plan;
    const trust = pulumi
      .all([provider, this.args.ground.issuer])
      .apply(([arn, issuer]) => webIdentityTrust({ provider: arn, issuer, namespace, serviceAccounts }));
    const { role, rights } = makeRole(name, { name: plan.name, policy: plan.policy, managed: [], trust }, this.child);
    return [role, ...rights];
  }

  /** Letters and digits: RDS and ElastiCache refuse different signs, and both take those. */
  private choose(name: string): pulumi.Output<string> {
    const { random, protect } = this.args;
    return new RandomPassword(
      name,
      { length: 40, special: false, minLower: 1, minUpper: 1, minNumeric: 1 },
      { parent: this, provider: random, protect },
    ).result;
  }
}
