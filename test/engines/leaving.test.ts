import { isManifest, isRecord, type Manifest } from "@estate/clients";
import { beforeAll, describe, expect, it } from "vitest";
import { Definitions } from "../support/definitions";
import { plan, settings, tenant } from "../support/fixtures";

// Before another engine takes over, Flux is told to leave what it brought. What each means is tried with the real controllers:
// test/e2e/change-engine.test.ts, test/e2e/flux-controllers.test.ts.

const products = {
  shop: { repository: "https://git.example.com/shop.git", path: "kustomize", channels: { stable: "^2" } },
};
const applications = [{ name: "web" }, { name: "shop", source: { kind: "product", product: "shop" } }];

/** Everything of a plan that is a manifest, wherever it stands: a room that is forgotten would be found. */
const manifestsIn = (value: unknown): Manifest[] => {
  if (Array.isArray(value)) return value.flatMap(manifestsIn);
  if (!isRecord(value)) return [];
  return [...(isManifest(value) ? [value] : []), ...Object.values(value).flatMap(manifestsIn)];
};

interface Case {
  readonly name: string;
  readonly gitops: Readonly<Record<string, string>>;
  readonly delivery: string;
  readonly virtual: boolean;
}
const cases: readonly Case[] = [
  { name: "on every cluster", gitops: { kind: "flux" }, delivery: "direct", virtual: true },
  { name: "on every cluster, with delivery by Git", gitops: { kind: "flux" }, delivery: "git", virtual: true },
  { name: "as a hub", gitops: { kind: "flux", topology: "hub" }, delivery: "direct", virtual: false },
];

/** What of Flux's takes along what it brought when it goes: by kind and name. */
function takesAlong({ gitops, delivery, virtual }: Case, more: Readonly<Record<string, boolean>> = {}): string[] {
  const own = settings({
    gitops: { ...gitops, ...more },
    delivery,
    products,
    addons: { "envoy-gateway": { clusters: ["control-plane"] } },
  });
  const tenants = [
    tenant("team-a", { applications }),
    ...(virtual ? [tenant("team-v", { isolation: "vcluster" })] : []),
  ];
  const { clusters, tenants: planned } = plan(tenants, own);
  return manifestsIn({ clusters, planned })
    .filter((object) => {
      const spec = object["spec"];
      if (!isRecord(spec)) return false;
      if (object.kind === "Kustomization") return spec["deletionPolicy"] !== "Orphan" && spec["prune"] === true;
      if (object.kind === "HelmRelease") return spec["suspend"] !== true;
      return (
        object.kind === "ResourceSet" &&
        object.metadata.annotations?.["fluxcd.controlplane.io/reconcile"] !== "disabled"
      );
    })
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

describe.each(cases)("Flux $name", (one) => {
  it("takes nothing along that is not the home's own, and nothing at all once it is leaving", () => {
    const kinds = new Set(takesAlong(one).map((object) => object.split(" ")[0]));
    expect([...kinds].sort()).toEqual(["HelmRelease", "Kustomization", "ResourceSet"]);
    expect(takesAlong(one).filter((object) => /^Kustomization operations/.test(object))).toEqual([]);
    expect(takesAlong(one, { leaving: true })).toEqual([]);
  });
});

describe("what is left", () => {
  let definitions: Definitions;
  beforeAll(async () => {
    definitions = await Definitions.load("flux-operator", "kustomize-controller", "helm-controller");
  });

  it("is said in the words of the real CRDs", () => {
    const addons = { "envoy-gateway": { clusters: ["control-plane"] } };
    const own = settings({ gitops: { kind: "flux", leaving: true }, products, addons });
    const { clusters, tenants } = plan(
      [tenant("team-a", { applications }), tenant("team-v", { isolation: "vcluster" })],
      own,
    );
    const ofFlux = manifestsIn({ clusters, tenants }).filter(({ kind }) =>
      ["Kustomization", "HelmRelease", "ResourceSet"].includes(kind),
    );
    expect(new Set(ofFlux.map(({ kind }) => kind)).size).toBe(3);
    for (const object of ofFlux) expect(definitions.complaints(object as never)).toEqual([]);
  });

  it("is known of each engine by a stack's output", () => {
    const leaves = (gitops: Readonly<Record<string, unknown>>): boolean =>
      plan([], settings({ gitops })).estate.gitops.leaves;
    expect(leaves({ kind: "flux" })).toBe(false);
    expect(leaves({ kind: "flux", leaving: true })).toBe(true);
    expect(leaves({ kind: "flux", topology: "hub" })).toBe(false);
    expect(leaves({ kind: "flux", topology: "hub", leaving: true })).toBe(true);
    // Its Applications have no finalizer.
    expect(leaves({ kind: "argocd" })).toBe(true);
  });
});
