import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import type { Settings } from "../../config/schema";
import { access, plan, settings, tenant } from "../support/fixtures";
import { eks, eksSettings, threeClusters } from "../support/eks";
import { record, unwrap, type Registration } from "../support/monitor";

const raise = (own: Settings): Promise<readonly Registration[]> =>
  record(() => new Estate("acme", { plan: plan([tenant("team-a")], own), access }, {}));

function finder(resources: readonly Registration[]): (name: string) => Registration {
  return (name) => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined)
      throw new Error(`no resource ${name}; there are ${resources.map((resource) => resource.name).join(", ")}`);
    return found;
  };
}

const inputsOf = (resource: Registration): Record<string, unknown> =>
  unwrap(resource.inputs) as Record<string, unknown>;

// First in its file: what is loaded once stays loaded.
describe("an estate without a cluster on AWS", () => {
  it("loads nothing of its SDK, and makes no provider of it", async () => {
    const resources = await raise(settings());
    expect(resources.filter(({ type }) => type.includes("aws"))).toEqual([]);
    const loaded = Object.keys(createRequire(__filename).cache).filter((file) => file.includes("/@pulumi/aws/"));
    expect(loaded).toEqual([]);
  });
});

describe("clusters on EKS", () => {
  let resources: readonly Registration[] = [];
  let byName: (name: string) => Registration;
  beforeAll(async () => {
    const change = {
      protect: true,
      clusters: {
        ...threeClusters,
        dev: eks(20, {
          admins: ["arn:aws:iam::111122223333:role/admins"],
          identities: { dns: { zones: ["Z1"] } },
          oidc: { issuer: "https://login.example.com", clientId: "estate" },
        }),
      },
    };
    resources = await raise(eksSettings(change));
    byName = finder(resources);
  });

  it("are all made by one provider, in the settings' account", () => {
    const providers = resources.filter(({ type }) => type === "pulumi:providers:aws");
    expect(providers.map(({ name }) => name)).toEqual(["aws-provider"]);
    const inputs = inputsOf(byName("aws-provider"));
    expect(inputs).toMatchObject({ region: "eu-central-1", allowedAccountIds: '["111122223333"]' });
    expect(inputs["skipCredentialsValidation"]).toBe("false");
    for (const { type, provider, name } of resources.filter((each) => each.type.startsWith("aws:")))
      expect(provider, `${type} ${name}`).toContain("::aws-provider::");
  });

  it("come up with the flags that can never be changed, and forget those", () => {
    const cluster = byName("dev-cluster");
    expect(inputsOf(cluster)).toMatchObject({
      name: "acme-dev",
      version: "1.35",
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      computeConfig: { enabled: true, nodePools: ["general-purpose", "system"] },
      kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true }, serviceIpv4Cidr: "192.168.64.0/20" },
      storageConfig: { blockStorage: { enabled: true } },
      vpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false },
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: true,
      tags: { "estate:cluster": "dev" },
    });
    expect(cluster.ignoreChanges).toEqual([
      "bootstrapSelfManagedAddons",
      "accessConfig.bootstrapClusterCreatorAdminPermissions",
    ]);
    expect(cluster.protect).toBe(true);
    expect(byName("dev-secrets").protect).toBe(true);
  });

  it("come after their rights, logs, key and ways out, and go before them", () => {
    const { dependencies } = byName("dev-cluster");
    for (const name of [
      "dev-logs",
      "dev-secrets",
      "dev-role-AmazonEKSClusterPolicy",
      "dev-role-AmazonEKSComputePolicy",
      "dev-nodes-AmazonEKSWorkerNodeMinimalPolicy",
      "dev-network-private-euc1-az1-out",
      "dev-network-public-out",
      "dev-network-intra-euc1-az1",
    ])
      expect(dependencies, name).toContain(byName(name).urn);
  });

  it("let the deployer in before any object of theirs", () => {
    const provider = byName("dev-provider");
    expect(provider.dependencies).toContain(byName("dev-admin-deployer").urn);
    expect(byName("dev-admin-deployer").dependencies).toContain(byName("dev-access-deployer").urn);
    expect(inputsOf(byName("dev-access-111122223333:role/admins"))["principalArn"]).toBe(
      "arn:aws:iam::111122223333:role/admins",
    );
  });

  it("are spoken to by a login that is made anew each time: no token in the state", () => {
    const { kubeconfig, clusterIdentifier } = inputsOf(byName("dev-provider"));
    expect(clusterIdentifier).toBe("arn:aws:eks:eu-central-1:111122223333:cluster/acme-dev");
    const { users, clusters } = JSON.parse(String(kubeconfig)) as {
      users: { user: Record<string, unknown> }[];
      clusters: unknown;
    };
    expect(Object.keys(users[0]?.user ?? {})).toEqual(["exec"]);
    expect(users[0]?.user["exec"]).toMatchObject({
      command: "aws",
      args: [
        "--region",
        "eu-central-1",
        "eks",
        "get-token",
        "--cluster-name",
        "acme-dev",
        "--output",
        "json",
        "--role-arn",
        expect.stringContaining(":role/"),
      ],
    });
    expect(JSON.stringify(clusters)).toContain("gr7.eu-central-1.eks.amazonaws.com");
  });

  it("sign tokens that Vault checks by EKS' own keys", () => {
    expect(inputsOf(byName("vault-tokens-dev"))).toMatchObject({
      jwksUrl: "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789/keys",
      boundIssuer: "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789",
    });
  });

  it("give workloads and people who they are", () => {
    expect(inputsOf(byName("dev-identity-dns"))).toMatchObject({
      namespace: "external-dns",
      serviceAccount: "external-dns",
    });
    expect(inputsOf(byName("dev-people"))).toMatchObject({ oidc: { issuerUrl: "https://login.example.com" } });
  });
});

describe("groups of nodes", () => {
  it("come after what makes nodes ready, and before what runs on them; pods cannot ask for the node's rights", async () => {
    const compute = { kind: "groups", groups: { general: { instanceTypes: ["m7i.large"], max: 6, arm: true } } };
    const resources = await raise(eksSettings({ clusters: { ...threeClusters, dev: eks(20, { compute }) } }));
    const byName = finder(resources);
    const group = byName("dev-group-general");
    expect(group.dependencies).toContain(byName("dev-addon-vpc-cni").urn);
    expect(group.ignoreChanges).toEqual(["scalingConfig.desiredSize"]);
    expect(inputsOf(group)).toMatchObject({ amiType: "AL2023_ARM_64_STANDARD", launchTemplate: { version: "1" } });
    expect(byName("dev-addon-coredns").dependencies).toContain(group.urn);
    expect(byName("dev-provider").dependencies).toContain(group.urn);
    expect(inputsOf(byName("dev-template-general"))["metadataOptions"]).toEqual({
      httpEndpoint: "enabled",
      httpTokens: "required",
      httpPutResponseHopLimit: 1,
    });
    expect(inputsOf(byName("dev-cluster"))).toMatchObject({
      computeConfig: { enabled: false },
      storageConfig: { blockStorage: { enabled: false } },
    });
  });
});
