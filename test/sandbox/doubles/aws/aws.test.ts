import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { getToken } from "../../../../sandbox/doubles/aws/get-token";
import { aws, connect, refuse } from "../../../../sandbox/doubles/aws/plugin";
import { UNKNOWN, type PropertyMap } from "../../../../sandbox/doubles/framework/value";
import { kubeconfigText } from "../../../../sandbox/kubeconfig";
import { Rig, type Held } from "../framework/rig";

const VPC = "aws:ec2/vpc:Vpc";
const SUBNET = "aws:ec2/subnet:Subnet";
const GATEWAY = "aws:ec2/internetGateway:InternetGateway";
const ADDRESS = "aws:ec2/eip:Eip";
const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";
const TABLE = "aws:ec2/routeTable:RouteTable";
const ROLE = "aws:iam/role:Role";
const ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment";
const LOGS = "aws:cloudwatch/logGroup:LogGroup";
const KEY = "aws:kms/key:Key";
const CLUSTER = "aws:eks/cluster:Cluster";
const ENTRY = "aws:eks/accessEntry:AccessEntry";
const POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation";
const PROVIDER = "aws:eks/identityProviderConfig:IdentityProviderConfig";
const GROUP = "aws:eks/nodeGroup:NodeGroup";
const TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate";

const config = {
  region: "eu-central-1",
  allowedAccountIds: '["111122223333"]',
  defaultTags: '{"tags":{"estate:name":"acme"}}',
};
const trust = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "eks.amazonaws.com" }, Action: ["sts:AssumeRole"] }],
});
const admin = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

