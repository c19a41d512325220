import { KubernetesClient, KubernetesStatusError, VaultClient, type Manifest } from "@estate/clients";
import { trustIssuer } from "@estate/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { argocdNamespace } from "../../engines/argocd/names";
import { Chart } from "../support/chart";
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
  project.settings("path: kustomize", "path: kustomize\n      private: true");
  const shop = "{ name: shop, source: { kind: product, product: shop } }";
  project.tenant(
    "team-a",
    `applications: [{ name: web, imageUpdates: { range: ^1.x-0 } }, ${shop}]`,
    "notifications: [{ kind: slack, channel: ops, severity: info }]",
  );
  project.tenant("team-ab", "environments: [dev]", "lifecycle: { state: suspended }");
  project.tenant("team-v", "environments: [dev]", "isolation: vcluster");
});
afterAll(() => project.end());

/** Whether Argo CD's controller may do something on cluster dev, by the API server's own word. */
async function may(namespace: string | undefined, attributes: Record<string, string>): Promise<boolean> {
  const dev = client("dev");
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
  dev.close();
  return review.status.allowed;
}

const impersonate = { verb: "impersonate", resource: "serviceaccounts" };

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
    "control-plane/release/argocd-image-updater",
    "control-plane/argocd/ImageUpdater/team-a-dev",
    "control-plane/argocd/Deployment/notifications-team-a-prod",
    "control-plane/argocd/ExternalSecret/repository-team-a-dev.product.shop",
    "control-plane/vault/team-a-dev-role",
    "dev/ClusterRole/tenant-gitops",
    "dev/team-a-dev/RoleBinding/argocd",
    "control-plane/argocd/AppProject/vcluster-team-v-dev",
    "control-plane/argocd/Application/vcluster-team-v-dev.dev",
    "control-plane/argocd/Secret/vcluster-team-v-dev.dev",
    "dev/argocd/ServiceAccount/vcluster-team-v-dev",
  ])
    expect(resources).toContain(`::${name} `);
  expect(resources).not.toMatch(/ImageUpdater\/team-a(b-dev|-prod)/);
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
    // Image Updater pushes by it; that of an environment without new images reads alone.
    const pushes = async (name: string): Promise<number> => {
      const { url: address = "", username = "", password = "" } = await secretData(name);
      const basic = Buffer.from(`${username}:${password}`).toString("base64");
      const to = `${address}/info/refs?service=git-receive-pack`;
      return (await fetch(to, { headers: { authorization: `Basic ${basic}` } })).status;
    };
    expect(await pushes("repository-team-a-dev")).toBe(200);
    expect([401, 403]).toContain(await pushes("repository-team-a-prod"));
  });

  it("reads the tenant's images, a private product and the addresses of alerts by what lies in Vault", async () => {
    const vault = new VaultClient(project.sandbox.vault.address, project.sandbox.vault.token);
    const address = "https://chat.example.com/hook";
    await vault.write("acme/data/team-a/dev/notifications", { data: { address } });
    await vault.write("acme/data/platform/products/shop/repository", { data: { username: "reader", password: "p" } });
    vault.close();
    const plane = client("control-plane");
    const wanted = ["images-team-a-dev", "notifications-team-a-dev", "repository-team-a-dev.product.shop"];
    for (const name of wanted) {
      const secret = {
        apiVersion: "external-secrets.io/v1",
        kind: "ExternalSecret",
        metadata: { name, namespace: argocdNamespace },
      };
      await plane.patch(secret, { metadata: { annotations: { "force-sync": "now" } } });
      await eventually(`the Secret ${name}`, 60_000, async () => {
        const keys = Object.keys(await secretData(name));
        return { done: keys.length > 0, seen: keys.join(", ") };
      });
    }
    plane.close();
    const { [".dockerconfigjson"]: login = "{}" } = await secretData("images-team-a-dev");
    const [host] = Object.keys((JSON.parse(login) as { auths: object }).auths);
    expect(`http://${host ?? ""}`).toBe(project.sandbox.harbor.url.replace(/\/$/, ""));
    expect(await secretData("notifications-team-a-dev")).toEqual({ "slack-address": address });
    expect(await secretData("repository-team-a-dev.product.shop")).toMatchObject({
      url: "https://git.example.com/shop.git",
      project: "team-a-dev",
      username: "reader",
    });
  });

  it("lets what updates images and what tells of deliveries open what they name, and nothing else", async () => {
    const plane = client("control-plane");
    const may = async (account: string, attributes: Record<string, string>): Promise<boolean> => {
      const review = (await plane.call("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
        body: {
          apiVersion: "authorization.k8s.io/v1",
          kind: "SubjectAccessReview",
          spec: {
            user: `system:serviceaccount:argocd:${account}`,
            resourceAttributes: { namespace: argocdNamespace, ...attributes },
          },
        },
      })) as { status: { allowed: boolean } };
      return review.status.allowed;
    };
    const secret = (verb: string, name: string) => ({ verb, resource: "secrets", name });
    const application = (verb: string, name: string) => ({
      verb,
      group: "argoproj.io",
      resource: "applications",
      name,
    });
    const updater = "argocd-image-updater";
    expect(await may(updater, secret("get", "repository-team-a-dev"))).toBe(true);
    expect(await may(updater, secret("get", "repository-team-a-prod"))).toBe(false);
    expect(await may(updater, secret("get", "repository-team-ab-dev"))).toBe(false);
    expect(await may(updater, { verb: "list", resource: "secrets" })).toBe(false);
    expect(await may(updater, application("patch", "team-a-dev.dev"))).toBe(false);
    const notifier = "notifications-team-a-dev";
    expect(await may(notifier, secret("watch", notifier))).toBe(true);
    expect(await may(notifier, secret("get", "notifications-team-a-prod"))).toBe(false);
    expect(await may(notifier, secret("get", "repository-team-a-dev"))).toBe(false);
    expect(await may(notifier, application("patch", "team-a-dev.dev"))).toBe(true);
    expect(await may(notifier, application("patch", "team-ab-dev.dev"))).toBe(false);
    plane.close();
  });

  it("may act as the reconciler of a home and as nobody else, and reads no Secret", async () => {
    expect(await may("team-a-dev", { ...impersonate, name: "reconciler" })).toBe(true);
    expect(await may("team-a-dev", { verb: "list", group: "apps", resource: "deployments" })).toBe(true);
    expect(await may("team-a-dev", { ...impersonate, name: "secret-reader" })).toBe(false);
    expect(await may("argocd", { ...impersonate, name: "platform-reconciler" })).toBe(false);
    expect(await may("team-a-dev", { verb: "get", resource: "secrets" })).toBe(false);
    expect(await may("team-a-dev", { verb: "create", group: "apps", resource: "deployments" })).toBe(false);
    expect(await may(undefined, { verb: "list", group: "apps", resource: "deployments" })).toBe(false);
  });
});

