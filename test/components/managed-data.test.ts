import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import type { Settings } from "../../config/schema";
import type { ServiceSecrets } from "../../model/service-secrets";
import { handedOver, installingSettings, managedSettings } from "../support/control-plane";
import { eks, threeClusters } from "../support/eks";
import { access, plan, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

/** What is still handed over where AWS manages all data. */
const clients: ServiceSecrets = { gitlabClient: "handed-gitlab-client", harborClient: "handed-harbor-client" };

const raise = (own: Settings, secrets = clients): Promise<readonly Registration[]> =>
  record(() => new Estate("acme", { plan: plan([tenant("team-a")], own), access, secrets }, {}));

const signature = "4dabf18193072939515e22adb298388d";

describe("data that AWS manages", () => {
  let resources: readonly Registration[] = [];
  const byName = (name: string): Registration => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined)
      throw new Error(`no resource ${name}; there are ${resources.map((one) => one.name).join()}`);
    return found;
  };
  const inputs = (name: string): Record<string, unknown> => unwrap(byName(name).inputs) as Record<string, unknown>;
  const own = (): Registration[] =>
    resources.filter(({ type, name }) => type.startsWith("aws:") && name.startsWith("control-plane-data-"));

  beforeAll(async () => {
    resources = await raise(managedSettings({ protect: true }));
  });

  it("is made by the estate's provider of AWS, beside the control plane and no other cluster", () => {
    expect(own().length).toBeGreaterThan(60);
    for (const { provider, parent, name } of own()) {
      expect(provider, name).toContain("::aws-provider::");
      expect(parent, name).toContain("estate:index:ManagedData::control-plane-data");
    }
  });

  it("stands in the cluster's private subnets, and lets in its pods alone", () => {
    for (const [owner, kind, port] of [
      ["gitlab", "database", 5432],
      ["gitlab", "cache", 6379],
      ["harbor", "database", 5432],
      ["harbor", "cache", 6379],
    ] as const) {
      const name = `control-plane-data-${owner}-${kind}`;
      expect(inputs(`${name}-subnets`)["subnetIds"]).toEqual(
        ["euc1-az1", "euc1-az2", "euc1-az3"].map((zone) => `control-plane-network-private-${zone}-id`),
      );
      expect(inputs(`${name}-door`)["vpcId"]).toBe("control-plane-network-id");
      expect(inputs(`${name}-door-pods`)).toEqual({
        securityGroupId: `${name}-door-id`,
        referencedSecurityGroupId: "sg-pods",
        ipProtocol: "tcp",
        fromPort: port,
        toPort: port,
      });
    }
    const rules = own().filter(({ type }) => type.includes("securityGroupIngressRule"));
    expect(rules).toHaveLength(4);
  });

  it("is encrypted, out of everybody's sight, and kept by all means in a protected estate", () => {
    const name = "control-plane-data-gitlab-database";
    expect(inputs(name)).toMatchObject({
      identifier: "acme-gitlab",
      engine: "postgres",
      engineVersion: "17",
      dbName: "gitlab",
      username: "gitlab",
      storageEncrypted: true,
      kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/made",
      publiclyAccessible: false,
      multiAz: true,
      backupRetentionPeriod: 30,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "acme-gitlab-final",
      applyImmediately: false,
      autoMinorVersionUpgrade: true,
      vpcSecurityGroupIds: [`${name}-door-id`],
    });
    expect(inputs(name)).not.toHaveProperty("manageMasterUserPassword");
    expect(inputs(`${name}-parameters`)).toMatchObject({ parameters: [{ name: "rds.force_ssl", value: "1" }] });
    expect(inputs("control-plane-data-harbor-cache")).toMatchObject({
      replicationGroupId: "acme-harbor",
      engine: "valkey",
      engineVersion: "7.2",
      numCacheClusters: 2,
      automaticFailoverEnabled: true,
      transitEncryptionEnabled: true,
      transitEncryptionMode: "required",
      atRestEncryptionEnabled: true,
    });
    const guarded = own().filter(({ protect }) => protect);
    for (const type of ["rds/instance:", "elasticache/replicationGroup:", "s3/bucket:", "kms/key:"]) {
      const all = own().filter((each) => each.type.startsWith(`aws:${type}`));
      expect(all.length, type).toBeGreaterThan(0);
      for (const each of all) expect(guarded, each.name).toContain(each);
    }
  });

  it("goes with all that is in it where nothing is protected", async () => {
    const open = await raise(managedSettings());
    const of = (type: string) =>
      open
        .filter((each) => each.type === type && each.name.startsWith("control-plane-data-"))
        .map(({ inputs: all }) => all);
    for (const database of of("aws:rds/instance:Instance"))
      expect(database).toMatchObject({
        deletionProtection: false,
        skipFinalSnapshot: true,
        applyImmediately: true,
        backupRetentionPeriod: 7,
        multiAz: false,
      });
    const buckets = of("aws:s3/bucket:Bucket");
    expect(buckets).toHaveLength(11);
    for (const bucket of buckets) expect(bucket["forceDestroy"]).toBe(true);
    expect(of("aws:elasticache/replicationGroup:ReplicationGroup")[0]).toMatchObject({ numCacheClusters: 1 });
  });

  it("has buckets that nobody reaches from outside, and such as can be restored where nothing else could", () => {
    const buckets = own().filter(({ type }) => type === "aws:s3/bucket:Bucket");
    expect(buckets.map(({ inputs: given }) => given["bucket"]).sort()).toEqual(
      [
        ...["artifacts", "backups", "cisecurefiles", "dependencyproxy", "externaldiffs", "lfs", "packages"],
        ...["terraformstate", "tmp", "uploads"],
      ]
        .map((what) => `acme-111122223333-gitlab-${what}`)
        .concat("acme-111122223333-harbor-registry"),
    );
    for (const { name, inputs: given } of buckets) {
      expect(given["forceDestroy"], name).toBe(false);
      expect(inputs(`${name}-closed`), name).toMatchObject({ blockPublicAcls: true, restrictPublicBuckets: true });
      expect(String(inputs(`${name}-policy`)["policy"]), name).toContain('"aws:SecureTransport":"false"');
      expect(byName(`${name}-policy`).dependencies).toContain(byName(`${name}-closed`).urn);
      expect(JSON.stringify(inputs(`${name}-encryption`)), name).toContain("AES256");
    }
    const versioned = resources.filter(({ type }) => type === "aws:s3/bucketVersioning:BucketVersioning");
    expect(versioned.map(({ name }) => name)).not.toContain("control-plane-data-gitlab-tmp-versions");
    expect(versioned).toHaveLength(8);
  });

  it("is reached by a role that trusts exactly the ServiceAccounts that need it, by their own tokens", () => {
    expect(inputs("control-plane-data-tokens")).toEqual({
      url: "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789",
      clientIdLists: ["sts.amazonaws.com"],
    });
    const trust = (owner: string): unknown =>
      JSON.parse(String(inputs(`control-plane-data-${owner}-role`)["assumeRolePolicy"]));
    const host = "oidc.eks.eu-central-1.amazonaws.com/id/0123456789";
    const of = (...accounts: string[]) => ({
      Statement: [
        {
          Principal: { Federated: "arn:aws:iam::111122223333:oidc-provider/made" },
          Action: ["sts:AssumeRoleWithWebIdentity"],
          Condition: { StringEquals: { [`${host}:aud`]: "sts.amazonaws.com", [`${host}:sub`]: accounts } },
        },
      ],
    });
    expect(trust("harbor")).toMatchObject(of("system:serviceaccount:harbor:harbor-registry"));
    expect(trust("gitlab")).toMatchObject(
      of(...["sidekiq", "toolbox", "webservice"].map((part) => `system:serviceaccount:gitlab:gitlab-${part}`)),
    );
    const annotations = { "eks.amazonaws.com/role-arn": "arn:aws:iam::111122223333:role/acme-control-plane-harbor" };
    expect(inputs("control-plane/harbor/ServiceAccount/harbor-registry")["metadata"]).toMatchObject({ annotations });
    expect(inputs("control-plane-data-harbor-role")["name"]).toBe("acme-control-plane-harbor");
  });

  it("is told to the charts once AWS has chosen the hosts, beside what the plan says", () => {
    expect(inputs("control-plane/release/gitlab")["values"]).toMatchObject({
      global: {
        psql: { host: "made.rds.amazonaws.com", port: 5432, password: { useSecret: true, secret: "gitlab-postgres" } },
        redis: { host: "master.made.cache.amazonaws.com", scheme: "rediss" },
        appConfig: { artifacts: { bucket: "acme-111122223333-gitlab-artifacts" } },
        gatewayApi: { enabled: true },
      },
    });
    expect(inputs("control-plane/release/harbor")["values"]).toMatchObject({
      database: { type: "external", external: { host: "made.rds.amazonaws.com", sslmode: "require" } },
      redis: { external: { addr: "master.made.cache.amazonaws.com:6379", tlsOptions: { enable: true } } },
      persistence: { imageChartStorage: { s3: { bucket: "acme-111122223333-harbor-registry" } } },
    });
    const job = resources.find(({ name }) => name.includes("/Job/gitlab-extensions-"));
    expect(JSON.stringify(job?.inputs)).toContain('"PGHOST","valueFrom":{"secretKeyRef":{"key":"host"');
  });

  it("is there before the charts, with its ways in, its buckets and its rights; and goes after them", () => {
    for (const [release, owner, bucket] of [
      ["gitlab", "gitlab", "lfs"],
      ["harbor", "harbor", "registry"],
    ] as const) {
      const { dependencies } = byName(`control-plane/release/${release}`);
      for (const part of ["database-door-pods", "cache-door-pods", "role", "role-own", bucket, `${bucket}-policy`])
        expect(dependencies, part).toContain(byName(`control-plane-data-${owner}-${part}`).urn);
      for (const part of ["database", "cache"])
        expect(dependencies, part).toContain(byName(`control-plane-data-${owner}-${part}`).urn);
    }
    const job = resources.find(({ name }) => name.includes("/Job/gitlab-extensions-"));
    expect(job?.dependencies).toContain(byName("control-plane-data-gitlab-database-door-pods").urn);
  });

  it("has passwords that are secret wherever they go", () => {
    for (const owner of ["gitlab", "harbor"]) {
      const database = byName(`control-plane-data-${owner}-database`).inputs["password"];
      const cache = byName(`control-plane-data-${owner}-cache`).inputs["authToken"];
      for (const value of [database, cache]) expect(value).toHaveProperty(signature);
    }
    const clear = resources.filter(({ inputs: { password, authToken } }) => [password, authToken].includes("made"));
    expect(clear).toEqual([]);
  });
});

