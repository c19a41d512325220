import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import { checkSettings } from "../../config/check-settings";
import { formatProblem } from "../../model/problem";
import type { KubernetesObject } from "../../model/kubernetes";
import type { EstatePlan } from "../../plan/plan";
import type { TenantPlan } from "../../plan/tenant";
import { homeObjects } from "../../plan/invariants";
import { deliveries } from "../support/deliveries";
import { eksSettings } from "../support/eks";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

const products = {
  shop: {
    repository: "https://git.example.com/shop.git",
    path: "kustomize",
    channels: { stable: "^2" },
    private: true,
  },
};
const environments = {
  dev: { clusters: ["dev"] },
  prod: { clusters: ["prod", "dev"], promotesFrom: "dev", promotion: "merge-request" },
};
const under = (gitops: Record<string, unknown> = {}, change: Record<string, unknown> = {}) =>
  settings({ gitops: { kind: "flux", topology: "hub", ...gitops }, products, environments, ...change });
const everything = {
  applications: [
    { name: "web", imageUpdates: { range: "^1.x-0" } },
    { name: "shop", source: { kind: "product", product: "shop" } },
  ],
  notifications: [{ kind: "slack" }],
  reconciliation: { secretValues: ["database"] },
};
const planned = (change: Record<string, unknown> = everything): EstatePlan =>
  plan([tenant("team-a", change), tenant("team-ab")], under());
