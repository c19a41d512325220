import { isManifest, type Manifest } from "@estate/clients";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addons } from "../../model/addons";
import { plan, settings, tenant } from "../support/fixtures";
import { at, creates, deletes, home, mallory, patches, platformReconciler, virtual } from "../../escape/attack";
import { GuardedCluster, serviceAccount, type Person } from "../../escape/guarded-cluster";

// A real API server with the guardrails in force: it takes what the plan makes of the whole catalogue, and nobody of a tenant
// gets at it, not even with every right in every home.

const planned = plan(
  [tenant("team-a"), tenant("team-ab"), tenant("virtual", { isolation: "vcluster" })],
  settings({ addons: Object.fromEntries(addons.map(({ name }) => [name, { clusters: ["dev"] }])) }),
);
const objects: readonly Manifest[] = (
  (planned.clusters.find(({ name }) => name === "dev")?.platform.addons ?? []) as readonly unknown[]
).filter(isManifest);

let cluster: GuardedCluster;
beforeAll(async () => {
  cluster = await GuardedCluster.start(planned);
});
afterAll(() => cluster.end());

const bound = (namespace: string): Manifest => ({
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "RoleBinding",
  metadata: { name: "mallory", namespace },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: "mallory" }],
});

describe("addons on a cluster with its guardrails", () => {
  it("are taken by the API server, written by Pulumi as by the platform's reconciler", async () => {
    expect(objects.length).toBeGreaterThan(2 * addons.length);
    for (const object of objects) {
      expect(await cluster.says({ verb: "create", object, as: platformReconciler }), object.metadata.name).toBe("ok");
    }
    await cluster.apply(objects);
  });

  const release = at("helm.toolkit.fluxcd.io/v2", "HelmRelease", "addon-cert-manager", "flux-system");
  const source = at("source.toolkit.fluxcd.io/v1", "OCIRepository", "addon-cert-manager", "flux-system");
  const insiders: [string, Person][] = [
    ["somebody with every right in every home", mallory],
    ["a tenant's reconciler", serviceAccount(home, "reconciler")],
    ["the identity that installs a tenant's virtual cluster", serviceAccount("flux-system", `vcluster-${virtual}`)],
  ];

  it.each(insiders)("are out of reach of %s", async (_who, as) => {
    await cluster.apply([bound(home), bound(virtual)]);
    for (const attempt of [
      patches(release, { spec: { values: { evil: true } } }, as),
      patches(release, { spec: { suspend: true } }, as),
      patches(source, { spec: { url: "oci://evil.example.com/charts" } }, as),
      deletes(release, as),
      creates({ ...release, metadata: { ...release.metadata, name: "addon-evil" }, spec: {} }, as),
      creates({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "evil", namespace: "cert-manager" } }, as),
    ])
      expect(await cluster.says(attempt)).toMatch(/^403 .*(cannot|forbidden)/);
  });

  it("do not hold their records where identities of single tenants read", async () => {
    const as = serviceAccount("flux-system", `vcluster-${virtual}`);
    const record = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "sh.helm.release.v1.cert-manager.v1", namespace: "cert-manager" },
    };
    expect(await cluster.says(patches(record, { data: {} }, as))).toMatch(/^403/);
  });

  it("and a tenant's release neither takes their charts nor waits for them", async () => {
    const own = (spec: object): Manifest => ({
      apiVersion: "helm.toolkit.fluxcd.io/v2",
      kind: "HelmRelease",
      metadata: { name: "tried", namespace: home },
      spec: {
        interval: "1m",
        serviceAccountName: "reconciler",
        chartRef: { kind: "OCIRepository", name: "mine" },
        ...spec,
      },
    });
    const where = { name: "addon-cert-manager", namespace: "flux-system" };
    expect(await cluster.says(creates(own({})))).toBe("ok");
    expect(await cluster.says(creates(own({ chartRef: { kind: "OCIRepository", ...where } })))).toMatch(/chartRef/);
    expect(await cluster.says(creates(own({ dependsOn: [where] })))).toMatch(/dependsOn/);
    const set = {
      apiVersion: "fluxcd.controlplane.io/v1",
      kind: "ResourceSet",
      metadata: { name: "tried", namespace: home },
      spec: { resources: [] },
    };
    expect(await cluster.says(creates(set))).toMatch(/kind/);
  });
});
