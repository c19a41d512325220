import { KubernetesClient, KubernetesStatusError } from "@estate/clients";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { argocdNamespace } from "../../engines/argocd/names";
import { TestProject } from "../support/project";
import { eventually } from "../support/wait";

// The estate with Argo CD instead of Flux, by the one line. Its controllers do not run here: what it would do is what its objects
// say (test/engines), and what the API servers, External Secrets and Vault make of them is real.

const argoproj = "argoproj.io/v1alpha1";
let project: TestProject;
const client = (context: string): KubernetesClient =>
  KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context });

beforeAll(async () => {
  project = await TestProject.start();
  project.settings(/estate:gitops:\n {4}kind: flux/, "estate:gitops: { kind: argocd }");
  project.tenant("team-a", "applications: [{ name: web }, { name: shop, source: { kind: product, product: shop } }]");
  project.tenant("team-ab", "environments: [dev]", "lifecycle: { state: suspended }");
});
afterAll(() => project.end());

/** What is in a Secret, decoded. */
async function secretData(name: string): Promise<Record<string, string>> {
  const plane = client("control-plane");
  const secret = await plane.find({ apiVersion: "v1", kind: "Secret", metadata: { name, namespace: argocdNamespace } });
  plane.close();
  const data = (secret?.["data"] ?? {}) as Record<string, string>;
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [key, Buffer.from(value, "base64").toString("utf8")]),
  );
}

it("is raised, and a refreshed preview finds nothing to change", async () => {
  await project.succeed("up", "--yes", "--skip-preview");
  const resources = project.resources().join("\n");
  for (const name of [
    "control-plane/release/argocd",
    "control-plane/argocd/AppProject/default",
    "control-plane/argocd/AppProject/team-a-prod",
    "control-plane/argocd/ApplicationSet/team-a",
    "control-plane/argocd/ApplicationSet/team-a.product-shop",
    "control-plane/argocd/Secret/team-a-dev.dev",
    "control-plane/vault/team-a-dev-role",
    "dev/ClusterRole/tenant-gitops",
    "dev/team-a-dev/RoleBinding/argocd",
  ])
    expect(resources).toContain(`::${name} `);
  expect(resources).not.toMatch(/toolkit\.fluxcd\.io|fluxcd\.controlplane|\/release\/flux-operator/);
  await project.succeed("preview", "--refresh", "--expect-no-changes");
});

describe("what Argo CD finds", () => {
  it("leads to a home by an address of its own, with the cluster's authority and without a token", async () => {
    const { name, server, config, ...rest } = await secretData("team-a-dev.dev");
    expect({ name, ...rest }).toEqual({
      name: "team-a-dev.dev",
      project: "team-a-dev",
      namespaces: "team-a-dev",
      clusterResources: "false",
    });
    expect(server).toMatch(/^https:\/\/[^?]+\?home=team-a-dev$/);
    const { execProviderConfig, tlsClientConfig, ...others } = JSON.parse(config ?? "{}") as Record<string, unknown>;
    expect(others).toEqual({});
    expect(execProviderConfig).toMatchObject({ command: "/estate/cluster-login", args: ["dev"] });
    const { insecure, caData } = tlsClientConfig as { insecure: boolean; caData: string };
    expect(insecure).toBe(false);
    expect(Buffer.from(caData, "base64").toString()).toContain("BEGIN CERTIFICATE");
  });

  it("reads the tenant's repository by what External Secrets brought from Vault, in that project alone", async () => {
    let found: Record<string, string> = {};
    await eventually("the repository's Secret with a password", 60_000, async () => {
      found = await secretData("repository-team-a-dev");
      return { done: found["password"] !== undefined, seen: Object.keys(found).join(", ") };
    });
    expect(found).toMatchObject({ type: "git", project: "team-a-dev" });
    expect(found["url"]).toMatch(/\/acme\/tenants\/team-a\/ops-dev\.git$/);
    expect(found["username"]).not.toBe("");
    // The credential is one: it opens this repository in the sandbox's GitLab.
    const url = new URL(`${found["url"] ?? ""}/info/refs?service=git-upload-pack`);
    const login = Buffer.from(`${found["username"] ?? ""}:${found["password"] ?? ""}`).toString("base64");
    const [own, other] = await Promise.all(
      [url, new URL(url.href.replace("team-a/ops-dev", "team-ab/ops-dev"))].map((address) =>
        fetch(address, { headers: { authorization: `Basic ${login}` } }).then(({ status }) => status),
      ),
    );
    expect(own).toBe(200);
    expect([401, 403, 404]).toContain(other);
  });

  it("may act as the reconciler of a home and as nobody else, and reads no Secret", async () => {
    const dev = client("dev");
    const may = async (namespace: string | undefined, attributes: Record<string, string>): Promise<boolean> => {
      const review = (await dev.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: "argocd:system:serviceaccount:argocd:argocd-application-controller",
            resourceAttributes: { ...attributes, ...(namespace === undefined ? {} : { namespace }) },
          },
        },
      })) as { status: { allowed: boolean } };
      return review.status.allowed;
    };
    const impersonate = { verb: "impersonate", resource: "serviceaccounts" };
    expect(await may("team-a-dev", { ...impersonate, name: "reconciler" })).toBe(true);
    expect(await may("team-a-dev", { verb: "list", group: "apps", resource: "deployments" })).toBe(true);
    expect(await may("team-a-dev", { ...impersonate, name: "secret-reader" })).toBe(false);
    expect(await may("argocd", { ...impersonate, name: "platform-reconciler" })).toBe(false);
    expect(await may("team-a-dev", { verb: "get", resource: "secrets" })).toBe(false);
    expect(await may("team-a-dev", { verb: "create", group: "apps", resource: "deployments" })).toBe(false);
    expect(await may(undefined, { verb: "list", group: "apps", resource: "deployments" })).toBe(false);
    dev.close();
  });
});

