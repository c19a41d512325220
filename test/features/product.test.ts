import fc from "fast-check";
import { parse } from "yaml";
import { describe, expect, it } from "vitest";
import type { KubernetesObject } from "../../model/kubernetes";
import { wrongValue } from "../../model/product";
import { builtin } from "../../features";
import { defineFeature } from "../../features/feature";
import { planEstate, type EstatePlan } from "../../plan/plan";
import { addresses, plan, settings, tenant } from "../support/fixtures";

const values = {
  replicas: { kind: "integer", min: 1, max: 9, default: 2 },
  currency: { kind: "choice", of: ["eur", "usd"], default: "eur" },
  guests: { kind: "boolean", default: false },
  title: { kind: "text", default: "Shop" },
};
const shop = {
  repository: "https://git.example.com/shop.git",
  path: "kustomize",
  channels: { stable: "^2", early: ">=3.0.0-0" },
};
const estate = (product: Record<string, unknown> = {}) =>
  settings({
    products: { shop: { ...shop, ...product }, plain: { ...shop, repository: "https://git.example.com/plain.git" } },
  });
const customer = (name: string, source: Record<string, unknown> = {}, rest: Record<string, unknown> = {}) =>
  tenant(name, { applications: [{ name: "shop", source: { kind: "product", product: "shop", ...source }, ...rest }] });

