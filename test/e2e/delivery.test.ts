import { KubernetesClient, isRecord } from "@estate/clients";
import { checkout } from "@estate/sandbox";
import { relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clusterInventory, type Found } from "../../scripts/inventory";
import { tenantShares } from "../../scripts/state-size";
import { TestProject } from "../support/project";
import { eventually } from "../support/wait";

let project: TestProject;
const clients = new Map<string, KubernetesClient>();

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "applications: [{ name: web, imageUpdates: { range: 1.x } }, { name: worker }]");
  project.tenant("team-ab", "environments: [dev]");
  for (const context of Object.keys(project.sandbox.clusters)) {
    clients.set(context, KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context }));
  }
});

afterAll(async () => {
  for (const client of clients.values()) client.close();
  await project.end();
});

const up = (): Promise<unknown> => project.succeed("up", "--yes", "--skip-preview");

/** Asks every cluster's Flux to look now, as a webhook does: its interval is a minute. */
async function nudge(): Promise<void> {
  const ref = {
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "cluster-management", namespace: "flux-system" },
  };
  const annotations = { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() };
  await Promise.all([...clients.values()].map((client) => client.patch(ref, { metadata: { annotations } })));
}

const clean = (): Promise<unknown> => project.succeed("preview", "--refresh", "--expect-no-changes");

/** What tenants and platform have in the clusters, apart from what controllers make of it. */
async function held(): Promise<string[]> {
  const found: Found[] = (
    await Promise.all([...clients].map(([name, client]) => clusterInventory(name, client)))
  ).flat();
  return found.map(({ where, what }) => `${where} ${what}`).sort();
}

/** The objects that would be lost or made anew, by their UIDs. */
async function identities(): Promise<string[]> {
  const kinds = [
    ["v1", "Namespace"],
    ["v1", "ResourceQuota"],
    ["rbac.authorization.k8s.io/v1", "RoleBinding"],
    ["external-secrets.io/v1", "SecretStore"],
    ["kustomize.toolkit.fluxcd.io/v1", "Kustomization"],
  ] as const;
  const lists = await Promise.all(
    [...clients].flatMap(([name, client]) =>
      kinds.map(async ([apiVersion, kind]) =>
        (await client.list(apiVersion, kind, { labelSelector: "estate.dev/tenant" })).items.map(
          ({ metadata }) => `${name} ${kind} ${metadata.namespace ?? ""}/${metadata.name ?? ""} ${metadata.uid ?? ""}`,
        ),
      ),
    ),
  );
  return lists.flat().sort();
}

/** Fields of a quota, a role binding and a namespace that a tenant's life depends on. */
async function content(): Promise<unknown> {
  const client = clients.get("dev");
  if (client === undefined) throw new Error("no client for dev");
  const of = async (apiVersion: string, kind: string, name: string, namespace?: string): Promise<unknown> => {
    const object: Record<string, unknown> = {
      ...(await client.get({
        apiVersion,
        kind,
        metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      })),
    };
    const metadata = isRecord(object["metadata"]) ? object["metadata"] : {};
    const labels = Object.entries(isRecord(metadata["labels"]) ? metadata["labels"] : {}).filter(
      ([key]) => !key.includes("kustomize.toolkit"),
    );
    return {
      labels: Object.fromEntries(labels),
      annotations: metadata["annotations"],
      spec: object["spec"],
      subjects: object["subjects"],
      roleRef: object["roleRef"],
    };
  };
  return [
    await of("v1", "Namespace", "team-a-dev"),
    await of("v1", "ResourceQuota", "tenant", "team-a-dev"),
    await of("rbac.authorization.k8s.io/v1", "RoleBinding", "developers", "team-a-dev"),
    await of("external-secrets.io/v1", "SecretStore", "vault", "team-a-dev"),
  ];
}

