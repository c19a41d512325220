import { describe, expect, it } from "vitest";
import { actionsWithoutResource } from "../../model/aws/policies";
import { cidr } from "../../model/aws/cidr";
import { overlapping } from "../../model/aws/subnets";
import type { Statement } from "../../model/aws/policy";
import type { EksPlan } from "../../plan/aws/cluster";
import type { RolePlan } from "../../plan/aws/roles";
import type { EstatePlan } from "../../plan/plan";
import { plan, tenant } from "../support/fixtures";
import { eks, eksSettings, threeClusters } from "../support/eks";

const tenants = [tenant("team-a"), tenant("team-ab", { isolation: "vcluster" })];
const raise = (change: Record<string, unknown> = {}): EstatePlan => plan(tenants, eksSettings(change));

function eksOf(of: EstatePlan, name: string): EksPlan {
  const connection = of.clusters.find((cluster) => cluster.name === name)?.connection;
  if (connection?.kind !== "eks") throw new Error(`${name} is not on EKS`);
  return connection;
}

function rolesOf(own: EksPlan): RolePlan[] {
  const { compute, network } = own;
  return [
    own.clusterRole,
    own.nodeRole,
    own.deployer,
    ...own.identities.map(({ role }) => role),
    ...(compute.kind === "groups" ? compute.addons.flatMap(({ identity }) => identity?.role ?? []) : []),
    ...(network.kind === "made" && network.flowLog !== undefined ? [network.flowLog.role] : []),
  ];
}

const everything = {
  network: { cidr: "10.20.0.0/16", nat: "per-zone", endpoints: true, flowLogs: true },
  compute: { kind: "groups", groups: { general: { instanceTypes: ["m7i.large"], max: 6 } } },
  identities: {
    dns: { zones: ["Z1"] },
    certificates: { zones: ["Z1"], namespace: "certs" },
    secrets: { key: "arn:aws:kms:eu-central-1:111122223333:key/0" },
    unseal: { key: "arn:aws:kms:eu-central-1:111122223333:key/1" },
    backup: { bucket: "acme-backups" },
    logs: {},
  },
  oidc: { issuer: "https://login.example.com", clientId: "estate" },
  admins: ["arn:aws:iam::111122223333:role/admins"],
};

