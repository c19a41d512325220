import { KubernetesStatusError, type KubernetesClient, type Manifest } from "@estate/clients";
import { trustIssuer } from "@estate/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LiveEstate, LiveHome, readyOf, type Named } from "../../scripts/live/home";
import { TestProject } from "../support/project";
import { eventually } from "../support/wait";

// Flux on the control plane alone: its real controllers bring what a tenant pushes to the home on another cluster.

const kustomize = "kustomize.toolkit.fluxcd.io/v1";
const delivered: Named = { apiVersion: kustomize, kind: "Kustomization", metadata: { name: "operations.dev" } };

let project: TestProject;
let live: LiveEstate;
let home: LiveHome;

beforeAll(async () => {
  project = await TestProject.start();
  project.settings(/estate:gitops:\n {4}kind: flux/, "estate:gitops: { kind: flux, topology: hub }");
  project.tenant("team-a", "applications: [{ name: web }]");
  project.tenant("team-ab", "environments: [dev]", "lifecycle: { state: suspended }");
  live = new LiveEstate(project.sandbox, "acme/tenants");
  home = new LiveHome(live, "team-a", "dev");
});
afterAll(async () => {
  live.close();
  await project.end();
});

const hub = (): KubernetesClient => live.cluster("control-plane");
const member = (): KubernetesClient => live.cluster("dev");
const inHome = (what: Named, namespace = "team-a-dev"): Named => ({
  ...what,
  metadata: { ...what.metadata, namespace },
});

/** Waits until the hub says something of an object there. */
const says = (what: Named, pattern: RegExp): Promise<number> =>
  eventually(`${what.kind} ${what.metadata.name} on the hub to say ${String(pattern)}`, 150_000, async () => {
    const seen = readyOf(await hub().find(what));
    return { done: pattern.test(seen), seen };
  });

const source: Named = {
  apiVersion: "source.toolkit.fluxcd.io/v1",
  kind: "GitRepository",
  metadata: { name: "operations" },
};
const note = (name: string): Named => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
/** The whole repository: one ConfigMap. */
const content = (name: string): Readonly<Record<string, string>> => ({
  "kustomization.yaml": "resources: [note.yaml]\n",
  "note.yaml": `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} }, data: { said: pushed } }\n`,
});

/** When the hub was last told to look at the repository. */
const requested = async (): Promise<string> =>
  (await hub().find(inHome(source)))?.metadata.annotations?.["reconcile.fluxcd.io/requestedAt"] ?? "";

/** Asks the hub to look now. */
const reconcile = (what: Named): Promise<Manifest> =>
  hub().patch(what, { metadata: { annotations: { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() } } });

it("is raised with nothing of Flux on the other clusters, and a refreshed preview finds nothing to change", async () => {
  await project.succeed("up", "--yes", "--skip-preview");
  const resources = project.resources().join("\n");
  for (const name of [
    "control-plane/release/flux-operator",
    "control-plane/Namespace/team-a-dev",
    "control-plane/team-a-dev/ConfigMap/cluster-dev",
    "control-plane/team-a-dev/GitRepository/operations",
    "control-plane/team-a-dev/Kustomization/operations.dev",
    "control-plane/team-a-prod/Kustomization/operations.prod",
    "control-plane/vault/team-a-dev-role",
    "dev/ClusterRole/tenant-gitops",
    "dev/team-a-dev/RoleBinding/flux-hub",
  ])
    expect(resources).toContain(`::${name} `);
  expect(resources).not.toMatch(
    /::(dev|prod)\/(release\/flux-operator|[^ ]*\/(GitRepository|Kustomization|Receiver)\/)/,
  );
  await project.succeed("preview", "--refresh", "--expect-no-changes");
});

describe("the hub and a cluster", () => {
  it("are strangers until the cluster trusts the hub's issuer; then what the tenant pushed is brought", async () => {
    await says(inHome(source), /^True /);
    await home.commit(content("note"));
    await says(inHome(delivered), /^False .*Unauthorized.*the server has asked for the client to provide credentials/);
    const { "control-plane": plane, dev, prod } = project.sandbox.clusters;
    trustIssuer(dev, plane, { audience: "acme-dev", usernamePrefix: "flux:" });
    trustIssuer(prod, plane, { audience: "acme-prod", usernamePrefix: "flux:" });
    for (const cluster of ["dev", "prod"])
      await eventually(`cluster ${cluster} to know the hub's tokens`, 150_000, async () => {
        const { status } = await as(`team-a-${cluster}`, cluster);
        return { done: status !== 401, seen: String(status) };
      });
    await reconcile(inHome(delivered));
    await says(inHome(delivered), /^True ReconciliationSucceeded/);
    const made = await member().get(inHome(note("note")));
    expect(made.metadata.labels).toMatchObject({ "kustomize.toolkit.fluxcd.io/name": "operations.dev" });
    expect(await hub().find(inHome(note("note")))).toBeUndefined();
  });

  it("knows the hub's home by a token for this cluster, which another cluster does not take", async () => {
    expect(await as("team-a-dev", "dev")).toMatchObject({
      status: 201,
      user: "flux:system:serviceaccount:team-a-dev:reconciler",
    });
    const token = await hub().tokenRequest("team-a-dev", "reconciler", ["acme-dev"]);
    const elsewhere = await live.cluster("prod").request("GET", "/api/v1/namespaces/team-a-prod", { token });
    expect(elsewhere.status).toBe(401);
  });

  it("lets it act as that home's reconciler, and as nobody else", async () => {
    const token = await hub().tokenRequest("team-a-dev", "reconciler", ["acme-dev"]);
    const acting = async (namespace: string, name: string): Promise<string> => {
      const impersonate = { user: `system:serviceaccount:${namespace}:${name}` };
      const { status, body } = await member().request("GET", `/api/v1/namespaces/${namespace}/configmaps`, {
        token,
        impersonate,
      });
      return status === 200 ? "200" : `${String(status)} ${(body as { message: string }).message}`;
    };
    expect(await acting("team-a-dev", "reconciler")).toBe("200");
    for (const [namespace, name] of [
      ["team-ab-dev", "reconciler"],
      ["team-a-dev", "secret-reader"],
      ["flux-system", "platform-reconciler"],
    ] as const)
      expect(await acting(namespace, name)).toMatch(
        new RegExp(
          `^403 .*User "flux:system:serviceaccount:team-a-dev:reconciler" cannot impersonate(:serviceaccount)? resource "serviceaccounts" .*in the namespace "${namespace}"`,
        ),
      );
    const own = await member().request("GET", "/api/v1/namespaces/team-a-dev/configmaps", { token });
    expect(own.status).toBe(403);
  });
});

