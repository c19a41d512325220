import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Estate } from "../../../../components/estate";
import { bucketPolicy } from "../../../../model/aws/policies";
import { policyText } from "../../../../model/aws/policy";
import { Account } from "../../../../sandbox/doubles/aws/account";
import { aws } from "../../../../sandbox/doubles/aws/plugin";
import type { PropertyMap } from "../../../../sandbox/doubles/framework/value";
import { managedSettings } from "../../../support/control-plane";
import { access, plan } from "../../../support/fixtures";
import { record, unwrap } from "../../../support/monitor";
import { Rig, type Held } from "../framework/rig";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const DOOR = "aws:ec2/securityGroup:SecurityGroup";
const RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule";
const KEY = "aws:kms/key:Key";
const DATABASE = "aws:rds/instance:Instance";
const DATABASE_SUBNETS = "aws:rds/subnetGroup:SubnetGroup";
const DATABASE_PARAMETERS = "aws:rds/parameterGroup:ParameterGroup";
const CACHE = "aws:elasticache/replicationGroup:ReplicationGroup";
const CACHE_SUBNETS = "aws:elasticache/subnetGroup:SubnetGroup";
const CACHE_PARAMETERS = "aws:elasticache/parameterGroup:ParameterGroup";
const BUCKET = "aws:s3/bucket:Bucket";
const POLICY = "aws:s3/bucketPolicy:BucketPolicy";
const CLOSED = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
const VERSIONS = "aws:s3/bucketVersioning:BucketVersioning";
const RULES = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration";
const PROVIDER = "aws:iam/openIdConnectProvider:OpenIdConnectProvider";

const place = { region: "eu-central-1", account: "111122223333" };
const password = "abcDEF0123456789abcDEF0123456789abcDEF01";

let dir: string;
let rig: Rig;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "estate-aws-data-"));
  rig = await Rig.of(aws(dir));
  await rig.configure({ region: "eu-central-1", allowedAccountIds: '["111122223333"]' });
});
afterEach(() => {
  rig.stop();
  rmSync(dir, { recursive: true, force: true });
});

function said({ state }: Held, key: string): string {
  const value = state[key];
  if (typeof value !== "string") throw new Error(`${key} is no text`);
  return value;
}

interface Ground {
  readonly subnets: string[];
  readonly door: Held;
  readonly key: string;
}

async function ground(zones: readonly string[] = ["euc1-az1", "euc1-az2"]): Promise<Ground> {
  const vpc = await rig.make(VPC, { cidrBlock: "10.20.0.0/16" });
  const subnets: string[] = [];
  for (const [index, zone] of zones.entries())
    subnets.push(
      (await rig.make(SUBNET, { vpcId: vpc.id, cidrBlock: `10.20.${String(index)}.0/24`, availabilityZoneId: zone }))
        .id,
    );
  const door = await rig.make(DOOR, { vpcId: vpc.id, name: "door", description: "The way in" });
  const key = await rig.make(KEY, { description: "data" });
  return { subnets, door, key: said(key, "arn") };
}

async function databaseInputs({ subnets, door, key }: Ground, change: PropertyMap = {}): Promise<PropertyMap> {
  await rig.make(DATABASE_SUBNETS, { name: "acme-gitlab", subnetIds: subnets });
  await rig.make(DATABASE_PARAMETERS, { name: "acme-gitlab-postgres17", family: "postgres17" });
  return {
    identifier: "acme-gitlab",
    engine: "postgres",
    engineVersion: "17",
    instanceClass: "db.t4g.medium",
    allocatedStorage: 50,
    storageEncrypted: true,
    kmsKeyId: key,
    dbName: "gitlab",
    username: "gitlab",
    password,
    dbSubnetGroupName: "acme-gitlab",
    parameterGroupName: "acme-gitlab-postgres17",
    vpcSecurityGroupIds: [door.id],
    backupRetentionPeriod: 7,
    skipFinalSnapshot: true,
    ...change,
  };
}

describe("what the program asks for", () => {
  it("is known to the SDK by every name and type", async () => {
    const secrets = { gitlabClient: "a", harborClient: "b" };
    const own = managedSettings({ protect: true });
    const resources = await record(() => new Estate("acme", { plan: plan([], own), access, secrets }, {}));
    const data = resources.filter(
      ({ type, name }) => type.startsWith("aws:") && name.startsWith("control-plane-data-"),
    );
    expect(data.length).toBeGreaterThan(60);
    for (const { type, name, inputs } of data)
      expect((await rig.check(type, unwrap(inputs) as PropertyMap)).failures, name).toEqual([]);
  });
});

