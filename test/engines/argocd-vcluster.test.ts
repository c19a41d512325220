import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import type { KubernetesObject } from "../../model/kubernetes";
import type { EstatePlan } from "../../plan/plan";
import { deliveries } from "../support/deliveries";
import { aws, eks, eksSettings } from "../support/eks";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

// A virtual cluster under Argo CD: how it is installed, and how Argo CD gets in.

const under = (virtualClusters: Record<string, unknown> = {}) =>
  settings({ gitops: { kind: "argocd", virtualClusters } });
const planned = (change: Record<string, unknown> = {}, own = under()): EstatePlan =>
  plan([tenant("virtual", { isolation: "vcluster", ...change }), tenant("virtual2", { isolation: "vcluster" })], own);

type Fields = Record<string, unknown>;
const virtual = (estate: EstatePlan) => {
  const found = estate.tenants.find(({ name }) => name === "virtual");
  if (found?.central === undefined) throw new Error("nothing central of virtual");
  return { ...found, central: found.central };
};
const named = (
  objects: readonly KubernetesObject[],
  kind: string,
  name: string,
): KubernetesObject & { spec: Fields } => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found as KubernetesObject & { spec: Fields };
};
const central = (estate: EstatePlan, kind: string, name: string) => {
  const { objects, deliveries: sets } = virtual(estate).central;
  return named([...objects, ...sets], kind, name).spec;
};
const inHome = (estate: EstatePlan): readonly KubernetesObject[] => virtual(estate).homes[0]?.objects ?? [];
const loginOf = (estate: EstatePlan, name: string) => {
  const found = virtual(estate).central.logins.find(({ secret }) => secret.metadata.name === name);
  if (found === undefined) throw new Error(`no login ${name}`);
  return found;
};