const of = (estate: EstatePlan, name = "team-a"): TenantPlan => {
  const found = estate.tenants.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no tenant ${name}`);
  return found;
};
const at = ({ kind, metadata }: KubernetesObject): string => `${metadata.namespace ?? ""}/${kind}/${metadata.name}`;
const spec = (object: KubernetesObject | undefined) => object?.["spec"] as Record<string, unknown>;
const fluxKinds = /\.toolkit\.fluxcd\.io\//;

describe("Flux as a hub", () => {
  it("runs on the control plane, and on the others is a role that acts as a home's reconciler and reads nothing", () => {
    const on = (name: string) => planned().clusters.find((cluster) => cluster.name === name)?.platform;
    expect(on("control-plane")?.gitops?.instance).toMatchObject({
      kind: "FluxInstance",
      spec: { cluster: { multitenant: true, objectLevelWorkloadIdentity: true, multitenantWorkloadIdentity: true } },
    });
    for (const name of ["dev", "prod"]) {
      expect(on(name)?.gitops).toBeUndefined();
      const role = on(name)?.objects.find(({ metadata }) => metadata.name === "tenant-gitops");
      expect(role?.["rules"]).toEqual([
        { apiGroups: [""], resources: ["serviceaccounts"], resourceNames: ["reconciler"], verbs: ["impersonate"] },
      ]);
      expect(JSON.stringify(on(name))).not.toContain("platform-reconciler");
    }
  });

  it.each(["per-cluster", "hub"])("calls no Kustomization longer than a label's value: topology %s", (topology) => {
    const names = (one: string, other: string): string[] => {
      const applications = [one, other].map((name) => ({ name, source: { kind: "product", product: "shop" } }));
      const { tenants } = plan([tenant("team-a", { applications })], under({ topology }));
      return tenants
        .flatMap(homeObjects)
        .map(({ object }) => object)
        .filter(({ kind, metadata }) => kind === "Kustomization" && metadata.name.startsWith("product-"))
        .map(at);
    };
    const long = "a-service-whose-name-is-as-long-as-anybody-would-ever-call-one";
    const found = names(`${long}-1`, `${long}-2`);
    expect(new Set(found).size).toBe(new Set(names("a", "b")).size);
    for (const name of found) expect(name.split("/")[2]?.length).toBeLessThanOrEqual(63);
  });

  it("has all of a tenant's delivery on the hub, in a namespace of the home's name, and nothing of it beside the homes", () => {
    const { central, homes } = of(planned());
    expect(central?.cluster).toBe("control-plane");
    expect(central?.namespaces?.map(({ metadata }) => metadata.name)).toEqual(["team-a-dev", "team-a-prod"]);
    expect(central?.deliveries.map(at)).toEqual([
      "team-a-dev/Kustomization/operations.dev",
      "team-a-dev/Kustomization/product-shop.dev",
      "team-a-prod/Kustomization/operations.dev",
      "team-a-prod/Kustomization/product-shop.dev",
      "team-a-prod/Kustomization/operations.prod",
      "team-a-prod/Kustomization/product-shop.prod",
    ]);
    // An environment on two clusters has one of each source, alert and receiver.
    const inProd = central?.objects.filter(({ metadata }) => metadata.namespace === "team-a-prod").map(at);
    expect(new Set(inProd).size).toBe(inProd?.length);
    for (const one of [
      "GitRepository/operations",
      "GitRepository/product-shop",
      "Receiver/operations",
      "Alert/notify-slack",
    ])
      expect(inProd).toContain(`team-a-prod/${one}`);
    expect(central?.objects.map(at)).toContain("team-a-dev/ImageUpdateAutomation/operations");
    expect(central?.objects.map(at)).toContain("team-a-dev/ExternalSecret/image-pull");
    for (const { objects } of homes) {
      expect(objects.filter(({ apiVersion }) => fluxKinds.test(apiVersion)).map(at)).toEqual([]);
      expect(objects.map(({ metadata }) => metadata.name)).not.toContain("git-credentials");
    }
  });

  it("gives nobody a right on the hub, and room for no pod", () => {
    const objects = of(planned()).central?.objects ?? [];
    expect(objects.filter(({ apiVersion }) => apiVersion.startsWith("rbac.")).map(at)).toEqual([]);
    expect(spec(objects.find(({ kind }) => kind === "ResourceQuota"))).toMatchObject({ hard: { pods: "0" } });
    for (const account of objects.filter(({ kind }) => kind === "ServiceAccount"))
      expect(account["automountServiceAccountToken"]).toBe(false);
  });

  it("has each home log in as itself, by a token for one cluster, and stores none", () => {
    const { central, homes } = of(planned());
    expect(central?.addresses?.map(({ cluster, object, data }) => [cluster, at(object), data])).toEqual(
      [
        ["dev", "team-a-dev"],
        ["dev", "team-a-prod"],
        ["prod", "team-a-prod"],
      ].map(([cluster = "", home = ""]) => [
        cluster,
        `${home}/ConfigMap/cluster-${cluster}`,
        { provider: "generic", audiences: `acme-${cluster}`, serviceAccountName: "reconciler" },
      ]),
    );
    const bindings = homes.flatMap(({ objects }) => objects.filter(({ metadata }) => metadata.name === "flux-hub"));
    expect(bindings.map((one) => [one.metadata.namespace, one["subjects"], one["roleRef"]])).toEqual(
      ["team-a-dev", "team-a-prod", "team-a-prod"].map((home) => [
        home,
        [
          {
            apiGroup: "rbac.authorization.k8s.io",
            kind: "User",
            name: `flux:system:serviceaccount:${home}:reconciler`,
          },
        ],
        { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "tenant-gitops" },
      ]),
    );
    expect(JSON.stringify(planned())).not.toMatch(
      /"kubeConfig":\{"secretRef"|"bearerToken"|"insecure-skip-tls-verify"/,
    );
  });

  it("reads secrets on the hub alone: the environment's own folder, and those of products that it runs", () => {
    const readers = of(planned()).secretReaders.map(({ name, cluster, folders }) => [name, cluster, folders]);
    expect(readers.filter(([, cluster]) => cluster === "control-plane")).toEqual([
      ["team-a-dev", "control-plane", ["team-a/dev", "platform/products/shop"]],
      ["team-a-prod", "control-plane", ["team-a/prod", "platform/products/shop"]],
    ]);
    for (const [, cluster, folders] of readers)
      if (cluster !== "control-plane") expect((folders as string[]).join()).not.toContain("products");
  });

  it("has webhooks call the control plane, and alerts say which clusters they are about", () => {
    const { repositories, central } = of(planned());
    const host = "flux.control-plane.platform.example.com";
    for (const { receivers } of repositories?.operations ?? [])
      expect(receivers).toEqual([{ cluster: "control-plane", host }]);
    const alerts = (central?.objects ?? []).filter(({ kind }) => kind === "Alert").map(spec);
    expect(alerts.map(({ eventMetadata }) => (eventMetadata as { cluster: string }).cluster)).toEqual([
      "dev",
      "dev, prod",
    ]);
  });

  it("leaves what it brought where the tenant's own delivery goes, and prunes what a product brought", () => {
    const policies = (of(planned()).central?.deliveries ?? []).map((one) => [
      one.metadata.name.replace(/\..*/, ""),
      spec(one)["deletionPolicy"],
    ]);
    expect(new Set(policies.map(String))).toEqual(new Set(["operations,Orphan", "product-shop,"]));
  });

  it.each(["suspended", "retiring"])("stops everything of a tenant that is %s", (state) => {
    const { central, homes } = of(planned({ ...everything, lifecycle: { state } }));
    for (const one of central?.deliveries ?? []) expect(spec(one)["suspend"]).toBe(true);
    const automation = central?.objects.find(({ kind }) => kind === "ImageUpdateAutomation");
    expect(spec(automation)["suspend"]).toBe(true);
    const logins = homes.flatMap(({ objects }) => objects.filter(({ metadata }) => metadata.name === "flux-hub"));
    expect(logins).toHaveLength(state === "suspended" ? 3 : 0);
  });
});

describe("the evaluator of the contract", () => {
  const changed = (change: (estate: EstatePlan) => unknown): EstatePlan => {
    const estate = structuredClone(plan([tenant("team-a"), tenant("team-ab")], under()));
    change(estate);
    return estate;
  };
  const left = (estate: EstatePlan): number => deliveries(of(estate), estate).length;
  const central = (estate: EstatePlan) => {
    const own = of(estate).central;
    if (own === undefined) throw new Error("nothing central");
    return own;
  };
  const binding = (estate: EstatePlan) =>
    of(estate).homes[0]?.objects.find(({ metadata }) => metadata.name === "flux-hub") as unknown as {
      subjects: { name: string }[];
      roleRef: { name: string };
    };

  it("finds three deliveries where nothing is changed", () => {
    expect(left(changed(() => undefined))).toBe(3);
  });

  it.each<[string, (estate: EstatePlan) => unknown]>([
    ["a home that does not let its own account in", (estate) => (binding(estate).subjects = [])],
    [
      "a home that lets another tenant's account in",
      (estate) => (binding(estate).subjects = [{ name: "flux:system:serviceaccount:team-ab-dev:reconciler" }]),
    ],
    ["a home that lets it in for something else", (estate) => (binding(estate).roleRef.name = "tenant-view")],
    [
      "a token for another cluster",
      (estate) => ((central(estate).addresses?.[0]?.data as Record<string, string>)["audiences"] = "acme-prod"),
    ],
    [
      "an account that is not there",
      (estate) =>
        ((central(estate).addresses?.[0]?.data as Record<string, string>)["serviceAccountName"] =
          "platform-reconciler"),
    ],
    [
      "a delivery that acts as somebody else",
      (estate) => (spec(central(estate).deliveries[0])["serviceAccountName"] = "secret-reader"),
    ],
    [
      "an address that is not there",
      (estate) => (spec(central(estate).deliveries[0])["kubeConfig"] = { configMapRef: { name: "cluster-none" } }),
    ],
  ])("notices %s", (_what, change) => {
    expect(left(changed(change))).toBe(2);
  });
});

describe("the resources", () => {
  let resources: readonly Registration[] = [];
  const byName = (name: string): Registration => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no resource ${name}`);
    return found;
  };
  beforeAll(async () => {
    const own = under({ servers: { prod: "https://prod.internal:6443/" } });
    resources = await record(() => new Estate("acme", { plan: plan([tenant("team-a")], own), access }, {}));
  });

  it("are an address with the cluster's authority and no secret", () => {
    const data = (name: string): unknown => (unwrap(byName(name).inputs) as { data: unknown }).data;
    expect(data("control-plane/team-a-dev/ConfigMap/cluster-dev")).toEqual({
      provider: "generic",
      audiences: "acme-dev",
      serviceAccountName: "reconciler",
      address: "https://10.0.0.2:6443",
      "ca.crt": "-----BEGIN CERTIFICATE-----",
    });
    expect(data("control-plane/team-a-prod/ConfigMap/cluster-prod")).toMatchObject({
      address: "https://prod.internal:6443",
    });
  });

  it("are made in order: the engine, the namespace, what is in it, and last what delivers, after the home", () => {
    const before = (name: string): string => byName(name).dependencies.join("\n");
    expect(before("control-plane/Namespace/team-a-dev")).toContain(
      "control-plane/flux-system/ConfigMap/cluster-values",
    );
    expect(before("control-plane/team-a-dev/GitRepository/operations")).toContain("control-plane/Namespace/team-a-dev");
    const last = before("control-plane/team-a-dev/Kustomization/operations.dev");
    for (const name of [
      "control-plane/team-a-dev/GitRepository/operations",
      "control-plane/team-a-dev/ConfigMap/cluster-dev",
      "control-plane/team-a-dev/ServiceAccount/reconciler",
      "dev/Namespace/team-a-dev",
    ])
      expect(last).toContain(name);
  });

  it("lie on the control plane as far as they are Flux's", () => {
    const flux = resources.filter(({ type }) => /toolkit\.fluxcd\.io|fluxcd\.controlplane/.test(type));
    expect(flux.length).toBeGreaterThan(5);
    expect(flux.filter(({ name }) => !name.startsWith("control-plane/")).map(({ name }) => name)).toEqual([]);
  });
});