describe("a database", () => {
  const make = async (change: PropertyMap = {}): Promise<Held> =>
    rig.make(DATABASE, await databaseInputs(await ground(), change));

  it("tells its address, and gets the same one again after it was replaced", async () => {
    const inputs = await databaseInputs(await ground());
    const database = await rig.make(DATABASE, inputs);
    expect(database.id).toMatch(/^db-[A-Z0-9]{26}$/);
    expect(database.state).toMatchObject({
      arn: "arn:aws:rds:eu-central-1:111122223333:db:acme-gitlab",
      endpoint: `${said(database, "address")}:5432`,
      engineVersion: "17",
      engineVersionActual: "17.6",
      status: "available",
    });
    expect(database.state["address"]).toMatch(/^acme-gitlab\.[a-z0-9]{12}\.eu-central-1\.rds\.amazonaws\.com$/);
    await rig.delete(DATABASE, database);
    expect((await rig.make(DATABASE, inputs)).state["address"]).toBe(database.state["address"]);
  });

  it("stays without changes after a refresh", async () => {
    const database = await make();
    const read = await rig.read(DATABASE, database);
    expect(await rig.diff(DATABASE, read ?? database, database.inputs)).toMatchObject({ changes: "none" });
  });

  it.each<[string, PropertyMap, RegExp]>([
    ["of a name that is none", { identifier: "acme--gitlab" }, /not a valid DBInstanceIdentifier/],
    ["with a password of signs that it refuses", { password: "with/a/slash0" }, /not a valid password/],
    ["whose master is the engine's own", { username: "postgres" }, /reserved word/],
    ["with backups for ever", { backupRetentionPeriod: 36 }, /retention period/],
    ["that is too small", { allocatedStorage: 5 }, /Invalid storage size/],
    ["with a last snapshot of no name", { skipFinalSnapshot: false }, /finalSnapshotIdentifier is required/],
    ["of another major than its parameters", { engineVersion: "18" }, /family postgres17 is not for 18/],
    ["in subnets that are not there", { dbSubnetGroupName: "none" }, /dbSubnetGroupName: .* does not exist/],
  ])("is refused: one %s", async (_, change, told) => {
    await expect(make(change)).rejects.toThrow(told);
  });

  it("has one of its name", async () => {
    const inputs = await databaseInputs(await ground());
    await rig.make(DATABASE, inputs);
    await expect(rig.make(DATABASE, inputs)).rejects.toThrow(/DBInstanceAlreadyExists/);
  });

  it("is replaced for its key, its name and its master, and not for its size", async () => {
    const database = await make();
    const differs = async (change: PropertyMap): Promise<readonly string[]> =>
      (await rig.diff(DATABASE, database, { ...database.inputs, ...change })).replaces;
    for (const change of [{ kmsKeyId: "arn:other" }, { dbName: "other" }, { username: "other" }, { engine: "mysql" }])
      expect(await differs(change)).toEqual(Object.keys(change));
    expect(await differs({ allocatedStorage: 80, instanceClass: "db.m7g.large", multiAz: true })).toEqual([]);
  });

  it("is kept by its protection, and keeps what it stands on", async () => {
    const own = await ground();
    const database = await rig.make(DATABASE, await databaseInputs(own, { deletionProtection: true }));
    await expect(rig.delete(DATABASE, database)).rejects.toThrow(/Cannot delete protected DB Instance/);
    const open = await rig.update(DATABASE, database, { ...database.inputs, deletionProtection: false });
    await expect(rig.delete(DOOR, own.door)).rejects.toThrow(/DependencyViolation/);
    await rig.delete(DATABASE, open);
    await rig.delete(DOOR, own.door);
  });

  it("wants subnets in two zones", async () => {
    const { subnets } = await ground(["euc1-az1"]);
    await expect(rig.make(DATABASE_SUBNETS, { name: "one", subnetIds: subnets })).rejects.toThrow(
      /DBSubnetGroupDoesNotCoverEnoughAZs/,
    );
  });
});

