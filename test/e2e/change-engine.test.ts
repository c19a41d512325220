import type { Manifest } from "@estate/clients";
import { trustIssuer } from "@estate/sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LiveEstate, LiveHome, readyOf, type Named } from "../../scripts/live/home";
import { TestProject } from "../support/project";
import { eventually } from "../support/wait";

// Another GitOps engine on an estate that runs: what the real Flux brought stays when it goes, and is taken over by the next.

let project: TestProject;
let live: LiveEstate;
let home: LiveHome;

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "applications: [{ name: shop, source: { kind: product, product: shop } }]");
  live = new LiveEstate(project.sandbox, "acme/tenants");
  home = new LiveHome(live, "team-a", "dev");
});
afterAll(async () => {
  live.close();
  await project.end();
});

const note = (name: string): Named => home.at("v1", "ConfigMap", name);
const said = (name: string, text = "pushed"): string =>
  `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} }, data: { said: ${text} } }\n`;
const kustomization = (name: string): Named => home.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", name);
const engine = (settings: string): void => {
  project.settings(/estate:gitops:(\n {4}kind: \w+| \{.*\})/, `estate:gitops: ${settings}`);
};
/** What tells an object from one of its name that was made anew. */
const uids = async (): Promise<unknown[]> =>
  Promise.all(["own", "of-product"].map(async (name) => (await home.find(note(name)))?.metadata.uid));

/** A Kustomization as the estate wrote the product's, which brings the same, and goes again. */
async function anotherGoes(): Promise<void> {
  const { spec } = (await home.cluster.get(kustomization("product-shop"))) as { readonly spec?: object } & Manifest;
  const copy = kustomization("copy");
  await home.cluster.create({ ...copy, spec });
  await home.says(copy, /^True ReconciliationSucceeded/);
  await home.cluster.delete(copy);
  await home.vanishes(copy);
}

let before: unknown[];

it("Flux brings the tenant's repository and a product", async () => {
  await project.succeed("up", "--yes", "--skip-preview");
  await home.commit({
    "kustomization.yaml": "resources: [own.yaml]\n",
    "own.yaml": said("own"),
    "kustomize/kustomization.yaml": "resources: [of-product.yaml]\n",
    "kustomize/of-product.yaml": said("of-product"),
  });
  // The product's address leads out of the sandbox: what Flux reads for it here lies beside what the tenant pushed.
  const source = home.at("source.toolkit.fluxcd.io/v1", "GitRepository", "product-shop");
  const { spec } = (await home.cluster.get({ ...source, metadata: { ...source.metadata, name: "operations" } })) as {
    readonly spec?: { readonly url: string; readonly secretRef: unknown };
  } & Manifest;
  await home.cluster.patch(source, {
    spec: { url: spec?.url, secretRef: spec?.secretRef, ref: { branch: "main", semver: null } },
  });
  for (const name of ["own", "of-product"]) await home.appears(note(name), 150_000);
  await anotherGoes();
  // Flux takes along what a Kustomization brought, unless it is told otherwise.
  await home.vanishes(note("of-product"));
  const annotations = { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() };
  await home.cluster.patch(kustomization("product-shop"), { metadata: { annotations } });
  await home.appears(note("of-product"));
  before = await uids();
  expect(before.every((uid) => typeof uid === "string")).toBe(true);
});

it("cannot be changed in one step: the run stops with the next one, and nothing has happened", async () => {
  engine("{ kind: argocd }");
  const held = project.resources();
  const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
  expect(code).not.toBe(0);
  expect(output).toContain(
    'error[L009]: "flux" gives way to "argocd" in one step, and may take along what it brought: products, virtual clusters, ' +
      "addons; write estate:gitops: { kind: flux, leaving: true }, run pulumi up; then this",
  );
  expect(project.resources()).toEqual(held);
});

it("leaves: it brings what it brought before, and takes nothing along", async () => {
  engine("{ kind: flux, leaving: true }");
  await project.succeed("up", "--yes", "--skip-preview");
  await project.succeed("preview", "--expect-no-changes");
  for (const name of ["operations", "product-shop"])
    expect((await home.cluster.get(kustomization(name)))["spec"]).toMatchObject({
      prune: true,
      deletionPolicy: "Orphan",
    });
  await home.commit({
    "kustomization.yaml": "resources: [own.yaml, later.yaml]\n",
    "later.yaml": said("later"),
  });
  await home.appears(note("later"));
  await anotherGoes();
  expect(await uids()).toEqual(before);
});

it("gives way to Argo CD, and what it brought has not been made anew", async () => {
  engine("{ kind: argocd }");
  await project.succeed("up", "--yes", "--skip-preview");
  await project.succeed("preview", "--refresh", "--expect-no-changes");
  expect(await uids()).toEqual(before);
  expect(project.resources().join("\n")).not.toMatch(/toolkit\.fluxcd\.io|\/release\/flux-operator/);
  for (const cluster of ["control-plane", "dev", "prod"]) {
    const definition = { name: "kustomizations.kustomize.toolkit.fluxcd.io" };
    expect(
      await live.cluster(cluster).find({
        apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition",
        metadata: definition,
      }),
      cluster,
    ).toBeUndefined();
  }
});

it("Argo CD leaves by itself: Flux on the control plane takes the same objects over, and prunes them from then on", async () => {
  engine("{ kind: flux, topology: hub }");
  await project.succeed("up", "--yes", "--skip-preview");
  const { "control-plane": plane, dev } = project.sandbox.clusters;
  trustIssuer(dev, plane, { audience: "acme-dev", usernamePrefix: "flux:" });
  const hub = live.cluster("control-plane");
  const delivered: Named = {
    ...kustomization("operations.dev"),
    metadata: { name: "operations.dev", namespace: "team-a-dev" },
  };
  await eventually("the hub to bring the tenant's repository to dev", 180_000, async () => {
    const seen = readyOf(await hub.find(delivered));
    if (seen.startsWith("False"))
      await hub.patch(delivered, {
        metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() } },
      });
    return { done: seen.startsWith("True ReconciliationSucceeded"), seen };
  });
  expect(await uids()).toEqual(before);
  expect((await home.find(note("own")))?.metadata.labels).toMatchObject({
    "kustomize.toolkit.fluxcd.io/name": "operations.dev",
  });
  await home.commit({ "kustomization.yaml": "resources: [own.yaml]\n", "later.yaml": undefined });
  await eventually("what was taken out of Git to be pruned", 120_000, async () => {
    const gone = (await home.find(note("later"))) === undefined;
    return { done: gone, seen: readyOf(await hub.find(delivered)) };
  });
  expect((await home.find(note("own")))?.metadata.uid).toBe(before[0]);
});

it("goes without a rest", async () => {
  await project.succeed("destroy", "--yes", "--skip-preview");
  expect(project.state()).not.toContain("urn:pulumi:");
});