const objectsOf = (own: EstatePlan, name: string, environment: string): KubernetesObject[] => [
  ...(own.tenants.find((each) => each.name === name)?.homes.find((home) => home.environment === environment)?.objects ??
    []),
];
const specOf = (objects: readonly KubernetesObject[], kind: string, name = "product-shop"): Record<string, unknown> => {
  const found = objects.find((object) => object.kind === kind && object.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found["spec"] as Record<string, unknown>;
};
const substituted = (own: EstatePlan, name: string, environment: string) =>
  (
    specOf(objectsOf(own, name, environment), "Kustomization")["postBuild"] as
      { substitute: Record<string, string> } | undefined
  )?.substitute;

describe("many tenants on one product's repository", () => {
  const own = plan(
    [
      customer(
        "acorn",
        { values: { currency: "usd", guests: true }, valuesByEnvironment: { prod: { replicas: 5 } } },
        {
          hosts: { prod: ["acorn.platform.example.com"] },
        },
      ),
      customer("birch", { channel: "early", values: { title: "Birch & Sons".replace("&", "+") } }),
      tenant("cedar", { applications: [{ name: "own" }] }),
      tenant("double", {
        applications: [
          { name: "shop", source: { kind: "product", product: "shop" } },
          { name: "outlet", source: { kind: "product", product: "shop", channel: "early", values: { replicas: 1 } } },
        ],
      }),
    ],
    estate({ values }),
  );

  it("each has the version of its channel, applied as its own reconciler into its own home", () => {
    const at = (name: string) => {
      const objects = objectsOf(own, name, "dev");
      const { url, ref } = specOf(objects, "GitRepository") as { url: string; ref: unknown };
      const { serviceAccountName, sourceRef, targetNamespace } = specOf(objects, "Kustomization");
      return { url, ref, serviceAccountName, sourceRef, targetNamespace };
    };
    const same = {
      url: shop.repository,
      serviceAccountName: "reconciler",
      sourceRef: { kind: "GitRepository", name: "product-shop" },
    };
    expect(at("acorn")).toEqual({ ...same, ref: { semver: "^2" }, targetNamespace: "acorn-dev" });
    expect(at("birch")).toEqual({ ...same, ref: { semver: ">=3.0.0-0" }, targetNamespace: "birch-dev" });
  });

  it("a tenant has the applications that its file names, and another has none of them", () => {
    const products = (name: string) =>
      objectsOf(own, name, "dev").flatMap(({ kind, metadata }) =>
        kind === "Kustomization" && metadata.name.startsWith("product-") ? [metadata.name] : [],
      );
    expect(["acorn", "cedar", "double"].map(products)).toEqual([
      ["product-shop"],
      [],
      ["product-shop", "product-outlet"],
    ]);
  });

  it("values are the tenant's where it says them, in an environment over all, else the product's; and facts are there", () => {
    expect(substituted(own, "acorn", "prod")).toEqual({
      estate_cluster: "prod",
      estate_domain: "platform.example.com",
      estate_environment: "prod",
      estate_host: "acorn.platform.example.com",
      estate_tenant: "acorn",
      replicas: "5",
      currency: "usd",
      guests: "true",
      title: "Shop",
    });
    expect(substituted(own, "acorn", "dev")).toMatchObject({ replicas: "2", currency: "usd", estate_host: "" });
    expect(substituted(own, "birch", "prod")).toMatchObject({ replicas: "2", currency: "eur", title: "Birch + Sons" });
  });

  it("nothing is put into the manifests of a product that names no values: they may have ${...} of their own", () => {
    expect(substituted(plan([customer("acorn")], estate()), "acorn", "dev")).toBeUndefined();
    expect(substituted(plan([customer("acorn")], estate({ values: {} })), "acorn", "dev")).toMatchObject({
      estate_tenant: "acorn",
    });
  });

  it("a change of one tenant's values changes that tenant alone", () => {
    const [before, after] = ["eur", "usd"].map((currency) =>
      plan([customer("acorn", { values: { currency } }), customer("birch")], estate({ values })),
    );
    expect(after?.tenants[1]).toEqual(before?.tenants[1]);
    expect(after?.tenants[0]).not.toEqual(before?.tenants[0]);
    // The repositories' side knows nothing of values.
    expect(after?.tenants[0]?.repositories).toEqual(before?.tenants[0]?.repositories);
  });

  it("is suspended with its tenant, as all delivery is", () => {
    const suspend = (state: string) => {
      const paused = plan(
        [
          tenant("acorn", {
            applications: [{ name: "shop", source: { kind: "product", product: "shop" } }],
            lifecycle: { state },
          }),
        ],
        estate(),
      );
      return specOf(objectsOf(paused, "acorn", "dev"), "Kustomization")["suspend"];
    };
    expect([suspend("active"), suspend("suspended")]).toEqual([undefined, true]);
  });
});

describe("a private product", () => {
  const hidden = estate({ private: true });
  const own = plan(
    [customer("acorn"), customer("birch"), tenant("cedar", { applications: [{ name: "own" }] })],
    hidden,
  );
  const folders = (name: string) =>
    own.tenants.find((each) => each.name === name)?.secretReaders.map((reader) => reader.folders);

  it("is read with a login that comes out of Vault into each home that runs it, and stands in no manifest", () => {
    const objects = objectsOf(own, "acorn", "prod");
    expect(specOf(objects, "GitRepository")["secretRef"]).toEqual({ name: "product-shop" });
    expect(specOf(objects, "ExternalSecret")).toMatchObject({
      secretStoreRef: { kind: "SecretStore", name: "vault" },
      data: ["username", "password"].map((property) => ({
        secretKey: property,
        remoteRef: { key: "platform/products/shop/repository", property },
      })),
    });
    expect(objects.filter(({ kind }) => kind === "Secret")).toEqual([]);
  });

  it("opens to those homes that one folder besides their own, by the one reader they have, and to no other tenant's", () => {
    expect(folders("acorn")).toEqual([
      ["acorn/dev", "platform/products/shop"],
      ["acorn/prod", "platform/products/shop"],
    ]);
    expect(folders("cedar")).toEqual([["cedar/dev"], ["cedar/prod"]]);
    const open = plan([customer("acorn")], estate()).tenants[0];
    expect(open?.secretReaders.map((reader) => reader.folders)).toEqual([["acorn/dev"], ["acorn/prod"]]);
    expect(
      objectsOf(plan([customer("acorn")], estate()), "acorn", "dev").some(
        ({ kind, metadata }) => kind === "ExternalSecret" && metadata.name === "product-shop",
      ),
    ).toBe(false);
  });

  it("is out of reach of a tenant on its way out", () => {
    const leaving = plan(
      [
        tenant("acorn", {
          applications: [{ name: "shop", source: { kind: "product", product: "shop" } }],
          lifecycle: { state: "retiring" },
        }),
      ],
      hidden,
    );
    expect(leaving.tenants[0]?.secretReaders).toEqual([]);
    expect(objectsOf(leaving, "acorn", "dev").filter(({ kind }) => kind === "ExternalSecret")).toEqual([]);
  });

  it.each([
    ["of a product that the tenant does not run", "platform/products/other"],
    ["of all products", "platform/products"],
    ["of another tenant", "birch/dev"],
  ])("the plan stops a feature that opens a folder %s", (_, folder) => {
    const feature = defineFeature({
      key: "extra",
      summary: "an adopter's feature",
      requests: ({ namespace, cluster }) => [
        {
          capability: "secrets",
          name: namespace,
          cluster: cluster.name,
          serviceAccount: { namespace, name: "secret-reader" },
          folders: [folder],
        },
      ],
    });
    expect(() =>
      planEstate({ settings: hidden, tenants: [customer("acorn")], features: [...builtin, feature], addresses }),
    ).toThrow(`opens "${folder}", which is not a folder of tenant acorn`);
  });
});

describe("a value", () => {
  it("of text is one scalar wherever a manifest has it, and the same text", () => {
    const definition = { kind: "text", maxLength: 60, default: "" } as const;
    const alphabet = fc.string({
      unit: fc.constantFrom(..."aZ9ä_@/+.,:() -#{}[]'\"&*!|>%`\n\t?$\\".split("")),
      minLength: 1,
      maxLength: 12,
    });
    let taken = 0;
    fc.assert(
      fc.property(alphabet, (text) => {
        if (wrongValue(definition, text) !== undefined) return;
        taken += 1;
        for (const manifest of [`data:\n  title: ${text}\n  other: x\n`, `data:\n  title: "${text}"\n  other: x\n`]) {
          const { data } = parse(manifest, { version: "1.1", schema: "failsafe" }) as { data: Record<string, unknown> };
          expect(data).toEqual({ title: text, other: "x" });
        }
      }),
      { numRuns: 4000 },
    );
    expect(taken).toBeGreaterThan(50);
  });

  it.each([
    [{ kind: "integer", min: 1, max: 3, default: 1 }, [1, 3], [0, 4, 1.5, "2", true, Number.NaN]],
    [{ kind: "boolean", default: false }, [true, false], ["true", 1]],
    [{ kind: "choice", of: ["a", "b"], default: "a" }, ["a", "b"], ["c", "", 1]],
    [
      { kind: "text", maxLength: 5, default: "" },
      ["", "ab cd", "a:b"],
      ["abcdef", "a: b", "a:", "- a", "a #b", "${a}", " a", "a\nb", 5],
    ],
  ] as const)("%j takes what it says and nothing else", (definition, good, bad) => {
    expect(good.filter((value) => wrongValue(definition, value) !== undefined)).toEqual([]);
    expect(bad.filter((value) => wrongValue(definition, value) === undefined)).toEqual([]);
  });
});
