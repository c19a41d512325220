import { parseAllDocuments } from "yaml";
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { plan, settings, tenant } from "../support/fixtures";

const home = (environment: string, change: Record<string, unknown> = {}, own = settings()): KubernetesObject[] => {
  const [planned] = plan([tenant("virtual", { isolation: "vcluster", ...change })], own).tenants;
  return [...(planned?.homes.find((one) => one.environment === environment)?.objects ?? [])];
};

const named = (objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
};

interface Binding {
  readonly kind: string;
  readonly roleRef: { readonly name: string };
  readonly subjects: readonly { readonly kind: string; readonly name: string }[];
}

/** Who is bound to what inside, as the release's values tell the virtual cluster. */
function boundInside(objects: readonly KubernetesObject[]): string[] {
  const { values } = named(objects, "HelmRelease", "vcluster-virtual-dev").spec as unknown as {
    values: { experimental: { deploy: { vcluster: { manifests: string } } } };
  };
  return parseAllDocuments(values.experimental.deploy.vcluster.manifests)
    .map((document) => document.toJS() as Binding)
    .filter(({ kind }) => kind === "ClusterRoleBinding")
    .flatMap(({ roleRef, subjects }) => subjects.map(({ kind, name }) => `${kind} ${name} ${roleRef.name}`));
}

describe("the release of a virtual cluster", () => {
  it("is the platform's business only: its records and its identity lie out of the tenant's reach", () => {
    const objects = home("dev");
    const { spec } = named(objects, "HelmRelease", "vcluster-virtual-dev");
    expect(spec).toMatchObject({
      targetNamespace: "virtual-dev",
      storageNamespace: "flux-system",
      serviceAccountName: "vcluster-virtual-dev",
    });
    const outside = objects.filter(({ metadata }) => metadata.namespace !== "virtual-dev");
    expect(outside.map(({ kind, metadata }) => `${metadata.namespace ?? ""} ${kind} ${metadata.name}`)).toEqual([
      "flux-system ServiceAccount vcluster-virtual-dev",
      "flux-system HelmRepository vcluster-virtual-dev",
      "flux-system HelmRelease vcluster-virtual-dev",
    ]);
  });

  it("may write no roles, no limits and no network rules, and of Secrets the chart's own", () => {
    const { rules } = named(home("dev"), "Role", "vcluster-release") as unknown as {
      rules: { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: string[] }[];
    };
    const resources = new Set(rules.flatMap((rule) => rule.resources));
    expect(resources).toEqual(new Set(["secrets", "serviceaccounts", "services", "statefulsets", "pods"]));
    const secrets = rules.filter((rule) => rule.resources.includes("secrets") && !rule.verbs.includes("create"));
    expect(secrets.map((rule) => rule.resourceNames)).toEqual([["vc-config-virtual-dev"]]);
  });
});

describe("the network of a virtual cluster", () => {
  const egress = (objects: readonly KubernetesObject[]): string =>
    JSON.stringify(objects.filter(({ kind }) => kind === "NetworkPolicy").map(({ spec }) => spec));

  it("reaches the internet only by the home's flag", () => {
    expect(egress(home("dev"))).not.toContain("0.0.0.0/0");
    const { standard, ...profiles } = settings().profiles;
    const open = settings({ profiles: { ...profiles, standard: { ...standard, network: { allowInternet: true } } } });
    expect(egress(home("dev", {}, open))).toContain("0.0.0.0/0");
  });

  it("gives no rule without an end: each names ports and peers, or pods of the same namespace", () => {
    for (const name of ["control-plane", "workloads", "names"]) {
      const { spec } = named(home("dev"), "NetworkPolicy", `vcluster-${name}`);
      const { ingress = [], egress: out = [] } = spec as {
        ingress?: { from?: unknown }[];
        egress?: { to?: unknown }[];
      };
      for (const rule of ingress) expect(rule.from).toBeDefined();
      for (const rule of out) expect(rule.to).toBeDefined();
    }
  });

  it("does not take a pod for the control plane because of labels written inside", () => {
    const { spec } = named(home("dev"), "NetworkPolicy", "vcluster-control-plane");
    expect(spec).toMatchObject({
      podSelector: { matchExpressions: [{ key: "vcluster.loft.sh/managed-by", operator: "DoesNotExist" }] },
    });
  });
});

describe("inside a virtual cluster", () => {
  const flux = "ServiceAccount reconciler cluster-admin";

  it("owners and developers have an open environment", () => {
    expect(boundInside(home("dev"))).toEqual([
      flux,
      "Group virtual-owners cluster-admin",
      "Group virtual-developers cluster-admin",
      "Group virtual-operations view",
      "Group virtual-operations operate",
    ]);
  });

  it("they look at a gated one, which operations keep running", () => {
    const gated = settings({
      environments: {
        test: { clusters: ["dev"] },
        dev: { clusters: ["dev"], promotesFrom: "test", promotion: "merge-request" },
      },
    });
    expect(boundInside(home("dev", {}, gated))).toEqual([
      flux,
      "Group virtual-owners view",
      "Group virtual-developers view",
      "Group virtual-operations view",
      "Group virtual-operations operate",
    ]);
  });

  it("all look at a suspended tenant, and none at a retiring one; nothing is delivered", () => {
    const state = (name: string) => home("dev", { lifecycle: { state: name } });
    expect(boundInside(state("suspended"))).toEqual([
      "Group virtual-owners view",
      "Group virtual-developers view",
      "Group virtual-operations view",
    ]);
    expect(boundInside(state("retiring"))).toEqual([]);
  });

  it("groups are called as the API server calls them", () => {
    const prefixed = settings({ identity: { groupsPrefix: "oidc:" } });
    expect(boundInside(home("dev", {}, prefixed))).toContain("Group oidc:virtual-owners cluster-admin");
  });
});