describe("the chart", () => {
  const estate = planned();

  it("is an Application to the home, in a project that takes this chart, this namespace and its kinds alone", () => {
    expect(central(estate, "Application", "vcluster-virtual-dev.dev")).toMatchObject({
      project: "vcluster-virtual-dev",
      source: {
        repoURL: "https://charts.loft.sh",
        chart: "vcluster",
        targetRevision: "0.36.1",
        helm: { releaseName: "virtual-dev" },
      },
      destination: { name: "vcluster-virtual-dev.dev", namespace: "virtual-dev" },
      syncPolicy: { automated: { prune: true, selfHeal: true } },
    });
    const project = central(estate, "AppProject", "vcluster-virtual-dev");
    expect(project).toMatchObject({
      sourceRepos: ["https://charts.loft.sh"],
      destinations: [{ name: "vcluster-virtual-dev.dev", namespace: "virtual-dev" }],
      permitOnlyProjectScopedClusters: true,
      clusterResourceWhitelist: [],
      destinationServiceAccounts: [
        { server: "*", namespace: "virtual-dev", defaultServiceAccount: "argocd:vcluster-virtual-dev" },
      ],
      roles: [],
    });
    expect((project["namespaceResourceWhitelist"] as { kind: string }[]).map(({ kind }) => kind)).toEqual([
      "Secret",
      "Service",
      "ServiceAccount",
      "StatefulSet",
    ]);
    expect(project).not.toHaveProperty("syncWindows");
  });

  it("is written as the identity that Flux would have for it, with the same rights", () => {
    const flux = plan([tenant("virtual", { isolation: "vcluster" })]).tenants[0]?.homes[0]?.objects ?? [];
    const rules = (objects: readonly KubernetesObject[]) => named(objects, "Role", "vcluster-release")["rules"];
    expect(rules(inHome(estate))).toEqual(rules(flux));
    expect(named(inHome(estate), "RoleBinding", "vcluster-release")["subjects"]).toEqual([
      { kind: "ServiceAccount", name: "vcluster-virtual-dev", namespace: "argocd" },
    ]);
  });

  it("lets Argo CD be that identity, see what it made, and read of Secrets the chart's own by name", () => {
    const objects = inHome(estate);
    const impersonation = named(objects, "Role", "vcluster-virtual-dev");
    expect([impersonation.metadata.namespace, impersonation["rules"]]).toEqual([
      "argocd",
      [
        {
          apiGroups: [""],
          resources: ["serviceaccounts"],
          resourceNames: ["vcluster-virtual-dev"],
          verbs: ["impersonate"],
        },
      ],
    ]);
    const rules = named(objects, "Role", "vcluster-argocd")["rules"] as unknown as {
      resources: string[];
      verbs: string[];
      resourceNames?: string[];
    }[];
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
    expect(rules.filter(({ resources }) => resources.includes("secrets"))).toEqual([
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["vc-config-virtual-dev"], verbs: ["get"] },
    ]);
    for (const name of ["vcluster-virtual-dev", "vcluster-argocd"])
      expect(named(objects, "RoleBinding", name)["subjects"]).toEqual(
        ["argocd-application-controller", "argocd-server"].map((account) => ({
          apiGroup: "rbac.authorization.k8s.io",
          kind: "User",
          name: `argocd:system:serviceaccount:argocd:${account}`,
        })),
      );
    // In the home itself it has nothing of the tenant to bring.
    expect(objects.some(({ kind, metadata }) => kind === "RoleBinding" && metadata.name === "argocd")).toBe(false);
  });

  it("stays under Argo CD's care while a tenant is suspended or on its way out: people's rights inside are in its values", () => {
    for (const state of ["suspended", "retiring"]) {
      const leaving = planned({ lifecycle: { state } });
      expect(central(leaving, "Application", "vcluster-virtual-dev.dev")).toHaveProperty("syncPolicy.automated");
      expect(named(inHome(leaving), "RoleBinding", "vcluster-argocd")["subjects"]).toHaveLength(2);
    }
  });

  it("comes from a mirror without the scheme, as Argo CD writes an OCI registry", () => {
    const mirror = { charts: "oci://mirror.example.com/charts", images: "mirror.example.com" };
    const own = settings({ gitops: { kind: "argocd" }, mirror });
    const address = "mirror.example.com/charts";
    expect(central(planned({}, own), "Application", "vcluster-virtual-dev.dev")).toHaveProperty(
      "source.repoURL",
      address,
    );
    expect(central(planned({}, own), "AppProject", "vcluster-virtual-dev")["sourceRepos"]).toEqual([address]);
  });

  it("has a place of its own, to which no repository of the tenant is brought", () => {
    const chart = loginOf(estate, "vcluster-virtual-dev.dev");
    expect(chart).toMatchObject({
      cluster: "dev",
      data: { project: "vcluster-virtual-dev", namespaces: "virtual-dev", clusterResources: "false" },
      query: "release=virtual-dev",
    });
    const found = deliveries(virtual(estate), estate);
    expect(found.map(({ cluster }) => cluster)).toEqual(["dev/virtual-dev", "prod/virtual-prod"]);
    // Were it like the places that are delivered to, the sets would find it, and its project would still take no repository.
    const copy = structuredClone<EstatePlan>(estate);
    const { metadata } = loginOf(copy, "vcluster-virtual-dev.dev").secret as unknown as {
      metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
    };
    metadata.labels["estate.dev/delivered"] = "true";
    metadata.annotations = { ...loginOf(copy, "virtual-dev.dev").secret.metadata.annotations };
    expect(deliveries(virtual(copy), copy)).toEqual(found);
  });
});