it("lets nobody but the platform make an Application, whatever they were given in whatever namespace", async () => {
  const plane = client("control-plane");
  const application = {
    apiVersion: argoproj,
    kind: "Application",
    metadata: { name: "escape", namespace: "argocd" },
    spec: { project: "team-a-dev", destination: { name: "team-a-dev.dev", namespace: "team-a-dev" } },
  };
  await plane.create({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "worst-case", namespace: "argocd" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name: "team-a-owners" }],
  });
  try {
    const mallory = { user: "mallory", groups: ["team-a-owners", "system:authenticated"] };
    const kinds = [
      application,
      {
        ...application,
        kind: "ApplicationSet",
        spec: {
          generators: [{ clusters: {} }],
          template: { metadata: {}, spec: { project: "team-a-dev", destination: {} } },
        },
      },
      {
        ...application,
        kind: "AppProject",
        spec: { sourceRepos: ["*"], destinations: [{ server: "*", namespace: "*" }] },
      },
    ];
    for (const object of kinds) {
      const refusal: unknown = await plane
        .create(object, { dryRun: true, impersonate: mallory })
        .catch((error: unknown) => error);
      if (!(refusal instanceof KubernetesStatusError)) throw new Error(`${object.kind} of a tenant was let through`);
      expect(refusal.status).toBe(403);
      expect(refusal.message).toContain("estate-argo-objects");
    }
    // The same by the platform, and by the controller that makes Applications of a set.
    await plane.create(application, { dryRun: true });
    const generator = {
      user: "system:serviceaccount:argocd:argocd-applicationset-controller",
      groups: ["team-a-owners"],
    };
    await plane.create(application, { dryRun: true, impersonate: generator });
  } finally {
    await plane.delete({
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "worst-case", namespace: "argocd" },
    });
    plane.close();
  }
});

it("has its images in ECR by one line more, and is seen without a change", async () => {
  project.settings(
    /estate:registry:\n {4}kind: harbor/,
    `estate:aws:
    region: eu-central-1
    account: "111122223333"
    deployers: ["arn:aws:iam::111122223333:role/estate-ci"]
  estate:registry:
    kind: ecr
    issuer: https://gitlab.example.com
    nodes: ["arn:aws:iam::111122223333:role/nodes"]`,
  );
  await project.succeed("up", "--yes", "--skip-preview");
  const resources = project.resources().join("\n");
  expect(resources).toContain("aws:ecr/repository:Repository::");
  expect(resources).not.toContain("harbor:index/project:Project::");
  await project.succeed("preview", "--refresh", "--expect-no-changes");
});

it("closes the project of a tenant that is suspended, and goes without a rest", async () => {
  const plane = client("control-plane");
  const windows = async (name: string): Promise<unknown> => {
    const found = await plane.get({
      apiVersion: argoproj,
      kind: "AppProject",
      metadata: { name, namespace: "argocd" },
    });
    return (found["spec"] as { syncWindows?: unknown }).syncWindows;
  };
  expect(await windows("team-ab-dev")).toMatchObject([{ kind: "deny", manualSync: false }]);
  expect(await windows("team-a-dev")).toBeUndefined();
  plane.close();
  await project.succeed("destroy", "--yes", "--skip-preview");
  expect(project.state()).not.toContain("urn:pulumi:");
});
