import { describe, expect, it } from "vitest";
import { builtin } from "../../features";
import type { KubernetesObject } from "../../model/kubernetes";
import { planEstate } from "../../plan/plan";
import { addresses, tenant } from "../support/fixtures";
import { eksSettings } from "../support/eks";

// What each feature of features/index.ts is owed for, as docs/features.md says it. `npm run feature-rows` takes each feature
// out of the list in turn, and finds that exactly its own rows fail here: so a row that another feature gives as well, or that
// nothing gives, is found.

const without = process.env["ESTATE_WITHOUT_FEATURE"];
const features = builtin.filter(({ key }) => key !== without);

const own = eksSettings({
  profiles: {
    standard: {
      quota: { "requests.cpu": "8", pods: "50" },
      network: { allowNamespaceTraffic: true, allowInternet: true },
    },
    pooled: { quota: { "requests.cpu": "8", pods: "50" }, nodePool: { cpu: "64" } },
  },
  products: {
    shop: { repository: "https://git.example.com/shop.git", path: "./kustomize", channels: { stable: "^2" } },
  },
});
const planned = planEstate({
  settings: own,
  tenants: [
    tenant("full", {
      applications: [
        { name: "web", imageUpdates: { range: "^1.x-0" } },
        { name: "shop", source: { kind: "product", product: "shop" } },
      ],
      notifications: [{ kind: "slack", channel: "full" }],
      connections: { to: [{ tenant: "pooled", ports: [8080] }] },
    }),
    tenant("pooled", { profile: "pooled" }),
    tenant("virtual", { isolation: "vcluster", reconciliation: { secretValues: ["database"] } }),
  ],
  features,
  addresses,
});

const tenantPlan = (name: string) => {
  const found = planned.tenants.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no tenant ${name}`);
  return found;
};

/** Objects of a tenant's home, by kind and name. */
const objects = (name: string, environment = "dev"): ReadonlyMap<string, KubernetesObject> => {
  const home = tenantPlan(name).homes.find((one) => one.environment === environment);
  return new Map(home?.objects.map((object) => [`${object.kind}/${object.metadata.name}`, object]));
};

const full = objects("full");

describe("the network feature", () => {
  it("F31: a namespace begins with a baseline that denies", () => {
    expect(full.get("NetworkPolicy/default-deny")?.spec).toMatchObject({ policyTypes: ["Ingress", "Egress"] });
  });
  it("F33: a flag opens what it names, and is off unless the profile says otherwise", () => {
    expect([...full.keys()].filter((key) => key.startsWith("NetworkPolicy/allow-")).sort()).toEqual([
      "NetworkPolicy/allow-dns",
      "NetworkPolicy/allow-internet",
      "NetworkPolicy/allow-namespace-traffic",
    ]);
  });
});

describe("the nodePool feature", () => {
  it("X1: a tenant has nodes of its own", () => {
    expect([...objects("pooled").keys()].filter((key) => key.startsWith("NodePool/"))).toHaveLength(1);
  });
});

describe("the connections feature", () => {
  it("X2: a way between two tenants is open where both say so", () => {
    expect(full.get("NetworkPolicy/connect-to")).toBeDefined();
  });
});

describe("the secrets feature", () => {
  it("F44: no secret is in Git; a store reads the home's own folder in Vault", () => {
    expect(full.get("SecretStore/vault")?.spec).toMatchObject({ provider: { vault: { path: "acme" } } });
    expect(tenantPlan("full").secretReaders.map(({ folders }) => folders)).toContainEqual(["full/dev"]);
  });
});

describe("the reconciliation feature", () => {
  const sync = (name: string) => objects(name).get("Kustomization/operations")?.spec;
  it("F22: the tenant's repository is synced as the tenant's own reconciler", () => {
    expect(full.get("GitRepository/operations")).toBeDefined();
    expect(sync("full")).toMatchObject({ serviceAccountName: "reconciler", prune: true });
  });
  it("F23: account and namespace are the platform's to say", () => {
    expect(sync("full")).toMatchObject({ serviceAccountName: "reconciler", targetNamespace: "full-dev" });
  });
  it("F66: a virtual cluster's tenant has its secrets inside, by delivery", () => {
    expect(objects("virtual").get("ExternalSecret/delivery-values")).toBeDefined();
  });
  it("F27: each tenant has a source, a sync and an account", () => {
    for (const name of ["full", "virtual"])
      for (const key of ["ServiceAccount/reconciler", "GitRepository/operations", "Kustomization/operations"])
        expect(objects(name).has(key), `${name} ${key}`).toBe(true);
  });
});

describe("the vcluster feature", () => {
  it("F65: a virtual cluster stands in the tenant's namespace", () => {
    expect(objects("virtual").get("HelmRelease/vcluster-virtual-dev")?.spec).toMatchObject({
      targetNamespace: "virtual-dev",
    });
  });
  it("F69: inside, the tenant is administrator, and none of what limits it is there", () => {
    const { values } = (objects("virtual").get("HelmRelease/vcluster-virtual-dev")?.spec ?? {}) as {
      values?: { experimental: { deploy: { vcluster: { manifests: string } } } };
    };
    const inside = values?.experimental.deploy.vcluster.manifests ?? "";
    expect(inside).toContain('"name": "virtual-owners"');
    expect(inside).not.toContain("ResourceQuota");
  });
});

describe("the applications feature", () => {
  it("F28: a product's manifests are read from its own repository", () => {
    expect(full.get("GitRepository/product-shop")?.spec).toMatchObject({ ref: { semver: "^2" } });
  });
  it("F36: the registry is scanned", () => {
    expect(full.get("ImageRepository/web")?.spec).toMatchObject({ image: "harbor.example.com/acme-full/web" });
  });
  it("F37: a tag is chosen by a range", () => {
    expect(full.get("ImagePolicy/web")?.spec).toMatchObject({ policy: { semver: { range: "^1.x-0" } } });
  });
  it("F39: what was chosen is committed, in dev only", () => {
    expect(full.get("ImageUpdateAutomation/operations")).toBeDefined();
    expect(objects("full", "prod").get("ImageUpdateAutomation/operations")).toBeUndefined();
  });
  it("F56: each application has a project", () => {
    expect(tenantPlan("full").repositories?.applications.map(({ name }) => name)).toContain("web");
  });
  it("F64: what runs is written in a repository for each environment, dev forked from prod", () => {
    expect(tenantPlan("full").repositories?.operations.map(({ environment, forkOf }) => [environment, forkOf])).toEqual(
      [
        ["prod", undefined],
        ["dev", "prod"],
      ],
    );
  });
});

describe("the registry feature", () => {
  it("F63: the pull credential comes from Vault as a Secret of its kind", () => {
    expect(tenantPlan("full").registry?.name).toBe("acme-full");
    expect(JSON.stringify(full.get("ExternalSecret/image-pull") ?? {})).toContain("kubernetes.io/dockerconfigjson");
  });
});

describe("the notifications feature", () => {
  it("F45: alerts go where the tenant looks", () => {
    expect(full.get("Provider/notify-slack")?.spec).toMatchObject({ type: "slack", channel: "full" });
    expect(full.get("Alert/notify-slack")).toBeDefined();
  });
});