describe("the way in", () => {
  const seed = (estate: EstatePlan): string =>
    (
      central(estate, "Application", "vcluster-virtual-dev.dev") as {
        source: { helm: { valuesObject: { experimental: { deploy: { vcluster: { manifests: string } } } } } };
      }
    ).source.helm.valuesObject.experimental.deploy.vcluster.manifests;
  const objectsInside = (estate: EstatePlan) =>
    seed(estate)
      .split("\n---\n")
      .map((text) => JSON.parse(text) as KubernetesObject);
  const trust = (estate: EstatePlan) =>
    (
      JSON.parse(
        (named(inHome(estate), "ConfigMap", "vcluster-authentication")["data"] as Record<string, string>)[
          "authentication.yaml"
        ] ?? "",
      ) as { jwt: { issuer: Fields; claimValidationRules: { expression: string }[]; claimMappings: Fields }[] }
    ).jwt;

  it("is an address that has the home's name, with no token, and the tenant's project inside", () => {
    const own = under({ addresses: { prod: "https://${home}.vclusters.example.com:8443" } });
    expect(loginOf(planned({}, own), "virtual-dev.dev")).toMatchObject({
      data: { name: "virtual-dev.dev", project: "virtual-dev" },
      server: "https://virtual-dev.dev.platform.example.com",
      config: { execProviderConfig: { command: "/estate/token-login", args: ["dev.virtual"] } },
    });
    expect(loginOf(planned({}, own), "virtual-prod.prod").server).toBe(
      "https://virtual-prod.vclusters.example.com:8443",
    );
    expect(central(planned(), "AppProject", "virtual-dev")).toMatchObject({
      destinations: [{ name: "virtual-dev.dev", namespace: "*" }],
      permitOnlyProjectScopedClusters: true,
    });
  });

  it("is opened by tokens of the control plane that are made for virtual clusters, of Argo CD's accounts alone", () => {
    const [jwt, ...others] = trust(planned());
    expect(others).toEqual([]);
    expect(jwt?.issuer).toEqual({
      url: "https://control-plane.platform.example.com",
      audiences: ["acme-dev.virtual"],
    });
    expect(jwt?.claimMappings).toEqual({ username: { claim: "sub", prefix: "argocd:" } });
    expect(jwt?.claimValidationRules.map(({ expression }) => expression)).toEqual([
      'claims.sub in ["system:serviceaccount:argocd:argocd-application-controller", "system:serviceaccount:argocd:argocd-server"]',
    ]);
  });

  it("trusts the issuer that the settings name: the engine's, else the control plane's own", () => {
    const clusters = (tokenIssuer: Record<string, string>) => ({
      "control-plane": { role: "control-plane", kind: "existing", tokenIssuer },
      dev: { role: "workload", kind: "existing" },
      prod: { role: "workload", kind: "existing" },
    });
    const own = (virtualClusters: Record<string, unknown>) =>
      settings({
        gitops: { kind: "argocd", virtualClusters },
        clusters: clusters({ issuer: "https://issuer.example.com" }),
      });
    expect(trust(planned({}, own({})))[0]?.issuer["url"]).toBe("https://issuer.example.com");
    const named = { issuer: "https://other.example.com", issuerCaPem: "-----BEGIN CERTIFICATE-----\nX" };
    expect(trust(planned({}, own(named)))[0]?.issuer).toMatchObject({
      url: "https://other.example.com",
      certificateAuthority: named.issuerCaPem,
    });
  });

  it("lets it look and act as the tenant's reconciler, and nobody once the tenant is on its way out", () => {
    const own = (estate: EstatePlan) =>
      objectsInside(estate).filter(({ metadata }) => metadata.name === "estate-argocd");
    const [role, , impersonation] = own(planned());
    expect(role?.["rules"]).toEqual([{ apiGroups: ["*"], resources: ["*"], verbs: ["get", "list", "watch"] }]);
    expect([impersonation?.metadata.namespace, impersonation?.["rules"]]).toEqual([
      "virtual-dev",
      [{ apiGroups: [""], resources: ["serviceaccounts"], resourceNames: ["reconciler"], verbs: ["impersonate"] }],
    ]);
    for (const object of own(planned()).filter(({ kind }) => kind.endsWith("Binding")))
      expect((object["subjects"] as unknown as { name: string }[]).map(({ name }) => name)).toEqual([
        "argocd:system:serviceaccount:argocd:argocd-application-controller",
        "argocd:system:serviceaccount:argocd:argocd-server",
      ]);
    expect(own(planned({ lifecycle: { state: "suspended" } }))).toHaveLength(4);
    expect(own(planned({ lifecycle: { state: "retiring" } }))).toEqual([]);
  });

  it("comes through the gateway's namespace, and the control plane reaches the internet only where the issuer is there", () => {
    const network = (estate: EstatePlan) =>
      JSON.stringify(named(inHome(estate), "NetworkPolicy", "vcluster-control-plane"));
    expect(network(planned())).toContain('"kubernetes.io/metadata.name":"gateway"');
    expect(network(planned())).not.toContain("flux-system");
    expect(network(planned({}, under({ gateway: "ingress-nginx" })))).toContain('"ingress-nginx"');
    expect(network(planned())).not.toContain('"0.0.0.0/0"');
    expect(network(planned({}, under({ issuerOnInternet: true })))).toContain('"0.0.0.0/0"');
  });
});