describe("a cluster that trusts the control plane's issuer", () => {
  const account = "argocd-application-controller";
  /** What a cluster answers whoever shows the token of Argo CD's pods for this one, as whom it acts there. */
  async function asked(cluster: string, audience: string, acting?: string) {
    const [plane, other] = [client("control-plane"), client(cluster)];
    const token = await plane.tokenRequest(argocdNamespace, account, [audience]);
    const namespace = `team-a-${cluster}`;
    const { status, body } = await other.request("GET", `/api/v1/namespaces/${namespace}/configmaps`, {
      token,
      ...(acting === undefined ? {} : { impersonate: { user: `system:serviceaccount:${namespace}:${acting}` } }),
    });
    plane.close();
    other.close();
    return { status, message: String((body as { message?: unknown }).message) };
  }

  it("lets Argo CD in by the token of its pods for that cluster, and act as a home's reconciler alone", async () => {
    const plane = client("control-plane");
    // The chart makes it, which is not to be had here.
    await plane.create({
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: account, namespace: argocdNamespace },
    });
    plane.close();
    expect(await asked("dev", "acme-dev")).toMatchObject({ status: 401 });
    const { "control-plane": issuer, dev, prod } = project.sandbox.clusters;
    trustIssuer(dev, issuer, { audience: "acme-dev", usernamePrefix: "argocd:" });
    trustIssuer(prod, issuer, { audience: "acme-prod", usernamePrefix: "argocd:" });
    for (const cluster of ["dev", "prod"])
      await eventually(`cluster ${cluster} to know Argo CD`, 150_000, async () => {
        const { status, message } = await asked(cluster, `acme-${cluster}`, "reconciler");
        return { done: status === 200, seen: `${String(status)} ${message}` };
      });
    const nobody = await asked("dev", "acme-dev", "secret-reader");
    expect(nobody.status).toBe(403);
    expect(nobody.message).toMatch(
      /User "argocd:system:serviceaccount:argocd:argocd-application-controller" cannot impersonate(:serviceaccount)? resource "serviceaccounts" .*in the namespace "team-a-dev"/,
    );
    // What one cluster was shown, another does not take.
    expect(await asked("prod", "acme-dev", "reconciler")).toMatchObject({ status: 401 });
  });
});

