import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { assertInvariants } from "../../plan/invariants";
import type { EstatePlan } from "../../plan/plan";
import type { TenantPlan } from "../../plan/tenant";
import { plan, settings, tenant } from "../support/fixtures";

const products = {
  shop: {
    repository: "https://git.example.com/shop.git",
    path: "kustomize",
    channels: { stable: "^2", next: "^3-0" },
    private: true,
  },
  site: { repository: "https://git.example.com/site.git", path: ".", channels: { stable: "^1" } },
};
const product = (name: string, of: string, channel = "stable") => ({
  name,
  source: { kind: "product", product: of, channel },
});
const under = (change: Record<string, unknown> = {}) => settings({ gitops: { kind: "argocd" }, products, ...change });
const applications = [
  { name: "web", imageUpdates: { range: "^1.x-0" } },
  { name: "api", imageUpdates: { range: ">=1.2.0 <2.0.0 || ^3" } },
  { name: "old" },
];
const planned = (change: Record<string, unknown> = {}, own = under()): TenantPlan => {
  const found = plan([tenant("team-a", { applications, ...change }), tenant("team-ab")], own).tenants[0];
  if (found === undefined) throw new Error("no plan of team-a");
  return found;
};
const all = ({ central }: TenantPlan): KubernetesObject[] => [
  ...(central?.objects ?? []),
  ...(central?.deliveries ?? []),
];
const named = (one: TenantPlan, kind: string, name: string): KubernetesObject => {
  const found = all(one).find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const updaters = (one: TenantPlan): string[] =>
  all(one)
    .filter(({ kind }) => kind === "ImageUpdater")
    .map(({ metadata }) => metadata.name);

describe("Image Updater", () => {
  const plane = plan([], under()).clusters.find(({ role }) => role === "control-plane")?.platform;

  it("is installed beside Argo CD with rights of ours, and no login of its own to any registry", () => {
    const release = plane?.releases.find(({ name }) => name === "argocd-image-updater");
    expect(release).toMatchObject({
      namespace: "argocd",
      chart: "argocd-image-updater",
      values: {
        createClusterRoles: false,
        rbac: { enabled: false },
        serviceAccount: { create: true, name: "argocd-image-updater" },
        config: { registries: [{ prefix: "harbor.example.com", api_url: "https://harbor.example.com" }] },
      },
    });
    expect(JSON.stringify(release?.values)).not.toContain("credentials");
    const { clusters } = plan([], under());
    expect(
      clusters.filter(({ platform }) => platform.releases.some(({ name }) => name === release?.name)),
    ).toHaveLength(1);
  });

  it("writes no Application and reads no Secret, but where a home says so", () => {
    const role = plane?.objects.find(
      ({ kind, metadata }) => kind === "Role" && metadata.name === "argocd-image-updater",
    );
    const rules = role?.["rules"] as unknown as { resources: string[]; verbs: string[] }[];
    expect(role?.metadata.namespace).toBe("argocd");
    expect(rules.flatMap(({ resources }) => resources).filter((one) => /secrets|\*/.test(one))).toEqual([]);
    expect(rules.find(({ resources }) => resources.includes("applications"))?.verbs).toEqual(["get", "list", "watch"]);
  });

  it("commits to the file that promotion carries, by the login of that repository alone", () => {
    const one = planned();
    expect(updaters(one)).toEqual(["team-a-dev"]);
    const { writeBackConfig, applicationRefs } = named(one, "ImageUpdater", "team-a-dev")["spec"] as unknown as {
      writeBackConfig: unknown;
      applicationRefs: { namePattern: string; images: Record<string, unknown>[] }[];
    };
    expect(writeBackConfig).toEqual({
      method: "git:secret:argocd/repository-team-a-dev",
      gitConfig: { branch: "main", writeBackTarget: "kustomization:/images" },
    });
    expect(applicationRefs.map(({ namePattern }) => namePattern)).toEqual(["team-a-dev.dev"]);
    const settings = {
      updateStrategy: "semver",
      forceUpdate: true,
      pullSecret: "pullsecret:argocd/images-team-a-dev",
    };
    expect(applicationRefs[0]?.images).toEqual([
      { alias: "web", imageName: "harbor.example.com/acme-team-a/web:^1.x-0", commonUpdateSettings: settings },
      {
        alias: "api",
        imageName: "harbor.example.com/acme-team-a/api:>=1.2.0 <2.0.0 || ^3",
        commonUpdateSettings: settings,
      },
    ]);
    const pull = named(one, "ExternalSecret", "images-team-a-dev")["spec"] as unknown as {
      data: unknown;
      target: { template: unknown };
    };
    expect(pull.data).toEqual([
      { secretKey: ".dockerconfigjson", remoteRef: { key: "team-a/dev/delivery", property: "dockerconfigjson" } },
    ]);
    expect(pull.target.template).toEqual({ type: "kubernetes.io/dockerconfigjson" });
  });

  it("is given these two Secrets by name, and may do nothing with them but read", () => {
    expect(named(planned(), "Role", "images-team-a-dev")["rules"]).toEqual([
      {
        apiGroups: [""],
        resources: ["secrets"],
        resourceNames: ["images-team-a-dev", "repository-team-a-dev"],
        verbs: ["get"],
      },
    ]);
    expect(named(planned(), "RoleBinding", "images-team-a-dev")).toMatchObject({
      roleRef: { kind: "Role", name: "images-team-a-dev" },
      subjects: [{ kind: "ServiceAccount", name: "argocd-image-updater", namespace: "argocd" }],
    });
  });

  it("works on one Application of an environment on several clusters, as they have one repository", () => {
    const one = planned({}, under({ environments: { dev: { clusters: ["dev", "prod"] } } }));
    const { applicationRefs } = named(one, "ImageUpdater", "team-a-dev")["spec"] as unknown as {
      applicationRefs: { namePattern: string }[];
    };
    expect(applicationRefs.map(({ namePattern }) => namePattern)).toEqual(["team-a-dev.dev"]);
  });

  it.each([
    ["a suspended tenant", { lifecycle: { state: "suspended" } }],
    ["a retiring one", { lifecycle: { state: "retiring" } }],
    ["one that wants none", { applications: [{ name: "web" }] }],
    ["a gated environment alone", { environments: ["prod"] }],
  ])("has nothing of %s", (_what, change) => {
    const one = planned(change);
    expect(updaters(one)).toEqual([]);
    expect(all(one).filter(({ metadata }) => metadata.name.startsWith("images-"))).toEqual([]);
  });

  it.each([
    ["names another tenant's Secret", ["images-team-a-dev", "repository-team-ab-dev"]],
    ["names none, and so opens all", undefined],
  ])("stops the plan where a Role of a home %s", (_what, resourceNames) => {
    const whole = plan([tenant("team-a", { applications }), tenant("team-ab")], under());
    expect(() => assertInvariants(whole)).not.toThrow();
    const copy = structuredClone<EstatePlan>(whole);
    const role = copy.tenants[0]?.central?.objects.find(({ kind }) => kind === "Role");
    const [rule] = role?.["rules"] as unknown as { resourceNames?: string[] | undefined }[];
    Object.assign(rule ?? {}, { resourceNames });
    expect(() => assertInvariants(copy)).toThrow(
      "argocd/Role/images-team-a-dev opens secrets that are not tenant team-a's",
    );
  });
});

describe("a private product", () => {
  const shops = [product("shop", "shop"), product("beta", "shop", "next"), product("site", "site")];

  it("is read by a login of the product's folder in Vault, in the tenant's project alone, once for all its applications", () => {
    const one = planned({ applications: shops });
    for (const environment of ["dev", "prod"]) {
      const home = `team-a-${environment}`;
      const secrets = all(one).filter(
        ({ kind, metadata }) => kind === "ExternalSecret" && metadata.name.startsWith(`repository-${home}.`),
      );
      expect(secrets.map(({ metadata }) => metadata.name)).toEqual([`repository-${home}.product.shop`]);
      const { target, data } = secrets[0]?.["spec"] as unknown as {
        target: { template: { metadata: { labels: Record<string, string> }; data: Record<string, string> } };
        data: { remoteRef: { key: string } }[];
      };
      expect(target.template.metadata.labels["argocd.argoproj.io/secret-type"]).toBe("repository");
      expect(target.template.data).toMatchObject({ type: "git", url: products.shop.repository, project: home });
      expect(new Set(data.map(({ remoteRef }) => remoteRef.key))).toEqual(
        new Set(["platform/products/shop/repository"]),
      );
      expect(
        one.secretReaders.find(({ cluster, name }) => cluster === "control-plane" && name === home)?.folders,
      ).toEqual([`team-a/${environment}`, "platform/products/shop"]);
    }
  });

  it("is not opened in the tenant's own namespaces, where its people could read the login", () => {
    const readers = planned({ applications: shops }).secretReaders.filter(({ cluster }) => cluster !== "control-plane");
    expect(readers.map(({ folders }) => folders)).toEqual([["team-a/dev"], ["team-a/prod"]]);
    const flux = planned({ applications: shops }, settings({ products }));
    expect(flux.secretReaders.map(({ folders }) => folders)).toEqual([
      ["team-a/dev", "platform/products/shop"],
      ["team-a/prod", "platform/products/shop"],
    ]);
  });

  it("takes its login away with the tenant", () => {
    const one = planned({ applications: shops, lifecycle: { state: "retiring" } });
    expect(all(one).filter(({ kind }) => kind === "ExternalSecret")).toEqual([]);
    expect(one.secretReaders).toEqual([]);
  });
});