describe("on EKS", () => {
  const issuer = "https://oidc.eks.eu-central-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF";
  const own = eksSettings({ gitops: { kind: "argocd", virtualClusters: { issuer } } });

  it("the home is a place by the cluster's role, and the inside one by the control plane's tokens", () => {
    const estate = planned({}, own);
    expect(loginOf(estate, "vcluster-virtual-dev.dev").config).toHaveProperty("awsAuthConfig");
    expect(loginOf(estate, "virtual-dev.dev").config).toHaveProperty("execProviderConfig.args", ["dev.virtual"]);
    expect(named(inHome(estate), "RoleBinding", "vcluster-argocd")["subjects"]).toEqual([
      { apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "estate:gitops" },
    ]);
    const network = JSON.stringify(named(inHome(estate), "NetworkPolicy", "vcluster-control-plane"));
    expect(network).toContain('"0.0.0.0/0"');
    const values = estate.clusters.find(({ name }) => name === "control-plane")?.platform.gitops?.release.values;
    expect(JSON.stringify(values)).toContain('"audience":"acme-dev.virtual"');
  });

  it("the plan cannot be made before it is known who signs them", () => {
    const clusters = {
      "control-plane": eks(10, { role: "control-plane" }),
      dev: eks(20),
      prod: { role: "workload", kind: "existing", ring: 1 },
    };
    expect(() => planned({}, settings({ aws, clusters, gitops: { kind: "argocd" } }))).toThrow(/nobody signs/);
  });
});

describe("the resources", () => {
  let resources: readonly Registration[] = [];
  const caPem = "-----BEGIN CERTIFICATE-----\ngateway";
  beforeAll(async () => {
    resources = await record(
      () =>
        new Estate(
          "acme",
          { plan: plan([tenant("virtual", { isolation: "vcluster" })], under({ caPem })), access },
          {},
        ),
    );
  });
  const secret = (name: string): Record<string, string> => {
    const found = resources.find((resource) => resource.name === `control-plane/argocd/Secret/${name}`);
    const { data = {} } = (found === undefined ? {} : unwrap(found.inputs)) as { data?: Record<string, string> };
    return Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString()]),
    );
  };

  it("are two logins: to the home with the cluster's authority, and inside with the gateway's", () => {
    const host = secret("vcluster-virtual-dev.dev");
    expect(host["server"]).toBe("https://10.0.0.2:6443?release=virtual-dev");
    const inside = secret("virtual-dev.dev");
    expect(inside["server"]).toBe("https://virtual-dev.dev.platform.example.com");
    const authority = (config: string | undefined) =>
      (JSON.parse(config ?? "{}") as { tlsClientConfig: { caData?: string; insecure: boolean } }).tlsClientConfig;
    expect(authority(inside["config"])).toEqual({ insecure: false, caData: Buffer.from(caPem).toString("base64") });
    expect(authority(host["config"]).caData).not.toBe(authority(inside["config"]).caData);
  });

  it("are the chart's Application after its project, its login and the home", () => {
    const found = resources.find(({ name }) => name === "control-plane/argocd/Application/vcluster-virtual-dev.dev");
    const before = found?.dependencies.join("\n") ?? "";
    for (const wanted of [
      "AppProject/vcluster-virtual-dev",
      "Secret/vcluster-virtual-dev.dev",
      "dev/Namespace/virtual-dev",
    ])
      expect(before).toContain(wanted);
  });
});