it("is chosen by its key alone: without it, all is as before it was there", () => {
  const before = plan([tenant("team-a", everything)], settings({ products, environments }));
  const named = plan(
    [tenant("team-a", everything)],
    settings({ products, environments, gitops: { kind: "flux", topology: "per-cluster" } }),
  );
  expect(named).toEqual(before);
  expect(before.tenants[0]?.central).toBeUndefined();
  expect(homeObjects(of(before)).filter(({ cluster }) => cluster === "control-plane")).toEqual([]);
});

describe("addons", () => {
  const told = (change: Record<string, unknown>, topology = "hub"): string[] =>
    checkSettings(under({ topology }, change), { placeOf: () => ({ file: "x" }) }).map(formatProblem);
  const addons = (clusters: string[]) => ({ addons: { "external-dns": { clusters }, "gateway-crds": { clusters } } });

  it("are refused on workload clusters, and go to the control plane", () => {
    expect(told(addons(["control-plane", "dev"]))).toHaveLength(2);
    expect(told(addons(["control-plane", "dev"])).join()).toContain("nothing installs addons on workload clusters");
    expect(told(addons(["control-plane", "dev"]), "per-cluster")).toEqual([]);
    expect(told(addons(["control-plane"]))).toEqual([]);
    const { clusters } = plan([], under({}, addons(["control-plane"])));
    expect(clusters.map(({ platform }) => platform.addons.length > 0)).toEqual([true, false, false]);
  });
});

