import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { homeObjects } from "../../plan/invariants";
import { fluxComponents } from "../../model/controllers";
import { Definitions } from "../support/definitions";
import { plan, settings, tenant } from "../support/fixtures";

// Every custom resource of the plan against the real CRDs, for all engines.

const products = {
  shop: {
    repository: "https://git.example.com/shop.git",
    path: "kustomize",
    channels: { stable: "^2" },
    private: true,
  },
};
const shop = { name: "shop", source: { kind: "product", product: "shop" } };
const states = ["active", "suspended", "retiring"].map((state) =>
  tenant(`team-${state}`, { applications: [{ name: "web" }, shop], lifecycle: { state } }),
);
const more = {
  flux: [
    tenant("team-v", { isolation: "vcluster", notifications: [{ kind: "slack" }] }),
    tenant("team-i", { applications: [{ name: "web", imageUpdates: { range: "^1" } }] }),
  ],
  argocd: [
    tenant("team-i", {
      applications: [{ name: "web", imageUpdates: { range: "^1" } }, shop],
      notifications: [{ kind: "slack" }, { kind: "matrix", severity: "info" }],
    }),
    tenant("team-v", { isolation: "vcluster" }),
  ],
} as const;
const hub = {
  gitops: { kind: "flux", topology: "hub" },
  more: [
    tenant("team-n", { notifications: [{ kind: "slack" }] }),
    tenant("team-i", { applications: [{ name: "web", imageUpdates: { range: "^1" } }] }),
    tenant("team-s", { reconciliation: { secretValues: ["database"] } }),
  ],
};
const components = { flux: ["flux-operator", ...fluxComponents], argocd: ["argo-cd", "argocd-image-updater"] } as const;
const builtIn = /^(v1|[a-z]+\/v\d|[a-z.]+\.k8s\.io\/v\d)$/;

describe.each([
  { name: "flux", kind: "flux", gitops: { kind: "flux" }, tenants: more.flux },
  { name: "flux as a hub", kind: "flux", gitops: hub.gitops, tenants: hub.more },
  { name: "argocd", kind: "argocd", gitops: { kind: "argocd" }, tenants: more.argocd },
] as const)("with $name", ({ kind, gitops, tenants: others }) => {
  it("the API servers take all that is written", async () => {
    const definitions = await Definitions.load("external-secrets", ...components[kind]);
    const { clusters, tenants } = plan([...states, ...others], settings({ gitops, products }));
    const objects: KubernetesObject[] = [
      ...clusters.flatMap(({ platform: { objects: own, gitops } }) => [...own, ...(gitops ? [gitops.instance] : [])]),
      ...tenants.flatMap((one) => homeObjects(one).map(({ object }) => object)),
    ];
    const custom = objects.filter(({ apiVersion }) => !builtIn.test(apiVersion));
    expect(new Set(custom.map((object) => object.kind)).size).toBeGreaterThan(3);
    if (kind === "argocd") expect(custom.map((object) => object.kind)).toContain("ImageUpdater");
    for (const object of custom)
      expect([`${object.kind} ${object.metadata.name}`, definitions.complaints(object)]).toEqual([
        `${object.kind} ${object.metadata.name}`,
        [],
      ]);
  });
});