describe("a virtual cluster", () => {
  const releaser = "vcluster-team-v-dev";

  it("is reached by an address of its own, into which Argo CD logs in by its own token", async () => {
    const { name, server, config, ...rest } = await secretData("team-v-dev.dev");
    expect({ name, ...rest }).toEqual({ name: "team-v-dev.dev", project: "team-v-dev" });
    expect(server).toBe("https://team-v-dev.dev.platform.example.com");
    expect(JSON.parse(config ?? "")).toMatchObject({
      execProviderConfig: { command: "/estate/token-login", args: ["dev.virtual"] },
      tlsClientConfig: { insecure: false },
    });
  });

  it("is installed by an identity that Argo CD may be, in this home alone", async () => {
    const plane = client("control-plane");
    const application = await plane.get({
      apiVersion: argoproj,
      kind: "Application",
      metadata: { name: `${releaser}.dev`, namespace: "argocd" },
    });
    plane.close();
    const { source } = application["spec"] as { source: { helm: { valuesObject: Record<string, unknown> } } };
    const chart = await Chart.load("vcluster", "chart");
    const made = chart.renderAll("team-v-dev", chart.merged(source.helm.valuesObject)) as Manifest[];
    expect(made.length).toBeGreaterThan(5);
    const dev = client("dev");
    const as = { impersonate: { user: `system:serviceaccount:argocd:${releaser}` }, force: true, dryRun: true };
    const placed = (namespace: string, object: Manifest): Manifest => ({
      ...object,
      metadata: { ...object.metadata, namespace },
    });
    for (const object of made) {
      await dev.apply(placed("team-v-dev", object), { fieldManager: "argocd-controller", ...as });
      const refusal: unknown = await dev
        .apply(placed("team-a-dev", object), { fieldManager: "argocd-controller", ...as })
        .catch((error: unknown) => error);
      if (!(refusal instanceof KubernetesStatusError)) throw new Error(`${object.kind} came to another home`);
      expect([object.kind, refusal.status]).toEqual([object.kind, 403]);
      expect(refusal.message).toContain(`User "system:serviceaccount:argocd:${releaser}" cannot`);
    }
    dev.close();
    expect(await may("argocd", { ...impersonate, name: releaser })).toBe(true);
    expect(await may("team-v-dev", { verb: "get", resource: "secrets", name: "vc-config-team-v-dev" })).toBe(true);
    expect(await may("team-v-dev", { verb: "get", resource: "secrets", name: "vc-team-v-dev" })).toBe(false);
    expect(await may("team-v-dev", { verb: "list", resource: "secrets" })).toBe(false);
    expect(await may("team-v-dev", { ...impersonate, name: "reconciler" })).toBe(false);
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
    const updater = {
      apiVersion: "argocd-image-updater.argoproj.io/v1alpha1",
      kind: "ImageUpdater",
      metadata: { name: "escape", namespace: "argocd" },
      spec: {
        writeBackConfig: { method: "git:secret:argocd/repository-team-ab-dev" },
        applicationRefs: [{ namePattern: "*", images: [{ alias: "web", imageName: "example.com/web" }] }],
      },
    };
    for (const object of [...kinds, updater]) {
      const refusal: unknown = await plane
        .create(object, { dryRun: true, impersonate: mallory })
        .catch((error: unknown) => error);
      if (!(refusal instanceof KubernetesStatusError)) throw new Error(`${object.kind} of a tenant was let through`);
      expect(refusal.status).toBe(403);
      expect(refusal.message).toContain("estate-argo-objects");
    }
    // The same by the platform, and by the controller that makes Applications of a set.
    await plane.create(application, { dryRun: true });
    await plane.create(updater, { dryRun: true });
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

it("lets those that work for a home note what they did, and change no word of what is to be done", async () => {
  const plane = client("control-plane");
  const at = (kind: string, name: string, apiVersion: string) => ({
    apiVersion,
    kind,
    metadata: { name, namespace: argocdNamespace },
  });
  // The controller that makes it of the set does not run here.
  const application: Manifest = {
    ...at("Application", "team-a-dev.dev", argoproj),
    spec: {
      project: "team-a-dev",
      source: { repoURL: "https://git.example.com/x.git", path: "." },
      destination: { name: "team-a-dev.dev", namespace: "team-a-dev" },
    },
  };
  await plane.create(application);
  const updater = at("ImageUpdater", "team-a-dev", "argocd-image-updater.argoproj.io/v1alpha1");
  const as = (account: string) => ({
    dryRun: true,
    impersonate: { user: `system:serviceaccount:argocd:${account}`, groups: ["system:serviceaccounts:argocd"] },
  });
  const noted = { metadata: { annotations: { "notified.notifications.argoproj.io": "{}" } } };
  const finished = { metadata: { finalizers: ["resources-finalizer.argocd-image-updater.argoproj.io"] } };
  const notifier = as("notifications-team-a-dev");
  try {
    await plane.patch(application, noted, notifier);
    const current = await plane.get(updater);
    const changed = (change: object): Manifest => ({ ...current, ...change, metadata: { ...current.metadata } });
    const ending = { ...current, metadata: { ...current.metadata, ...finished.metadata } };
    await plane.replace(ending, as("argocd-image-updater"));
    const wrong: readonly (readonly [string, () => Promise<unknown>])[] = [
      [
        "another source",
        () => plane.patch(application, { spec: { source: { repoURL: "https://evil.example.com" } } }, notifier),
      ],
      ["a sync", () => plane.patch(application, { operation: { sync: { revision: "evil" } } }, notifier)],
      ["a status", () => plane.patch(application, { status: { sourceType: "Helm" } }, notifier)],
      ["a label", () => plane.patch(application, { metadata: { labels: { "estate.dev/tenant": "x" } } }, notifier)],
      [
        "another repository",
        () =>
          plane.replace(
            changed({ spec: { ...(current["spec"] as object), writeBackConfig: { method: "argocd" } } }),
            as("argocd-image-updater"),
          ),
      ],
    ];
    for (const [what, attempt] of wrong) {
      const refusal: unknown = await attempt().catch((error: unknown) => error);
      if (!(refusal instanceof KubernetesStatusError)) throw new Error(`${what} was let through`);
      expect([what, refusal.status]).toEqual([what, 403]);
      expect(refusal.message).toContain("estate-argo-objects");
    }
  } finally {
    await plane.delete(application);
    plane.close();
  }
});

it("has its images in ECR by one line more and its tenants in Git by another, and is seen without a change", async () => {
  project.settings(/estate:delivery: direct/, "estate:delivery: handover");
  // Image Updater has no role of AWS: the settings would be refused.
  project.tenant("team-a", "applications: [{ name: web }]");
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
  for (const name of [
    "dev/git/team-v",
    "control-plane/argocd/AppProject/platform-tenants",
    "control-plane/argocd/Application/platform-tenants.dev",
    "dev/argocd/ServiceAccount/platform-reconciler",
  ])
    expect(resources).toContain(`::${name} `);
  // The project's own login comes by way of Vault.
  let found: Record<string, string> = {};
  await eventually("the login to the cluster-management project", 60_000, async () => {
    found = await secretData("repository-platform-tenants");
    return { done: found["password"] !== undefined, seen: Object.keys(found).join(", ") };
  });
  const url = new URL(`${found["url"] ?? ""}/info/refs?service=git-upload-pack`);
  expect(url.pathname).toContain("/platform/cluster-management.git");
  const login = Buffer.from(`${found["username"] ?? ""}:${found["password"] ?? ""}`).toString("base64");
  expect((await fetch(url, { headers: { authorization: `Basic ${login}` } })).status).toBe(200);
  expect(await may("argocd", { ...impersonate, name: "platform-reconciler" })).toBe(true);
  expect(await may(undefined, { verb: "list", resource: "secrets" })).toBe(false);
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