let dir: string;
let rig: Rig;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "estate-aws-"));
  const entries = ["control-plane", "dev", "prod"].map((context, index) => ({
    context,
    server: `https://127.0.0.1:${String(20_000 + index)}`,
    ca: "PEM",
    user: context,
    token: "token",
  }));
  writeFileSync(join(dir, "kubeconfig"), kubeconfigText(entries));
  mkdirSync(join(dir, "clusters", "dev"), { recursive: true });
  writeFileSync(join(dir, "clusters", "dev", "admin.token"), "administrator");
  rig = await Rig.of(aws(dir));
  await rig.configure(config);
});
afterEach(() => {
  rig.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function network(zones: readonly string[] = ["euc1-az1", "euc1-az2"]): Promise<{ vpc: Held; subnets: Held[] }> {
  const vpc = await rig.make(VPC, { cidrBlock: "10.20.0.0/16" });
  const subnets: Held[] = [];
  for (const [index, zone] of zones.entries())
    subnets.push(
      await rig.make(SUBNET, { vpcId: vpc.id, cidrBlock: `10.20.${String(index)}.0/24`, availabilityZoneId: zone }),
    );
  return { vpc, subnets };
}

const role = (name: string): Promise<Held> => rig.make(ROLE, { name, assumeRolePolicy: trust });

async function clusterInputs(change: PropertyMap = {}): Promise<PropertyMap> {
  const { subnets } = await network();
  const made = await role("acme-dev-cluster");
  const nodes = await role("acme-dev-nodes");
  return {
    name: "acme-dev",
    version: "1.35",
    roleArn: made.state["arn"] ?? null,
    bootstrapSelfManagedAddons: false,
    accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
    computeConfig: { enabled: true, nodePools: ["system"], nodeRoleArn: nodes.state["arn"] ?? null },
    kubernetesNetworkConfig: {
      elasticLoadBalancing: { enabled: true },
      serviceIpv4Cidr: "172.20.0.0/20",
      ipFamily: "ipv4",
    },
    storageConfig: { blockStorage: { enabled: true } },
    vpcConfig: { subnetIds: subnets.map(({ id }) => id), endpointPrivateAccess: true, endpointPublicAccess: false },
    tags: { "estate:cluster": "dev" },
    ...change,
  };
}

describe("the double of aws", () => {
  it.each([
    ["no region", {}, /Region/],
    [
      "a look at credentials that is skipped",
      { region: "r", skipCredentialsValidation: true },
      /skipCredentialsValidation/,
    ],
  ])("refuses a configuration with %s", (_, given, told) => {
    expect(() => {
      refuse(given);
    }).toThrow(told);
  });

  it("refuses another account than the sandbox's once it has one", async () => {
    await rig.make(VPC, { cidrBlock: "10.20.0.0/16" });
    expect(() => connect({ region: "eu-central-1", allowedAccountIds: ["999988887777"] }, dir)).toThrow(/not allowed/);
  });

  it.each<[string, string, PropertyMap, RegExp]>([
    ["an unknown property", VPC, { cidrBlocks: "10.0.0.0/16" }, /cidrBlocks: Invalid or unknown key/],
    ["a missing property", SUBNET, { cidrBlock: "10.0.0.0/24" }, /vpcId: Missing required/],
    ["a wrong type", VPC, { cidrBlock: ["10.0.0.0/16"] }, /expected string type/],
    ["a route to two places", ROUTE, { routeTableId: "r", gatewayId: "a", natGatewayId: UNKNOWN }, /one of .* got 2/],
    [
      "a regional gateway in a subnet",
      NAT,
      { availabilityMode: "regional", vpcId: "v", subnetId: "s" },
      /must not be set/,
    ],
    [
      "Auto Mode by halves",
      CLUSTER,
      { roleArn: "a", vpcConfig: { subnetIds: [] }, computeConfig: { enabled: true } },
      /must all be set/,
    ],
    [
      "a switch of Auto Mode that is not known",
      CLUSTER,
      { roleArn: "a", vpcConfig: { subnetIds: [] }, computeConfig: { enabled: UNKNOWN } },
      /must all be set/,
    ],
  ])("refuses %s", async (_, type, inputs, told) => {
    expect((await rig.check(type, inputs)).failures.join("\n")).toMatch(told);
  });

  it("does not simulate what Estate does not make, and says so", async () => {
    await expect(rig.check("aws:sqs/queue:Queue", {})).rejects.toThrow(/not simulated/);
  });

  it("tells ids, ARNs and tags as AWS does", async () => {
    const vpc = await rig.make(VPC, { cidrBlock: "10.20.0.0/16", tags: { Name: "a" } });
    expect(vpc.id).toMatch(/^vpc-[0-9a-f]{17}$/);
    expect(vpc.state).toMatchObject({
      arn: `arn:aws:ec2:eu-central-1:111122223333:vpc/${vpc.id}`,
      tagsAll: { "estate:name": "acme", Name: "a" },
      region: "eu-central-1",
    });
    expect((await role("r")).state["arn"]).toBe("arn:aws:iam::111122223333:role/r");
  });

  it("makes nothing in a preview", async () => {
    const { id, state } = await rig.make(VPC, { cidrBlock: "10.20.0.0/16" }, true);
    expect(id).toBe("");
    expect(state["arn"]).toBe(UNKNOWN);
    expect(await rig.read(VPC, { id: "vpc-0", inputs: {}, state: {} })).toBeUndefined();
  });
});

describe("the account", () => {
  it.each([
    ["outside the VPC", "10.21.0.0/24", /InvalidSubnet.Range/],
    ["that meets another", "10.20.0.128/25", /InvalidSubnet.Conflict/],
    ["that is too small", "10.20.9.0/29", /InvalidSubnet.Range/],
  ])("refuses a subnet %s", async (_, cidrBlock, told) => {
    const { vpc } = await network();
    await expect(rig.make(SUBNET, { vpcId: vpc.id, cidrBlock, availabilityZoneId: "euc1-az1" })).rejects.toThrow(told);
  });

  it.each([
    ["a VPC that is too wide", VPC, { cidrBlock: "10.0.0.0/8" }, /InvalidVpc.Range/],
    ["a subnet of no VPC", SUBNET, { vpcId: "vpc-0", cidrBlock: "10.0.0.0/24" }, /InvalidVpcID.NotFound/],
    ["a long name of a role", ROLE, { name: "a".repeat(65), assumeRolePolicy: trust }, /ValidationError/],
    ["a policy that is no JSON", ROLE, { name: "a", assumeRolePolicy: "{" }, /MalformedPolicyDocument/],
    [
      "a trust without a principal",
      ROLE,
      { name: "a", assumeRolePolicy: '{"Statement":[{"Effect":"Allow","Action":"x"}]}' },
      /Malformed/,
    ],
    [
      "rights of a role that is not there",
      ATTACHMENT,
      { role: "r", policyArn: "arn:aws:iam::aws:policy/P" },
      /NoSuchEntity/,
    ],
    ["odd days of logs", LOGS, { name: "l", retentionInDays: 91 }, /InvalidParameterException/],
    ["a key that goes at once", KEY, { deletionWindowInDays: 1 }, /ValidationException/],
  ])("refuses %s", async (_, type, inputs, told) => {
    await expect(rig.make(type, inputs)).rejects.toThrow(told);
  });

  it("takes a name once", async () => {
    await role("r");
    await expect(role("r")).rejects.toThrow(/EntityAlreadyExists/);
    await rig.make(LOGS, { name: "l" });
    await expect(rig.make(LOGS, { name: "l" })).rejects.toThrow(/ResourceAlreadyExists/);
  });

  it("deletes nothing that others stand on", async () => {
    const { vpc, subnets } = await network();
    const gateway = await rig.make(GATEWAY, { vpcId: vpc.id });
    const address = await rig.make(ADDRESS, { domain: "vpc" });
    const nat = await rig.make(NAT, { allocationId: address.id, subnetId: subnets[0]?.id ?? "" });
    await expect(rig.delete(VPC, vpc)).rejects.toThrow(/DependencyViolation/);
    await expect(rig.delete(GATEWAY, gateway)).rejects.toThrow(/mapped public address/);
    await rig.delete(NAT, nat);
    await rig.delete(GATEWAY, gateway);
    for (const subnet of subnets) await rig.delete(SUBNET, subnet);
    await rig.delete(VPC, vpc);
    expect(await rig.read(VPC, vpc)).toBeUndefined();
  });

  it("has five addresses", async () => {
    for (let count = 0; count < 5; count += 1) await rig.make(ADDRESS, { domain: "vpc" });
    await expect(rig.make(ADDRESS, { domain: "vpc" })).rejects.toThrow(/AddressLimitExceeded/);
  });

  it("lets a gateway stand only where the internet is", async () => {
    const { subnets } = await network();
    const address = await rig.make(ADDRESS, { domain: "vpc" });
    const inputs = { allocationId: address.id, subnetId: subnets[0]?.id ?? "" };
    await expect(rig.make(NAT, inputs)).rejects.toThrow(/no Internet gateway/);
  });

  it("replaces what cannot change, and changes the rest", async () => {
    const vpc = await rig.make(VPC, { cidrBlock: "10.20.0.0/16" });
    expect(await rig.diff(VPC, vpc, await rig.good(VPC, { cidrBlock: "10.21.0.0/16" }))).toMatchObject({
      replaces: ["cidrBlock"],
    });
    const named = await rig.good(VPC, { cidrBlock: "10.20.0.0/16", tags: { Name: "b" } });
    expect(await rig.diff(VPC, vpc, named)).toMatchObject({ changes: "some", replaces: [] });
    expect((await rig.update(VPC, vpc, named)).state["tags"]).toEqual({ Name: "b" });
    const table = await rig.make(TABLE, { vpcId: vpc.id });
    expect(await rig.diff(TABLE, table, table.inputs)).toMatchObject({ changes: "none" });
  });

  it("tells a launch template's next number only after the change", async () => {
    const template = await rig.make(TEMPLATE, { name: "t" });
    const news = await rig.good(TEMPLATE, { name: "t", description: "d" });
    expect((await rig.update(TEMPLATE, template, news, true)).state["latestVersion"]).toBe(UNKNOWN);
    expect((await rig.update(TEMPLATE, template, news)).state["latestVersion"]).toBe(2);
  });
});

describe("a cluster on EKS", () => {
  const make = async (change: PropertyMap = {}): Promise<Held> => rig.make(CLUSTER, await clusterInputs(change));

  it("is the API server that its tag names", async () => {
    const { id, state } = await make();
    expect(id).toBe("acme-dev");
    expect(state).toMatchObject({
      arn: "arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev",
      endpoint: "https://127.0.0.1:20001",
      certificateAuthority: { data: Buffer.from("PEM").toString("base64") },
      identities: [{ oidcs: [{ issuer: "https://kubernetes.dev.sandbox.estate" }] }],
      status: "ACTIVE",
    });
  });

  it("is the one that its name ends with, without a tag", async () => {
    expect((await make({ tags: null })).state["endpoint"]).toBe("https://127.0.0.1:20001");
  });

  it("stays without changes after a refresh", async () => {
    const cluster = await make();
    const read = await rig.read(CLUSTER, cluster);
    expect(read?.inputs).toEqual(cluster.inputs);
    expect(await rig.diff(CLUSTER, read ?? cluster, cluster.inputs)).toMatchObject({ changes: "none" });
  });

  it.each([
    ["whom no API server stands for", { name: "acme-green", tags: null }, /no API server/],
    ["with self-managed add-ons and Auto Mode", { bootstrapSelfManagedAddons: true }, /bootstrapSelfManagedAddons/],
    ["of a version that is not there", { version: "1.99" }, /unsupported Kubernetes version/],
    ["that nobody can reach", { vpcConfig: { subnetIds: [], endpointPublicAccess: false } }, /cannot be false/],
    ["with a name of another form", { name: "-dev" }, /not valid/],
    ["as a role that is not there", { roleArn: "arn:aws:iam::111122223333:role/none" }, /roleArn: .* does not exist/],
  ])("is refused: one %s", async (_, change, told) => {
    await expect(make(change)).rejects.toThrow(told);
  });

  it("is refused in one zone, and where no control plane is placed", async () => {
    const inputs = await clusterInputs();
    const { vpc } = await network();
    const at = async (zone: string, third: number): Promise<string> =>
      (await rig.make(SUBNET, { vpcId: vpc.id, cidrBlock: `10.20.${String(third)}.0/24`, availabilityZoneId: zone }))
        .id;
    const within = (subnetIds: string[]): PropertyMap => ({
      ...inputs,
      vpcConfig: { subnetIds, endpointPrivateAccess: true },
    });
    await expect(rig.make(CLUSTER, within([await at("euc1-az1", 8), await at("euc1-az1", 9)]))).rejects.toThrow(
      /two different AZs/,
    );
    await expect(rig.make(CLUSTER, within([await at("use1-az3", 10), await at("use1-az1", 11)]))).rejects.toThrow(
      /UnsupportedAvailabilityZone/,
    );
  });

  it("has one of its name", async () => {
    const inputs = await clusterInputs();
    await rig.make(CLUSTER, inputs);
    await expect(rig.make(CLUSTER, inputs)).rejects.toThrow(/already exists/);
    await expect(rig.make(CLUSTER, { ...inputs, name: "acme-other" })).rejects.toThrow(
      /stands in for cluster acme-dev already/,
    );
  });

  it("goes up one minor at a time, and never down", async () => {
    const cluster = await make({ version: "1.34" });
    const to = async (version: string): Promise<Held> =>
      rig.update(CLUSTER, cluster, await rig.good(CLUSTER, { ...cluster.inputs, version }, cluster.inputs));
    await expect(to("1.36")).rejects.toThrow(/minor version update/);
    await expect(to("1.33")).rejects.toThrow(/minor version update/);
    expect((await to("1.35")).state["version"]).toBe("1.35");
  });

  it("is replaced for its range of Services, and not for its load balancers", async () => {
    const cluster = await make();
    const with_ = (change: PropertyMap): Promise<PropertyMap> =>
      rig.good(CLUSTER, {
        ...cluster.inputs,
        kubernetesNetworkConfig: {
          elasticLoadBalancing: { enabled: true },
          ipFamily: "ipv4",
          serviceIpv4Cidr: "172.20.0.0/20",
          ...change,
        },
      });
    expect((await rig.diff(CLUSTER, cluster, await with_({ serviceIpv4Cidr: "172.21.0.0/20" }))).replaces).toEqual([
      "kubernetesNetworkConfig",
    ]);
    expect((await rig.diff(CLUSTER, cluster, await with_({ serviceIpv6Cidr: "fd00::/108" }))).replaces).toEqual([]);
  });

  it("is kept by its protection and by its groups of nodes", async () => {
    const cluster = await make({ deletionProtection: true });
    await expect(rig.delete(CLUSTER, cluster)).rejects.toThrow(/deletion protection/);
    const open = await rig.update(CLUSTER, cluster, { ...cluster.inputs, deletionProtection: false });
    const group = await rig.make(GROUP, {
      clusterName: "acme-dev",
      nodeGroupName: "general",
      nodeRoleArn: "arn:aws:iam::111122223333:role/acme-dev-nodes",
      subnetIds: [],
      scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 1 },
    });
    await expect(rig.delete(CLUSTER, open)).rejects.toThrow(/DependencyViolation/);
    await rig.delete(GROUP, group);
    await rig.delete(CLUSTER, open);
    expect(await rig.read(CLUSTER, open)).toBeUndefined();
  });

  it("knows one provider of people", async () => {
    await make();
    const people = (name: string): PropertyMap => ({
      clusterName: "acme-dev",
      oidc: { identityProviderConfigName: name, issuerUrl: "https://login.example.com", clientId: "estate" },
    });
    await rig.make(PROVIDER, people("people"));
    await expect(rig.make(PROVIDER, people("others"))).rejects.toThrow(/at most 1/);
  });

  it("lets nobody be of Kubernetes' own groups", async () => {
    await make();
    const entry = {
      clusterName: "acme-dev",
      principalArn: "arn:aws:iam::111122223333:role/x",
      kubernetesGroups: ["system:masters"],
    };
    await expect(rig.make(ENTRY, entry)).rejects.toThrow(/system:/);
  });
});

describe("the login to a cluster", () => {
  const deployer = "arn:aws:iam::111122223333:role/acme-dev-deployer";
  const args = ["--region", "eu-central-1", "eks", "get-token", "--cluster-name", "acme-dev", "--role-arn", deployer];
  const ask = (): string => getToken(dir, args, new Date("2026-11-21T12:00:00Z"));

  it("is for whoever has an access entry with the administrator's policy, and nobody else", async () => {
    expect(ask).toThrow(/No cluster found/);
    await rig.make(CLUSTER, await clusterInputs());
    expect(ask).toThrow(/does not exist/);
    await role("acme-dev-deployer");
    expect(ask).toThrow(/Unauthorized/);
    const entry = { clusterName: "acme-dev", principalArn: deployer };
    const policy = { ...entry, policyArn: admin, accessScope: { type: "cluster" } };
    await expect(rig.make(POLICY, policy)).rejects.toThrow(/principalArn could not be found/);
    await rig.make(ENTRY, entry);
    expect(ask).toThrow(/Unauthorized/);
    await rig.make(POLICY, policy);
    expect(JSON.parse(ask())).toMatchObject({
      kind: "ExecCredential",
      apiVersion: "client.authentication.k8s.io/v1beta1",
      status: { token: "administrator", expirationTimestamp: "2026-11-21T12:14:00Z" },
    });
  });

  it("is all that the command knows", () => {
    expect(() => getToken(dir, ["s3", "ls"], new Date())).toThrow(/eks get-token/);
  });
});