describe("on EKS", () => {
  const hub = { gitops: { kind: "flux", topology: "hub" } };
  let resources: readonly Registration[] = [];
  beforeAll(async () => {
    resources = await record(
      () => new Estate("acme", { plan: plan([tenant("team-a")], eksSettings(hub)), access }, {}),
    );
  });
  const inputs = (name: string): unknown => {
    const found = resources.find((resource) => resource.name === name);
    if (found === undefined) throw new Error(`no resource ${name}`);
    return unwrap(found.inputs);
  };

  it("has each workload cluster trust the control plane's issuer for its own audience, and no role of AWS", () => {
    for (const cluster of ["dev", "prod"])
      expect(inputs(`${cluster}-hub`)).toMatchObject({
        clusterName: `acme-${cluster}`,
        oidc: { clientId: `acme-${cluster}`, usernameClaim: "sub", usernamePrefix: "flux:" },
      });
    const { oidc } = inputs("dev-hub") as { oidc: { issuerUrl: string } };
    expect(oidc.issuerUrl).toBe((inputs("prod-hub") as { oidc: typeof oidc }).oidc.issuerUrl);
    const names = resources.map(({ name }) => name);
    expect(names).not.toContain("control-plane-hub");
    expect(names.filter((name) => /^[^/]*-gitops/.test(name))).toEqual([]);
    expect(JSON.stringify(inputs("dev/team-a-dev/RoleBinding/flux-hub"))).toContain(
      "flux:system:serviceaccount:team-a-dev:reconciler",
    );
  });

  it("makes nothing of that where Flux is on every cluster", () => {
    const text = JSON.stringify(plan([tenant("team-a")], eksSettings()).clusters);
    expect(text).not.toContain('"trust":{"audience"');
    expect(JSON.stringify(plan([tenant("team-a")], eksSettings(hub)).clusters)).toContain('"trust":{"audience"');
  });

  it("looks for new images from the control plane, and from nowhere else", () => {
    const registry = { kind: "ecr", issuer: "https://gitlab.example.com" };
    const scans = (own: Record<string, unknown>): string[] =>
      plan([], eksSettings({ registry, ...own })).clusters.flatMap(({ name, connection }) =>
        connection.kind === "eks" && connection.identities.some(({ purpose }) => purpose === "images") ? [name] : [],
      );
    expect(scans(hub)).toEqual(["control-plane"]);
    expect(scans({})).toEqual(["dev", "prod"]);
  });
});