/** What a tenant of two environments and two applications takes of the state, at most. */
function expectShare(resources: number, bytes: number): void {
  // The engine keeps where in the program each resource was declared. The test's copy of the project has its packages
  // elsewhere, so that these places would be as long as the way there.
  const elsewhere = `project:///${relative(project.dir, checkout)}/`;
  const state = project.state();
  expect(state).toContain(elsewhere);
  const share = tenantShares(state.replaceAll(elsewhere, "project:///")).get("team-a");
  expect(share?.resources).toBeLessThanOrEqual(resources);
  expect(share?.bytes).toBeLessThanOrEqual(bytes);
  // One that counted nothing would pass, too.
  expect(share?.bytes).toBeGreaterThan(50_000);
}

describe("delivery", () => {
  let byPulumi: string[] = [];
  let contentByPulumi: unknown;
  let identity: string[] = [];

  it("direct: Pulumi writes every object", async () => {
    await up();
    await clean();
    byPulumi = await held();
    contentByPulumi = await content();
    identity = await identities();
    expect(byPulumi.length).toBeGreaterThan(40);
    expectShare(90, 250 * 1024);
  });

  it("moves to git and deletes or replaces nothing", async () => {
    project.settings("estate:delivery: direct", "estate:delivery: handover");
    await up();
    project.settings("estate:delivery: handover", "estate:delivery: git");
    await up();
    await clean();
    expectShare(45, 150 * 1024);
    expect(await identities()).toEqual(identity);
    const manifests = project.resources().filter((resource) => resource.includes("estate:index:Tenant$kubernetes:"));
    expect(manifests).toEqual([]);
  });

  it("git: a change of a tenant is one commit, which Flux brings", async () => {
    project.tenant("team-ab", "environments: [dev]", "profile: large");
    await up();
    await nudge();
    const client = clients.get("dev");
    await eventually("the large profile's quota in team-ab-dev", 120_000, async () => {
      const quota = await client?.find({
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "tenant", namespace: "team-ab-dev" },
      });
      const { spec } = { spec: {}, ...quota } as { readonly spec: { readonly hard?: Record<string, string> } };
      return { done: spec.hard?.["requests.cpu"] === "32", seen: JSON.stringify(spec) };
    });
  });

  it("git: a new tenant comes up, with the same objects as by Pulumi, and nothing of its secrets is in Git", async () => {
    project.tenant("team-ab", "environments: [dev]");
    project.tenant("late", "environments: [dev]");
    await up();
    await nudge();
    await eventually("every object of all tenants", 120_000, async () => {
      const now = await held();
      const missing = byPulumi.filter((item) => !now.includes(item));
      const late = now.filter((item) => item.includes("late-dev"));
      return {
        done: missing.length === 0 && late.length >= byPulumi.filter((item) => item.includes("team-ab-dev")).length,
        seen: `missing ${missing.join(", ")}; of late: ${String(late.length)}`,
      };
    });
    expect(await content()).toEqual(contentByPulumi);
    project.removeTenant("late");
    project.settings("config:\n", "config:\n  estate:tenants: { letGo: [late] }\n");
    await up();
    await nudge();
    await eventually("the tenant whose file is gone to be gone", 120_000, async () => {
      const left = (await held()).filter((item) => item.includes("late-dev"));
      return { done: left.length === 0, seen: left.join(", ") };
    });
  });

  it("moves back to direct and deletes or replaces nothing", async () => {
    const before = await identities();
    project.settings("estate:delivery: git", "estate:delivery: handover");
    await up();
    project.settings("estate:delivery: handover", "estate:delivery: direct");
    await up();
    await clean();
    expect(await identities()).toEqual(before);
    expect(await held()).toEqual(byPulumi);
  });

  it("git: destroy leaves nothing in any plane", async () => {
    project.settings("estate:delivery: direct", "estate:delivery: handover");
    await up();
    project.settings("estate:delivery: handover", "estate:delivery: git");
    await up();
    await project.succeed("destroy", "--yes", "--skip-preview");
    expect(await project.inventory()).toEqual([]);
  });
});
