import { beforeAll, describe, expect, it } from "vitest";
import { Estate } from "../../components/estate";
import type { KubernetesObject } from "../../model/kubernetes";
import type { EstatePlan } from "../../plan/plan";
import { Definitions } from "../support/definitions";
import { access, plan, settings, tenant } from "../support/fixtures";
import { record, unwrap, type Registration } from "../support/monitor";

// Tenants' objects from the cluster-management project, brought by Argo CD instead of each cluster's Flux.

const tenants = [tenant("team-a"), tenant("virtual", { isolation: "vcluster" })];
const under = (delivery: string, change: Record<string, unknown> = {}): EstatePlan =>
  plan(tenants, settings({ gitops: { kind: "argocd" }, delivery, ...change }));
const clusterOf = ({ clusters }: EstatePlan, name: string) => {
  const found = clusters.find((cluster) => cluster.name === name);
  if (found === undefined) throw new Error(`no cluster ${name}`);
  return found;
};
const deliveryOf = (estate: EstatePlan) => {
  const { gitDelivery } = clusterOf(estate, "control-plane");
  if (gitDelivery === undefined) throw new Error("nothing is brought from Git");
  return gitDelivery;
};
const named = (objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};
const url = "https://gitlab.example.com/platform/tenants/platform/cluster-management.git";

describe("delivery by Git", () => {
  it("is an Application for each workload cluster, from its own folder, in a project of the platform", () => {
    const { objects, deliveries, logins } = deliveryOf(under("git"));
    expect(deliveries.map(({ spec }) => spec)).toMatchObject(
      ["dev", "prod"].map((cluster) => ({
        project: "platform-tenants",
        source: { repoURL: url, targetRevision: "main", path: `clusters/${cluster}/tenants` },
        destination: { name: `platform-tenants.${cluster}`, namespace: "argocd" },
      })),
    );
    expect(named(objects, "AppProject", "platform-tenants")["spec"]).toMatchObject({
      sourceRepos: [url],
      destinations: ["dev", "prod"].map((cluster) => ({ name: `platform-tenants.${cluster}`, namespace: "*" })),
      permitOnlyProjectScopedClusters: true,
      destinationServiceAccounts: [
        { server: "*", namespace: "argocd", defaultServiceAccount: "argocd:platform-reconciler" },
      ],
      roles: [],
    });
    expect(logins.map(({ cluster, data, query }) => [cluster, data["project"], query])).toEqual(
      ["dev", "prod"].map((cluster) => [cluster, "platform-tenants", "project=platform-tenants"]),
    );
    // No set of a tenant finds those places.
    for (const { secret } of logins) expect(secret.metadata.labels).not.toHaveProperty("estate.dev/tenant");
    expect(clusterOf(under("git"), "dev").gitDelivery).toBeUndefined();
  });

  it("takes away what Git no longer holds, and in the step between does not", () => {
    const prunes = (delivery: string) =>
      deliveryOf(under(delivery)).deliveries.map(
        ({ spec }) => (spec as unknown as { syncPolicy: { automated: { prune: boolean } } }).syncPolicy.automated.prune,
      );
    expect(prunes("git")).toEqual([true, true]);
    expect(prunes("handover")).toEqual([false, false]);
    expect(clusterOf(under("direct"), "control-plane").gitDelivery).toBeUndefined();
  });

  it("reads the project by a login out of Vault, which its own identity alone may read", () => {
    const { credential, objects } = deliveryOf(under("git"));
    expect(credential).toEqual({
      kind: "vault",
      path: "platform/delivery/cluster-management",
      reader: {
        capability: "secrets",
        name: "platform-tenants",
        cluster: "control-plane",
        serviceAccount: { namespace: "argocd", name: "secrets-platform-tenants" },
        folders: ["platform/delivery"],
      },
    });
    expect(named(objects, "ExternalSecret", "repository-platform-tenants")["spec"]).toMatchObject({
      secretStoreRef: { kind: "SecretStore", name: "secrets-platform-tenants" },
      target: { template: { data: { type: "git", url, project: "platform-tenants" } } },
      data: [{ remoteRef: { key: "platform/delivery/cluster-management" } }, {}],
    });
  });

  it("is written as an identity with the rights that Flux's has, which Argo CD may be, and which nothing else gives it", () => {
    const { objects } = clusterOf(under("git"), "dev").platform;
    const flux = clusterOf(plan(tenants, settings({ delivery: "git" })), "dev").platform.objects;
    const role = (all: readonly KubernetesObject[]) =>
      named(all, "ClusterRoleBinding", "estate-platform-reconciler")["roleRef"];
    expect(role(objects)).toEqual(role(flux));
    expect(named(objects, "Role", "estate-argocd")["rules"]).toEqual([
      {
        apiGroups: [""],
        resources: ["serviceaccounts"],
        resourceNames: ["platform-reconciler"],
        verbs: ["impersonate"],
      },
    ]);
    const rules = named(objects, "ClusterRole", "estate-argocd")["rules"] as unknown as {
      apiGroups: string[];
      resources: string[];
      verbs: string[];
    }[];
    expect(new Set(rules.flatMap(({ verbs }) => verbs))).toEqual(new Set(["get", "list", "watch"]));
    for (const { apiGroups, resources } of rules) {
      expect(apiGroups).not.toContain("*");
      if (apiGroups.includes("")) expect(resources.filter((one) => ["*", "secrets"].includes(one))).toEqual([]);
    }
    const direct = clusterOf(under("direct"), "dev").platform.objects.map(({ metadata }) => metadata.name);
    expect(direct).not.toContain("estate-argocd");
    expect(direct).not.toContain("platform-reconciler");
  });

  it("lets Argo CD see every kind that tenants have on a cluster, and lets the project bring it", () => {
    const estate = under("git");
    const rules = named(clusterOf(estate, "dev").platform.objects, "ClusterRole", "estate-argocd")[
      "rules"
    ] as unknown as { apiGroups: string[]; resources: string[] }[];
    const { clusterResourceWhitelist } = named(deliveryOf(estate).objects, "AppProject", "platform-tenants")[
      "spec"
    ] as unknown as { clusterResourceWhitelist: { kind: string }[] };
    const homes = estate.tenants.flatMap((one) => one.homes);
    for (const object of homes.flatMap(({ namespace, objects }) => [namespace, ...objects])) {
      const group = object.apiVersion.includes("/") ? object.apiVersion.replace(/\/.*/, "") : "";
      const plural = `${object.kind.toLowerCase().replace(/y$/, "ie")}s`;
      const seen = rules.some(
        ({ apiGroups, resources }) =>
          apiGroups.includes(group) && (resources.includes("*") || resources.includes(plural)),
      );
      expect([object.kind, seen]).toEqual([object.kind, true]);
      expect(object.kind).not.toBe("Secret");
      if (object.metadata.namespace === undefined)
        expect(clusterResourceWhitelist.map(({ kind }) => kind)).toContain(object.kind);
    }
  });

  it("is taken by the API server", async () => {
    const definitions = await Definitions.load("external-secrets", "argo-cd");
    const { objects, deliveries } = deliveryOf(under("git"));
    for (const object of [...objects, ...deliveries].filter(({ apiVersion }) => /argoproj|external/.test(apiVersion)))
      expect([object.kind, definitions.complaints(object)]).toEqual([object.kind, []]);
  });
});