describe("a cluster on EKS", () => {
  const full = raise({ clusters: { ...threeClusters, dev: eks(20, everything) } });

  it("is planned with all that it stands on", () => {
    const own = eksOf(raise(), "dev");
    expect(own).toMatchObject({
      eksName: "acme-dev",
      arn: "arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev",
      services: "192.168.64.0/20",
      compute: { kind: "auto", nodePools: ["general-purpose", "system"] },
      endpoint: { public: false, allow: [] },
      deletionProtection: false,
      tags: { "estate:cluster": "dev" },
    });
    expect(own.clusterRole.managed).toHaveLength(5);
    expect(own.network).toMatchObject({
      kind: "made",
      gateways: [{ name: "nat-euc1-az1", subnet: "public-euc1-az1" }],
    });
  });

  it("has a way out from every private subnet, and none from those of the control plane", () => {
    const { network } = eksOf(full, "dev");
    if (network.kind !== "made") throw new Error("the network is made");
    for (const { name, kind } of network.subnets) {
      const table = network.routeTables.find(({ subnets }) => subnets.includes(name));
      expect(table, name).toBeDefined();
      expect(table?.to === undefined, name).toBe(kind === "intra");
    }
    expect(network.routeTables.filter(({ to }) => to?.startsWith("nat-")).map(({ to }) => to)).toEqual([
      "nat-euc1-az1",
      "nat-euc1-az2",
      "nat-euc1-az3",
    ]);
  });

  it("keeps its tables of routes when it gets a gateway for each zone", () => {
    const names = (nat: string): unknown => {
      const { network } = eksOf(
        raise({ clusters: { ...threeClusters, dev: eks(20, { network: { cidr: "10.20.0.0/16", nat } }) } }),
        "dev",
      );
      return network.kind === "made" && network.routeTables.map(({ name, subnets }) => [name, subnets]);
    };
    expect(names("one")).toEqual(names("per-zone"));
    expect(names("one")).toEqual(names("regional"));
  });

  it("has roles whose names fit and never meet", () => {
    const names = full.clusters.flatMap(({ name }) => rolesOf(eksOf(full, name)).map((role) => role.name));
    expect(names.filter((name) => name.length > 64)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThan(12);
  });

  it("gives rights to named actions on named resources alone", () => {
    const statements = full.clusters
      .flatMap(({ name }) => rolesOf(eksOf(full, name)))
      .flatMap(({ policy, trust }): readonly Statement[] => [...(policy?.Statement ?? []), ...trust.Statement]);
    expect(statements.length).toBeGreaterThan(20);
    for (const { Action, Resource } of statements) {
      for (const action of Action) expect(action).toMatch(/^[a-z0-9]+:[A-Za-z]+$/);
      if (Resource?.includes("*") === true)
        expect(Action.every((action) => Object.hasOwn(actionsWithoutResource, action))).toBe(true);
    }
  });

  it("lets the deployer be nobody but those whom the settings name", () => {
    expect(eksOf(full, "dev").deployer.trust.Statement).toEqual([
      expect.objectContaining({ Principal: { AWS: ["arn:aws:iam::111122223333:role/estate-ci"] } }),
    ]);
    expect(eksOf(full, "dev").deployer.policy).toBeUndefined();
  });

  it("gives each workload's role to its ServiceAccount on that cluster", () => {
    const { identities } = eksOf(full, "dev");
    expect(identities.map(({ purpose, namespace, serviceAccount }) => [purpose, namespace, serviceAccount])).toEqual([
      ["backup", "velero", "velero-server"],
      ["certificates", "certs", "cert-manager"],
      ["dns", "external-dns", "external-dns"],
      ["logs", "fluent-bit", "fluent-bit"],
      ["secrets", "external-secrets", "external-secrets"],
      ["unseal", "vault", "vault"],
    ]);
    for (const { namespace, role } of identities)
      expect(JSON.stringify(role.trust)).toContain(`"aws:RequestTag/kubernetes-namespace":"${namespace}"`);
  });

  it("has a class of encrypted disks, by the driver of its compute", () => {
    const disks = (name: string): unknown =>
      full.clusters
        .find((cluster) => cluster.name === name)
        ?.platform.objects.find(({ kind }) => kind === "StorageClass");
    expect(disks("dev")).toMatchObject({ provisioner: "ebs.csi.aws.com", parameters: { encrypted: "true" } });
    expect(disks("prod")).toMatchObject({ provisioner: "ebs.csi.eks.amazonaws.com" });
  });

  it("may stand beside one that was brought along", () => {
    const mixed = raise({ clusters: { ...threeClusters, dev: { role: "workload", kind: "existing" } } });
    expect(mixed.clusters.map(({ connection }) => connection.kind)).toEqual(["eks", "existing", "eks"]);
    expect(mixed.aws?.account).toBe("111122223333");
  });

  it("is in a network that is there, where the settings name one", () => {
    const vpc = { id: "vpc-0123456789abcdef0", private: ["subnet-00000001", "subnet-00000002"] };
    const { network } = eksOf(
      raise({ clusters: { ...threeClusters, dev: eks(20, { network: { cidr: "10.20.0.0/16", vpc } }) } }),
      "dev",
    );
    expect(network).toEqual({ kind: "brought", vpc: vpc.id, nodes: vpc.private, controlPlane: vpc.private });
  });

  it("is protected as the estate is, unless it says otherwise", () => {
    expect(eksOf(raise({ protect: true }), "dev").deletionProtection).toBe(true);
    const own = { ...threeClusters, dev: eks(20, { deletionProtection: false }) };
    expect(eksOf(raise({ protect: true, clusters: own }), "dev").deletionProtection).toBe(false);
  });
});

describe("from blue to green", () => {
  const environments = (...clusters: string[]): Record<string, unknown> => ({
    dev: { clusters: ["dev"] },
    prod: { clusters, promotesFrom: "dev", promotion: "merge-request" },
  });
  const green = eks(40, { ring: 1, version: "1.36" });
  const steps = {
    blue: raise({ environments: environments("prod") }),
    // First a cluster that holds nothing, so that it can be looked at; then the environment is on both.
    beside: raise({ clusters: { ...threeClusters, green }, environments: environments("prod") }),
    both: raise({ clusters: { ...threeClusters, green }, environments: environments("prod", "green") }),
    // Off the old one; then that goes.
    off: raise({ clusters: { ...threeClusters, green }, environments: environments("green") }),
    green: raise({
      clusters: { "control-plane": threeClusters["control-plane"], dev: threeClusters.dev, green },
      environments: environments("green"),
    }),
  };
  const cluster = (of: EstatePlan, name: string): unknown => of.clusters.find((each) => each.name === name)?.connection;
  const platform = (of: EstatePlan, name: string): unknown =>
    of.clusters.find((each) => each.name === name)?.platform.objects;
  const homes = (of: EstatePlan): string[] =>
    of.tenants.flatMap((each) => each.homes.map((home) => `${home.cluster}/${home.namespace.metadata.name}`)).sort();

  it("no step changes a cluster that is in it before and after", () => {
    const order = [steps.blue, steps.beside, steps.both, steps.off, steps.green];
    for (const [index, after] of order.entries()) {
      const before = order[index - 1];
      for (const { name } of after.clusters.filter((each) =>
        before?.clusters.some((other) => other.name === each.name),
      )) {
        expect(cluster(after, name), name).toEqual(before === undefined ? undefined : cluster(before, name));
        expect(platform(after, name), name).toEqual(before === undefined ? undefined : platform(before, name));
      }
    }
  });

  it("homes come to the new one before they leave the old", () => {
    const prod = (of: EstatePlan): string[] => homes(of).filter((home) => home.endsWith("-prod"));
    expect(prod(steps.blue)).toEqual(["prod/team-a-prod", "prod/team-ab-prod"]);
    expect(prod(steps.beside)).toEqual(prod(steps.blue));
    expect(prod(steps.both)).toEqual(["green/team-a-prod", "green/team-ab-prod", ...prod(steps.blue)]);
    expect(prod(steps.off)).toEqual(["green/team-a-prod", "green/team-ab-prod"]);
    expect(prod(steps.green)).toEqual(prod(steps.off));
    expect(homes(steps.green).filter((home) => home.endsWith("-dev"))).toEqual(
      homes(steps.blue).filter((home) => home.endsWith("-dev")),
    );
  });

  it("a tenant's secrets are readable from the new one under a login of its own", () => {
    const readers = steps.both.tenants.flatMap(({ secretReaders }) =>
      secretReaders.map((reader) => JSON.stringify(reader)),
    );
    expect(new Set(readers).size).toBe(readers.length);
    expect(steps.both.clusters.map(({ authMount }) => authMount)).toContain("acme-green");
  });

  it("both have addresses and names of their own", () => {
    const own = steps.both.clusters.map(({ name }) => eksOf(steps.both, name));
    const blocks = own.flatMap(({ network, services }) => [
      services,
      ...(network.kind === "made" ? [network.cidr] : []),
    ]);
    expect(overlapping(blocks.map((each) => ({ what: each, block: cidr(each) })))).toEqual([]);
    expect(new Set(own.map(({ arn }) => arn)).size).toBe(4);
  });
});