describe("a cache", () => {
  async function inputs(change: PropertyMap = {}): Promise<PropertyMap> {
    const { subnets, door, key } = await ground();
    await rig.make(CACHE_SUBNETS, { name: "acme-gitlab", subnetIds: subnets });
    await rig.make(CACHE_PARAMETERS, { name: "acme-gitlab-valkey7", family: "valkey7" });
    return {
      replicationGroupId: "acme-gitlab",
      description: "cache",
      engine: "valkey",
      engineVersion: "7.2",
      nodeType: "cache.t4g.small",
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      multiAzEnabled: true,
      subnetGroupName: "acme-gitlab",
      parameterGroupName: "acme-gitlab-valkey7",
      securityGroupIds: [door.id],
      kmsKeyId: key,
      atRestEncryptionEnabled: true,
      transitEncryptionEnabled: true,
      authToken: password,
      ...change,
    };
  }

  it("tells the address of the node that is written to", async () => {
    const cache = await rig.make(CACHE, await inputs());
    expect(cache.id).toBe("acme-gitlab");
    expect(cache.state["primaryEndpointAddress"]).toMatch(
      /^master\.acme-gitlab\.[a-z0-9]{6}\.euc1\.cache\.amazonaws\.com$/,
    );
    expect(cache.state).toMatchObject({
      memberClusters: ["acme-gitlab-001", "acme-gitlab-002"],
      clusterEnabled: false,
    });
    const read = await rig.read(CACHE, cache);
    expect(await rig.diff(CACHE, read ?? cache, cache.inputs)).toMatchObject({ changes: "none" });
    expect((await rig.diff(CACHE, cache, { ...cache.inputs, kmsKeyId: "arn:other" })).replaces).toEqual(["kmsKeyId"]);
  });

  it.each<[string, PropertyMap, RegExp]>([
    ["of a name that is too long", { replicationGroupId: "a".repeat(41) }, /no id of a replication group/],
    ["with a password in clear on the way", { transitEncryptionEnabled: false }, /encryption in transit/],
    ["with a short password", { authToken: "short" }, /16 to 128/],
    ["that stands by alone", { numCacheClusters: 1 }, /at least 2/],
    ["in two zones without somebody to take over", { automaticFailoverEnabled: false }, /must be true/],
  ])("is refused: one %s", async (_, change, told) => {
    await expect(rig.make(CACHE, await inputs(change))).rejects.toThrow(told);
  });
});

describe("a bucket", () => {
  const name = "acme-111122223333-gitlab-lfs";

  it("goes with all that is said of it", async () => {
    const bucket = await rig.make(BUCKET, { bucket: name });
    expect(bucket).toMatchObject({
      id: name,
      state: { arn: `arn:aws:s3:::${name}`, bucketRegion: "eu-central-1" },
    });
    await rig.make(CLOSED, { bucket: name, blockPublicPolicy: true });
    await rig.make(POLICY, { bucket: name, policy: policyText(bucketPolicy(place, name)) });
    await rig.make(VERSIONS, { bucket: name, versioningConfiguration: { status: "Enabled" } });
    await rig.make(RULES, { bucket: name, rules: [{ id: "uploads", status: "Enabled", filter: {} }] });
    const read = await rig.read(BUCKET, bucket);
    expect(await rig.diff(BUCKET, read ?? bucket, bucket.inputs)).toMatchObject({ changes: "none" });
    await rig.delete(BUCKET, bucket);
    expect(Account.open(dir).everything()).toEqual([]);
  });

  it("is refused under a name that is taken, or is none", async () => {
    await rig.make(BUCKET, { bucket: name });
    await expect(rig.make(BUCKET, { bucket: name })).rejects.toThrow(/BucketAlreadyOwnedByYou/);
    await expect(rig.make(BUCKET, { bucket: "Upper" })).rejects.toThrow(/InvalidBucketName/);
    await expect(rig.make(CLOSED, { bucket: "none" })).rejects.toThrow(/NoSuchBucket/);
  });

  it("that is closed takes no policy for everybody", async () => {
    await rig.make(BUCKET, { bucket: name });
    await rig.make(CLOSED, { bucket: name, blockPublicPolicy: true });
    const open = { Effect: "Allow", Principal: "*", Action: ["s3:GetObject"], Resource: [`arn:aws:s3:::${name}/*`] };
    const text = JSON.stringify({ Version: "2012-10-17", Statement: [open] });
    await expect(rig.make(POLICY, { bucket: name, policy: text })).rejects.toThrow(/BlockPublicPolicy/);
  });
});

describe("a provider of tokens", () => {
  const url = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123";

  it("is known once by its address", async () => {
    const provider = await rig.make(PROVIDER, { url, clientIdLists: ["sts.amazonaws.com"] });
    expect(provider.id).toBe("arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/0123");
    expect(provider.state["arn"]).toBe(provider.id);
    await expect(rig.make(PROVIDER, { url, clientIdLists: ["x"] })).rejects.toThrow(/EntityAlreadyExists/);
    expect((await rig.diff(PROVIDER, provider, { ...provider.inputs, url: `${url}4` })).replaces).toEqual(["url"]);
  });
});

describe("a way in", () => {
  it("is for a group that is there, or a cluster's own", async () => {
    const { door } = await ground();
    const rule = (from: string): Promise<Held> =>
      rig.make(RULE, {
        securityGroupId: door.id,
        referencedSecurityGroupId: from,
        ipProtocol: "tcp",
        fromPort: 1,
        toPort: 1,
      });
    await expect(rule("sg-00000000000000000")).rejects.toThrow(/does not exist/);
    const state = { vpcConfig: { clusterSecurityGroupId: "sg-11111111111111111" } };
    Account.open(dir).put({ token: "aws:eks/cluster:Cluster", id: "acme-dev", state });
    expect((await rule("sg-11111111111111111")).id).toMatch(/^sgr-/);
  });
});
