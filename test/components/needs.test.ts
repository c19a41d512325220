import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { takeOver } from "../../components/foundation";
import type { Settings } from "../../config/schema";
import { eksKubeconfig } from "../../model/aws/kubeconfig";
import type { Tenant } from "../../tenants/schema";
import { eksSettings } from "../support/eks";
import { access, plan, tenant } from "../support/fixtures";
import { hasOutputs, record, unwrap, type Registration } from "../support/monitor";

const applications = [
  { name: "checkout", needs: [{ kind: "postgres" }, { kind: "bucket", name: "receipts" }, { kind: "bucket" }] },
  { name: "api", needs: [{ kind: "postgres", name: "orders" }] },
];
const team = (name: string, change: Record<string, unknown> = {}): Tenant => tenant(name, { applications, ...change });
const raise = (own: Settings, tenants: readonly Tenant[]): Promise<readonly Registration[]> =>
  record(() => new Estate("acme", { plan: plan(tenants, own), access }, {}));
const needsOf = (all: readonly Registration[]): Registration[] => all.filter(({ name }) => name.startsWith("needs/"));

const signature = "4dabf18193072939515e22adb298388d";

describe("what applications need", () => {
  let all: readonly Registration[] = [];
  const find = (name: string, type = ""): Registration => {
    const found = all.find((one) => one.name === name && one.type.includes(type));
    if (found === undefined)
      throw new Error(
        `no ${name}; there are ${needsOf(all)
          .map((one) => one.name)
          .join()}`,
      );
    return found;
  };
  const inputs = (name: string, type = ""): Record<string, unknown> =>
    unwrap(find(name, type).inputs) as Record<string, unknown>;

  beforeAll(async () => {
    all = await raise(eksSettings({ protect: true, vault: { address: "https://v.example.com" } }), [
      team("team-a"),
      team("team-ab"),
    ]);
  });

  it("is made below its tenant, by the estate's provider of AWS", () => {
    for (const { name, parent, provider } of needsOf(all)) {
      const owner = name.includes("/team-ab-") ? "team-ab" : "team-a";
      expect(parent, name).toMatch(new RegExp(`::tenant-${owner}$`));
      expect(provider, name).toMatch(name.endsWith("-password") ? /random-provider/ : /aws-provider/);
    }
  });

  it("stands once in each environment, under names that nobody else has", () => {
    const names = (type: string, field: string): unknown[] =>
      needsOf(all)
        .filter((one) => one.type === type)
        .map((one) => one.inputs[field]);
    const databases = names("aws:rds/instance:Instance", "identifier");
    const buckets = names("aws:s3/bucket:Bucket", "bucket");
    expect([databases.length, new Set(databases).size]).toEqual([8, 8]);
    expect([buckets.length, new Set(buckets).size]).toEqual([8, 8]);
    for (const one of databases) expect(one).toMatch(/^acme-need-[a-z0-9]{8}$/);
    for (const one of buckets) expect(one).toMatch(/^acme-111122223333-need-[a-z0-9]{8}$/);
  });

  it("is a database beside the home's own cluster, that its pods alone come to, encrypted and kept", () => {
    const name = "needs/dev/team-a-dev/checkout-postgres";
    expect(inputs(`${name}-door`)).toMatchObject({ vpcId: "dev-network-id" });
    expect(inputs(`${name}-door-pods`)).toMatchObject({
      referencedSecurityGroupId: "sg-pods",
      fromPort: 5432,
      toPort: 5432,
    });
    expect(inputs(name, "rds/instance:")).toMatchObject({
      engine: "postgres",
      dbName: "app",
      username: "app",
      instanceClass: "db.t4g.micro",
      allocatedStorage: 20,
      storageEncrypted: true,
      publiclyAccessible: false,
      multiAz: true,
      deletionProtection: true,
      skipFinalSnapshot: false,
    });
    expect(find(name, "rds/instance:").protect).toBe(true);
    expect(find(`${name}-password`).protect).toBe(true);
    expect(inputs("needs/prod/team-a-prod/checkout-postgres-door")).toMatchObject({ vpcId: "prod-network-id" });
  });

  it("is a bucket that one ServiceAccount's pods open, with all the application's buckets and no other's", () => {
    const role = find("needs/dev/team-a-dev/checkout-role", "iam/role:");
    const mine = ["checkout-receipts", "checkout-bucket"].map((secret) =>
      String(inputs(`needs/dev/team-a-dev/${secret}`, "s3/bucket:")["bucket"]),
    );
    expect(JSON.parse(String(role.inputs["assumeRolePolicy"]))).toMatchObject({
      Statement: [
        {
          Principal: { Service: "pods.eks.amazonaws.com" },
          Condition: {
            StringEquals: {
              "aws:RequestTag/kubernetes-namespace": "team-a-dev",
              "aws:RequestTag/kubernetes-service-account": "checkout",
            },
            ArnEquals: { "aws:SourceArn": "arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev" },
          },
        },
      ],
    });
    const policy = String(inputs("needs/dev/team-a-dev/checkout-role-own")["policy"]);
    const opened = [...policy.matchAll(/arn:aws:s3:::([a-z0-9-]+)(?:\/\*)?/g)].map(([, bucket]) => bucket);
    expect(new Set(opened)).toEqual(new Set(mine));
    expect(inputs("needs/dev/team-a-dev/checkout-identity")).toMatchObject({
      clusterName: "acme-dev",
      namespace: "team-a-dev",
      serviceAccount: "checkout",
    });
    expect(all.filter(({ name }) => name === "needs/dev/team-a-dev/api-identity")).toEqual([]);
    for (const bucket of ["checkout-receipts", "checkout-bucket"]) {
      const made = find(`needs/dev/team-a-dev/${bucket}`, "s3/bucket:");
      expect(made.protect).toBe(true);
      expect(made.inputs["forceDestroy"]).toBe(false);
      expect(inputs(`needs/dev/team-a-dev/${bucket}-closed`)).toMatchObject({ blockPublicPolicy: true });
    }
  });

  it("reaches the application as a Secret by way of Vault, and its password is in no input that is not secret", () => {
    const kept = all.filter(({ type, name }) => type === "vault:kv/secretV2:SecretV2" && name.includes("/needs/"));
    expect(
      kept
        .filter(({ name }) => name.includes("vault/team-a/"))
        .map(({ name }) => name)
        .sort(),
    ).toEqual(
      ["dev", "prod"].flatMap((environment) =>
        ["api-orders", "checkout-bucket", "checkout-postgres", "checkout-receipts"].map(
          (secret) => `vault/team-a/${environment}/needs/${environment}/${secret}`,
        ),
      ),
    );
    for (const { inputs: given } of kept) expect(given["dataJsonWo"]).toHaveProperty(signature);
    const values = (secret: string): unknown =>
      JSON.parse(String(inputs(`vault/team-a/dev/needs/dev/${secret}`)["dataJsonWo"]));
    expect(values("checkout-postgres")).toEqual({
      host: "made.rds.amazonaws.com",
      port: "5432",
      database: "app",
      username: "app",
      password: "made",
      sslmode: "require",
      uri: "postgresql://app:made@made.rds.amazonaws.com:5432/app?sslmode=require",
    });
    expect(values("checkout-receipts")).toEqual({
      bucket: inputs("needs/dev/team-a-dev/checkout-receipts", "s3/bucket:")["bucket"],
      region: "eu-central-1",
    });
    for (const one of needsOf(all).filter(({ type }) => type === "aws:rds/instance:Instance"))
      expect(one.inputs["password"]).toHaveProperty(signature);
  });

  it("is told to pods by ExternalSecrets of every key, and a way out to it alone", () => {
    const [planned] = plan([team("team-a")], eksSettings()).tenants;
    const objects = planned?.homes.find(({ environment }) => environment === "dev")?.objects ?? [];
    const secret = objects.find(
      ({ kind, metadata }) => kind === "ExternalSecret" && metadata.name === "checkout-postgres",
    );
    expect((secret?.spec as { readonly data: readonly unknown[] }).data).toEqual(
      ["host", "port", "database", "username", "password", "sslmode", "uri"].map((key) => ({
        secretKey: key,
        remoteRef: { key: "team-a/dev/needs/dev/checkout-postgres", property: key },
      })),
    );
    const rules = (application: string): unknown =>
      objects.find(({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === `needs-${application}`)?.spec;
    const database = { ports: [{ port: 5432, protocol: "TCP" }], to: [{ ipBlock: { cidr: "10.20.0.0/16" } }] };
    const agent = { ports: [{ port: 80, protocol: "TCP" }], to: [{ ipBlock: { cidr: "169.254.170.23/32" } }] };
    expect(rules("checkout")).toEqual({
      podSelector: { matchLabels: { "app.kubernetes.io/name": "checkout" } },
      policyTypes: ["Egress"],
      egress: [database, agent],
    });
    expect(rules("api")).toMatchObject({ egress: [database] });
  });
});

describe("through a tenant's life, what applications need", () => {
  const own = eksSettings();
  const state = (name: string): Promise<readonly Registration[]> =>
    raise(own, [team("team-a", { lifecycle: { state: name } })]);
  const kinds = (all: readonly Registration[]): string[] => [...new Set(needsOf(all).map(({ type }) => type))].sort();

  it("stays while it is suspended; on its way out data stays, and nobody opens it any more", async () => {
    const active = kinds(await raise(own, [team("team-a")]));
    expect(kinds(await state("suspended"))).toEqual(active);
    const leaving = await state("retiring");
    const gone = active.filter((type) => !kinds(leaving).includes(type));
    expect(gone).toEqual([
      "aws:eks/podIdentityAssociation:PodIdentityAssociation",
      "aws:iam/role:Role",
      "aws:iam/rolePolicy:RolePolicy",
    ]);
    expect(leaving.filter(({ name }) => /^vault\/.*needs/.test(name))).toEqual([]);
    const home = plan([team("team-a", { lifecycle: { state: "retiring" } })], own).tenants[0]?.homes[0];
    expect(home?.objects.filter(({ kind }) => kind === "ExternalSecret")).toEqual([]);
  });

  it("goes with the tenant, or with its line, where nothing is protected", async () => {
    expect(needsOf(await state("removed"))).toEqual([]);
    const without = await raise(own, [tenant("team-a", { applications: [{ name: "checkout" }] })]);
    expect(needsOf(without)).toEqual([]);
    const open = needsOf(await raise(own, [team("team-a")]));
    expect(open.filter(({ protect }) => protect)).toEqual([]);
    for (const { inputs } of open.filter(({ type }) => type === "aws:rds/instance:Instance"))
      expect(inputs).toMatchObject({ skipFinalSnapshot: true, deletionProtection: false });
  });

  it("is as large as its profile says", async () => {
    const profiles = {
      standard: { quota: { pods: "5" }, applications: { postgres: { instanceClass: "db.m7g.large", storageGi: 100 } } },
    };
    const all = await raise(eksSettings({ profiles }), [team("team-a")]);
    for (const { inputs } of needsOf(all).filter(({ type }) => type === "aws:rds/instance:Instance"))
      expect(inputs).toMatchObject({ instanceClass: "db.m7g.large", allocatedStorage: 100, maxAllocatedStorage: 400 });
  });
});

describe("in a stack of tenants, what applications need", () => {
  const names = ["control-plane", "dev", "prod"];
  const foundation = {
    secrets: { mount: "acme", pipelineMount: "acme-ci", authMounts: Object.fromEntries(names.map((n) => [n, n])) },
    repositories: { parentId: 77, pipelines: "p" },
    clusters: Object.fromEntries(names.map((name) => [name, "flux"])),
    kubeconfigs: Object.fromEntries(
      names.map((name) => [
        name,
        eksKubeconfig({
          region: "eu-central-1",
          name: `acme-${name}`,
          endpoint: `https://${name}.eks.amazonaws.com`,
          authority: "UEVN",
          role: `arn:aws:iam::111122223333:role/acme-${name}-deployer`,
        }),
      ]),
    ),
  };
  const grounds = Object.fromEntries(
    names.map((name) => [
      name,
      { vpc: `vpc-${name}`, subnets: [`subnet-${name}-1`, `subnet-${name}-2`], pods: `sg-${name}` },
    ]),
  );
  const taking = { platform: "dev", clusters: names, made: names, beside: ["dev", "prod"], managed: false };
  const handOver = (found: object): void =>
    hasOutputs("organization/project/dev", { foundation: found, receivers: "made" }, ["receivers"]);

  it("stands where the platform says, at the addresses that it has in one stack", async () => {
    handOver({ ...foundation, grounds });
    const own = eksSettings({ scope: "tenants", platform: "dev" });
    const all = await record(async () => {
      const given = await takeOver(taking);
      return new Estate("acme", { plan: plan([team("team-a")], own), access, foundation: given }, {});
    });
    const door = all.find(({ name }) => name === "needs/prod/team-a-prod/checkout-postgres-door");
    expect(door?.inputs).toMatchObject({ vpcId: "vpc-prod" });
    const urns = (of: readonly Registration[]): string[] =>
      needsOf(of)
        .map(({ urn }) => urn)
        .sort();
    expect(urns(all)).toEqual(urns(await raise(eksSettings(), [team("team-a")])));
  });

  it("stops with one line where the platform has not told yet where that is", async () => {
    handOver(foundation);
    let told = "";
    await record(() => takeOver(taking).catch((thrown: unknown) => (told = String(thrown))));
    expect(told).toContain("it lacks dev, prod; raise it first");
  });
});