describe("the resources", () => {
  let resources: readonly Registration[] = [];
  beforeAll(async () => {
    resources = await record(() => new Estate("acme", { plan: under("git", { protect: true }), access }, {}));
  });
  const found = (name: string): Registration => {
    const one = resources.find((resource) => resource.name === name);
    if (one === undefined) throw new Error(`no resource ${name}`);
    return one;
  };

  it("write the project's login to Vault and to no Secret, and deliver after the clusters' platforms", () => {
    expect(resources.some(({ name }) => name === "vault/platform/delivery/cluster-management")).toBe(true);
    expect(resources.some(({ name }) => name === "control-plane/vault/platform-tenants-role")).toBe(true);
    expect(resources.some(({ name }) => name.endsWith("/Secret/cluster-management"))).toBe(false);
    const read = found("control-plane/argocd/ExternalSecret/repository-platform-tenants").dependencies.join("\n");
    expect(read).toContain("vault/platform/delivery/cluster-management");
    const before = found("control-plane/argocd/Application/platform-tenants.dev").dependencies.join("\n");
    for (const wanted of [
      "AppProject/platform-tenants",
      "Secret/platform-tenants.dev",
      "ExternalSecret/repository-platform-tenants",
      "dev/ClusterRoleBinding/estate-platform-reconciler",
    ])
      expect(before).toContain(wanted);
  });

  it("leave a protected namespace out of what is pruned", () => {
    const { content } = unwrap(found("dev/git/team-a").inputs) as { content: string };
    expect(content).toContain("argocd.argoproj.io/sync-options: Prune=false,Delete=false");
    expect(content).not.toContain("kustomize.toolkit");
  });
});