describe("data that is managed in part", () => {
  it("is made of what was asked for, and nothing else", async () => {
    const registry = {
      kind: "harbor",
      install: {
        postgres: { managed: { instanceClass: "db.m7g.large", storageGi: 100, multiAz: true } },
        redis: { host: "harbor.redis.example.com" },
        objects: { region: "eu-central-1", bucket: "acme-harbor" },
      },
    };
    const { gitlab } = installingSettings();
    const resources = await raise(managedSettings({ registry, gitlab }), handedOver);
    const made = resources.filter(
      ({ type, name }) => type.startsWith("aws:") && name.startsWith("control-plane-data-"),
    );
    expect(made.map(({ name }) => name.slice("control-plane-data-".length)).sort()).toEqual([
      ...["harbor-database", "harbor-database-door", "harbor-database-door-pods", "harbor-database-parameters"],
      ...["harbor-database-subnets", "key", "key-alias"],
    ]);
    expect(made.find(({ type }) => type === "aws:rds/instance:Instance")?.inputs).toMatchObject({
      instanceClass: "db.m7g.large",
      allocatedStorage: 100,
      maxAllocatedStorage: 400,
      multiAz: true,
    });
    const release = resources.find(({ name }) => name === "control-plane/release/harbor");
    expect(unwrap(release?.inputs["values"])).toMatchObject({
      database: { external: { host: "made.rds.amazonaws.com" } },
      redis: { external: { addr: "harbor.redis.example.com:6379" } },
    });
  });

  it("stands in the network that was brought along with the cluster", async () => {
    const vpc = { id: "vpc-0123456789abcdef0", private: ["subnet-00000001", "subnet-00000002"] };
    const plane = eks(10, { role: "control-plane", network: { cidr: "10.10.0.0/16", vpc } });
    const resources = await raise(managedSettings({ clusters: { ...threeClusters, "control-plane": plane } }));
    const inputs = (name: string) =>
      resources.find((each) => each.name === `control-plane-data-gitlab-${name}`)?.inputs;
    expect(inputs("database-subnets")).toMatchObject({ subnetIds: vpc.private });
    expect(inputs("cache-door")).toMatchObject({ vpcId: vpc.id });
  });

  it("is not there where none is asked for", async () => {
    const { gitlab, registry } = installingSettings();
    const resources = await raise(managedSettings({ gitlab, registry }), handedOver);
    expect(resources.filter(({ type }) => type === "estate:index:ManagedData")).toEqual([]);
  });
});