/** As whom a cluster knows a home of the hub. */
async function as(namespace: string, cluster: string): Promise<{ status: number; user?: string }> {
  const token = await hub().tokenRequest(namespace, "reconciler", [`acme-${cluster}`]);
  const { status, body } = await live
    .cluster(cluster)
    .request("POST", "/apis/authentication.k8s.io/v1/selfsubjectreviews", {
      token,
      body: { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
    });
  const user = (body as { status?: { userInfo?: { username?: string } } }).status?.userInfo?.username;
  return { status, ...(user === undefined ? {} : { user }) };
}

describe("what a tenant pushes", () => {
  it("comes to its namespace on the other cluster, because the hub was told of the push", async () => {
    await says(
      inHome({ apiVersion: "notification.toolkit.fluxcd.io/v1", kind: "Receiver", metadata: { name: "operations" } }),
      /^True /,
    );
    const before = await requested();
    await home.commit(content("more"));
    const took = await eventually("the pushed ConfigMap there, and the one of before gone", 120_000, async () => {
      const [old, made] = await Promise.all(["note", "more"].map((name) => member().find(inHome(note(name)))));
      return { done: old === undefined && made !== undefined, seen: readyOf(await hub().find(inHome(delivered))) };
    });
    process.stdout.write(`commit to object on another cluster: ${String(took)} ms\n`);
    expect(await requested()).not.toBe(before);
  });

  it("is refused in another tenant's namespace, by that cluster and with its reason", async () => {
    const written = await hub().get(inHome(delivered));
    const spec = written["spec"] as object;
    // The platform itself sends the home's delivery astray; what limits it is the cluster that it comes to.
    const astray = (name: string, targetNamespace: string): Named & Readonly<Record<string, unknown>> => ({
      apiVersion: kustomize,
      kind: "Kustomization",
      metadata: { name, namespace: "team-a-dev" },
      spec: { ...spec, targetNamespace, deletionPolicy: "MirrorPrune" },
    });
    const [far, near] = [astray("far", "team-ab-dev"), astray("near", "team-a-dev")];
    await hub().create(far);
    await says(
      far,
      /^False .*User "system:serviceaccount:team-a-dev:reconciler" cannot patch resource "configmaps" .* in the namespace "team-ab-dev"/,
    );
    expect(await member().find(inHome(note("more"), "team-ab-dev"))).toBeUndefined();
    await hub().delete(far);
    await hub().create(near);
    await says(near, /^True ReconciliationSucceeded/);
    await hub().delete(near);
  });
});

it("lets nobody but the platform write on the hub, whatever they were given there", async () => {
  const binding = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "worst-case", namespace: "team-a-dev" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "team-ab-owners" }],
  };
  await hub().create(binding);
  try {
    const mallory = { user: "mallory", groups: ["team-ab-owners", "system:authenticated"] };
    const refusal = async (work: Promise<unknown>): Promise<string> => {
      const thrown: unknown = await work.then(() => "let through").catch((error: unknown) => error);
      return thrown instanceof KubernetesStatusError ? `${String(thrown.status)} ${thrown.message}` : String(thrown);
    };
    const address: Named = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "cluster-dev" } };
    const elsewhere = { data: { address: "https://192.0.2.1:6443" } };
    expect(await refusal(hub().patch(inHome(address), elsewhere, { dryRun: true, impersonate: mallory }))).toMatch(
      /^403 .*estate-managed/,
    );
    await hub().patch(inHome(address), elsewhere, { dryRun: true });
    const own: Manifest = {
      apiVersion: kustomize,
      kind: "Kustomization",
      metadata: { name: "own", namespace: "team-a-dev" },
      spec: {
        interval: "1m",
        prune: true,
        sourceRef: { kind: "GitRepository", name: "operations" },
        serviceAccountName: "reconciler",
        kubeConfig: { configMapRef: { name: "cluster-dev" } },
      },
    };
    expect(await refusal(hub().create(own, { dryRun: true, impersonate: mallory }))).toMatch(
      /^403 .*delivery to another cluster is the platform's/,
    );
    await hub().create(own, { dryRun: true });
  } finally {
    await hub().delete(binding);
  }
});

it("goes without a rest", async () => {
  await project.succeed("destroy", "--yes", "--skip-preview");
  expect(project.state()).not.toContain("urn:pulumi:");
  for (const cluster of ["control-plane", "dev"])
    expect(
      await live.cluster(cluster).find({ apiVersion: "v1", kind: "Namespace", metadata: { name: "team-a-dev" } }),
    ).toBeUndefined();
});
