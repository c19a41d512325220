import { GitLabClient, KubernetesClient, VaultClient, isRecord } from "@estate/clients";
import { checkout } from "@estate/sandbox";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { registryHost } from "../../model/names";
import { TestProject } from "../support/project";
import { credentialFiles, leaks } from "../support/secrets";

let project: TestProject;
const clients = new Map<string, KubernetesClient>();
let vault: VaultClient;

const trackedChanges = (): string =>
  execFileSync("git", ["status", "--porcelain", "--untracked-files=no"], { cwd: checkout, encoding: "utf8" });
const changesBefore = trackedChanges();

const on = (cluster: string): KubernetesClient => {
  const client = clients.get(cluster);
  if (client === undefined) throw new Error(`no client for ${cluster}`);
  return client;
};

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a");
  project.tenant("team-ab", "isolation: vcluster");
  for (const context of Object.keys(project.sandbox.clusters)) {
    clients.set(context, KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context }));
  }
  vault = new VaultClient(project.sandbox.vault.address, project.sandbox.vault.token);
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  for (const client of clients.values()) client.close();
  vault.close();
  await project.end();
});

type Person = { readonly user: string; readonly groups: string[] };
const person = (group: string): Person => ({ user: `somebody-of-${group}`, groups: [group, "system:authenticated"] });

/** Status and reason of a request made as somebody else. */
async function answer(
  cluster: string,
  method: string,
  path: string,
  as: Person,
  body?: unknown,
  contentType?: string,
): Promise<{ status: number; message: string }> {
  const result = await on(cluster).request(method, path, {
    impersonate: as,
    ...(body === undefined ? {} : { body }),
    ...(contentType === undefined ? {} : { contentType }),
  });
  return {
    status: result.status,
    message: isRecord(result.body) && typeof result.body["message"] === "string" ? result.body["message"] : "",
  };
}

const restricted = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};

const pod = (resources?: unknown) => ({
  automountServiceAccountToken: false,
  containers: [
    {
      name: "main",
      image: `${registryHost(project.sandbox.harbor.url)}/acme-team-a/app:1`,
      securityContext: restricted,
      ...(resources === undefined ? {} : { resources }),
    },
  ],
});

const deployment = (name: string, annotations: Record<string, string> = {}) => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name }, annotations }, spec: pod() },
  },
});

describe("the stack", () => {
  it("is in the clusters and in Vault as it is in Git: a refreshed preview changes nothing", async () => {
    const { output } = await project.succeed("preview", "--refresh", "--expect-no-changes");
    expect(output).toMatch(/\d+ unchanged/);
  });

  it("changed no tracked file of its project", () => {
    const issued = /issued: "[^"]*"/;
    expect(readFileSync(join(project.dir, "Pulumi.dev.yaml"), "utf8").replace(issued, "")).toBe(
      readFileSync(join(checkout, "Pulumi.dev.yaml"), "utf8").replace(issued, ""),
    );
  });

  it("keeps no credential in clear: not in its state or history, not in Git, not in a log", async () => {
    const kubeconfig = readFileSync(project.sandbox.kubeconfig, "utf8");
    const planted: Record<string, string> = {
      vault: project.sandbox.vault.token,
      gitlab: project.sandbox.gitlab.token,
      harbor: project.sandbox.harbor.password,
    };
    for (const [index, match] of [...kubeconfig.matchAll(/token: "?([^"\s]+)/g)].entries())
      planted[`cluster ${String(index)}`] = match[1] ?? "";
    for (const folder of ["team-a/dev/delivery", "team-a/prod/delivery", "team-ab/dev/delivery"]) {
      const kept = (await vault.read(`acme/data/${folder}`))?.data["data"];
      if (!isRecord(kept)) throw new Error(`nothing is kept at ${folder}`);
      for (const [key, value] of Object.entries(kept))
        if (key !== "username") planted[`${folder} ${key}`] = String(value);
    }
    expect(Object.keys(planted).length).toBeGreaterThanOrEqual(12);
    // GitLab keeps hooks' tokens where it needs them, as the real one does in its database.
    expect(leaks(project.sandbox.dir, planted, [...credentialFiles, /^gitlab\/data\/state\.json$/])).toEqual([]);
    expect(project.state()).toContain("pulumi:providers:kubernetes");
  });

  it("shows where things are and who may do what", async () => {
    const { stdout } = await project.succeed("stack", "output", "--json");
    const outputs = JSON.parse(stdout) as { tenants: Record<string, unknown>; accessMatrix: unknown[] };
    expect(outputs.tenants["team-a"]).toEqual({
      state: "active",
      namespaces: { dev: ["dev/team-a-dev"], prod: ["prod/team-a-prod"] },
    });
    expect(outputs.accessMatrix).toContainEqual({
      group: "team-a-developers",
      role: "tenant-view",
      namespace: "team-a-prod",
      cluster: "prod",
    });
  });
});

describe("secrets", () => {
  const login = async (cluster: string, namespace: string, serviceAccount = "secret-reader", audience = "vault") => {
    const jwt = await on(cluster).tokenRequest(namespace, serviceAccount, [audience], 600);
    return vault.withToken(undefined).request("POST", `auth/acme-${cluster}/login`, { role: namespace, jwt });
  };
  const tokenOf = async (cluster: string, namespace: string): Promise<VaultClient> => {
    const { status, body } = await login(cluster, namespace);
    expect({ status, body: status === 200 ? "" : body }).toEqual({ status: 200, body: "" });
    const auth = isRecord(body) && isRecord(body["auth"]) ? body["auth"] : {};
    expect(auth["lease_duration"]).toBeLessThanOrEqual(3600);
    return vault.withToken(String(auth["client_token"]));
  };

  beforeAll(async () => {
    for (const folder of ["team-a/dev", "team-a/prod", "team-ab/dev", "team-ab/prod"]) {
      await vault.write(`acme/data/${folder}/database`, { data: { password: `of-${folder}` } });
    }
  });

  it.each([
    ["dev", "team-a-dev", "team-a/dev", ["team-ab/dev", "team-a/prod", "team-ab/prod"]],
    ["prod", "team-a-prod", "team-a/prod", ["team-ab/prod", "team-a/dev"]],
    ["dev", "team-ab-dev", "team-ab/dev", ["team-a/dev", "team-ab/prod"]],
  ])("a token of %s %s opens %s and nothing else", async (cluster, namespace, own, others) => {
    const tenant = await tokenOf(cluster, namespace);
    const read = await tenant.request("GET", `acme/data/${own}/database`);
    expect(read.status).toBe(200);
    expect(JSON.stringify(read.body)).toContain(`of-${own}`);
    for (const other of others) {
      const refused = await tenant.request("GET", `acme/data/${other}/database`);
      expect([other, refused.status, JSON.stringify(refused.body)]).toEqual([
        other,
        403,
        expect.stringContaining("permission denied"),
      ]);
    }
    expect((await tenant.request("POST", `acme/data/${own}/database`, { data: { password: "x" } })).status).toBe(403);
    tenant.close();
  });

  it.each([
    [
      "of another ServiceAccount",
      () => login("dev", "team-a-dev", "reconciler"),
      "does not match sub claim|invalid subject|error validating token",
    ],
    ["for another audience", () => login("dev", "team-a-dev", "secret-reader", "https://kubernetes.dev"), "audience"],
  ])("a token %s is refused", async (_what, attempt, reason) => {
    const { status, body } = await attempt();
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(new RegExp(reason));
  });

  it("a token of another cluster is refused: each auth mount trusts that cluster's keys only", async () => {
    const jwt = await on("dev").tokenRequest("team-a-dev", "secret-reader", ["vault"], 600);
    const { status, body } = await vault
      .withToken(undefined)
      .request("POST", "auth/acme-prod/login", { role: "team-a-prod", jwt });
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toMatch(/signature|no known key/);
  });
});

describe("people", () => {
  const developer = person("team-a-developers");
  const operations = person("team-a-operations");
  const deployments = (namespace: string) => `/apis/apps/v1/namespaces/${namespace}/deployments`;
  const merge = "application/merge-patch+json";

  it("a developer creates a Deployment in dev, and not in prod", async () => {
    expect(await answer("dev", "POST", deployments("team-a-dev"), developer, deployment("checkout"))).toMatchObject({
      status: 201,
    });
    const refused = await answer("prod", "POST", deployments("team-a-prod"), developer, deployment("checkout"));
    expect(refused).toMatchObject({
      status: 403,
      message: expect.stringContaining('cannot create resource "deployments"'),
    });
    expect(await answer("prod", "GET", deployments("team-a-prod"), developer)).toMatchObject({ status: 200 });
  });

  it("a developer of another tenant sees nothing, whatever its name begins with", async () => {
    for (const [cluster, namespace] of [
      ["dev", "team-a-dev"],
      ["prod", "team-a-prod"],
    ] as const) {
      const refused = await answer(cluster, "GET", deployments(namespace), person("team-ab-developers"));
      expect(refused).toMatchObject({ status: 403, message: expect.stringContaining("cannot list resource") });
    }
    expect(await answer("dev", "GET", deployments("team-ab-dev"), person("team-ab-developers"))).toMatchObject({
      status: 200,
    });
  });

  it("nobody of a tenant changes what limits it", async () => {
    for (const group of ["team-a-owners", "team-a-developers", "team-a-operations"]) {
      for (const path of ["resourcequotas/tenant", "limitranges/tenant"]) {
        const refused = await answer("dev", "DELETE", `/api/v1/namespaces/team-a-dev/${path}`, person(group));
        expect(refused).toMatchObject({ status: 403, message: expect.stringContaining("cannot delete resource") });
      }
      const label = { metadata: { labels: { "pod-security.kubernetes.io/enforce": "privileged" } } };
      expect(await answer("dev", "PATCH", "/api/v1/namespaces/team-a-dev", person(group), label, merge)).toMatchObject({
        status: 403,
      });
    }
  });

  it("nobody of a tenant changes or removes what the platform put into its home", async () => {
    const reconciler = {
      user: "system:serviceaccount:team-a-prod:reconciler",
      groups: ["system:serviceaccounts", "system:serviceaccounts:team-a-prod", "system:authenticated"],
    };
    const own = { message: expect.stringContaining("this object is the platform's") };
    const secrets = "/apis/external-secrets.io/v1/namespaces/team-a-dev/externalsecrets/git-credentials";
    const account = "/api/v1/namespaces/team-a-dev/serviceaccounts/secret-reader";
    const source = "/apis/source.toolkit.fluxcd.io/v1/namespaces/team-a-prod/gitrepositories/operations";
    expect(await answer("dev", "DELETE", account, developer)).toMatchObject({ status: 403, ...own });
    expect(await answer("dev", "PATCH", secrets, developer, { spec: { refreshInterval: "1h" } }, merge)).toMatchObject({
      status: 403,
      ...own,
    });
    expect(
      await answer("prod", "PATCH", source, reconciler, { spec: { url: "https://evil.example.com/x.git" } }, merge),
    ).toMatchObject({ status: 403, ...own });
    // Its conforming twin: what the tenant made itself, it changes and removes.
    const mine = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "mine" } };
    expect(await answer("dev", "POST", "/api/v1/namespaces/team-a-dev/serviceaccounts", developer, mine)).toMatchObject(
      { status: 201 },
    );
    expect(
      await answer("dev", "DELETE", "/api/v1/namespaces/team-a-dev/serviceaccounts/mine", developer),
    ).toMatchObject({ status: 200 });
  });

  it("nobody of a tenant has a token made by way of a Secret", async () => {
    const secret = (type: string) => ({
      apiVersion: "v1",
      kind: "Secret",
      type,
      metadata: {
        name: `made-${type.split("/").at(-1)?.toLowerCase() ?? ""}`,
        annotations: { "kubernetes.io/service-account.name": "reconciler" },
      },
    });
    const path = "/api/v1/namespaces/team-a-dev/secrets";
    const refused = await answer("dev", "POST", path, developer, secret("kubernetes.io/service-account-token"));
    expect(refused).toMatchObject({
      message: expect.stringContaining("may not ask for a ServiceAccount's token"),
      status: 403,
    });
    expect(await answer("dev", "POST", path, developer, secret("Opaque"))).toMatchObject({ status: 201 });
  });

  describe("operations in prod", () => {
    const path = `${deployments("team-a-prod")}/running`;
    const restart = {
      spec: {
        template: { metadata: { annotations: { "kubectl.kubernetes.io/restartedAt": "2026-11-21T12:00:00Z" } } },
      },
    };
    beforeAll(async () => {
      await on("prod").create({ ...deployment("running"), metadata: { name: "running", namespace: "team-a-prod" } });
    });

    it("restart", async () => {
      expect(
        await answer("prod", "PATCH", path, operations, restart, "application/strategic-merge-patch+json"),
      ).toMatchObject({ status: 200 });
    });

    it("scale", async () => {
      expect(
        await answer("prod", "PATCH", `${path}/scale`, operations, { spec: { replicas: 2 } }, merge),
      ).toMatchObject({ status: 200 });
    });

    it("suspend and resume delivery, and point it nowhere else", async () => {
      const kustomization = "/apis/kustomize.toolkit.fluxcd.io/v1/namespaces/team-a-prod/kustomizations/operations";
      for (const suspend of [true, null]) {
        expect(await answer("prod", "PATCH", kustomization, operations, { spec: { suspend } }, merge)).toMatchObject({
          status: 200,
        });
      }
      const refused = await answer(
        "prod",
        "PATCH",
        kustomization,
        operations,
        { spec: { path: "./elsewhere" } },
        merge,
      );
      expect(refused).toMatchObject({
        status: 403,
        message: expect.stringContaining("operations may suspend, resume and reconcile"),
      });
    });

    it.each<[string, unknown]>([
      [
        "the image",
        { spec: { template: { spec: { containers: [{ name: "main", image: "registry.example.com/app:2" }] } } } },
      ],
      ["another annotation of the pods", { spec: { template: { metadata: { annotations: { other: "x" } } } } }],
      ["the strategy", { spec: { strategy: { type: "Recreate", rollingUpdate: null } } }],
      ["a label", { metadata: { labels: { tier: "gold" } } }],
      ["a finalizer", { metadata: { finalizers: ["example.com/stay"] } }],
    ])("do not edit %s", async (_what, patch) => {
      const refused = await answer("prod", "PATCH", path, operations, patch, "application/strategic-merge-patch+json");
      expect(refused).toMatchObject({
        status: 403,
        message: expect.stringContaining("operations may restart a workload"),
      });
    });

    it("do not replace it, nor create one", async () => {
      const put = await answer("prod", "PUT", path, operations, { ...deployment("running") });
      expect(put).toMatchObject({
        status: 403,
        message: expect.stringContaining('cannot update resource "deployments"'),
      });
      const created = await answer("prod", "POST", deployments("team-a-prod"), operations, deployment("other"));
      expect(created).toMatchObject({
        status: 403,
        message: expect.stringContaining('cannot create resource "deployments"'),
      });
    });

    it("the reconciler edits it: the guardrail is for those who only patch", async () => {
      const reconciler = {
        user: "system:serviceaccount:team-a-prod:reconciler",
        groups: ["system:serviceaccounts", "system:serviceaccounts:team-a-prod", "system:authenticated"],
      };
      const patch = { spec: { template: { metadata: { annotations: { other: "x" } } } } };
      expect(await answer("prod", "PATCH", path, reconciler, patch, merge)).toMatchObject({ status: 200 });
      const elsewhere = await answer("prod", "GET", deployments("team-ab-prod"), reconciler);
      expect(elsewhere).toMatchObject({ status: 403, message: expect.stringContaining("cannot list resource") });
    });
  });
});

describe("limits", () => {
  const pods = "/api/v1/namespaces/team-a-dev/pods";
  const admin: Person = { user: "team-a-owner", groups: ["team-a-owners", "system:authenticated"] };
  const named = (name: string, resources?: unknown) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name },
    spec: pod(resources),
  });

  it("a pod that names none gets the LimitRange's", async () => {
    expect(await answer("dev", "POST", pods, admin, named("plain"))).toMatchObject({ status: 201 });
    const made = await on("dev").get({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "plain", namespace: "team-a-dev" },
    });
    const [container] = (made as unknown as { spec: { containers: { resources: unknown }[] } }).spec.containers;
    expect(container?.resources).toEqual({
      limits: { cpu: "500m", memory: "512Mi", "ephemeral-storage": "1Gi" },
      requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "64Mi" },
    });
  });

  it("the quota refuses the pod that exceeds it, and takes one that fits", async () => {
    const big = { requests: { cpu: "3", memory: "6Gi" }, limits: { cpu: "4", memory: "8Gi" } };
    const statuses: { status: number; message: string }[] = [];
    for (const name of ["big-1", "big-2", "big-3"])
      statuses.push(await answer("dev", "POST", pods, admin, named(name, big)));
    expect(statuses.slice(0, 2)).toMatchObject([{ status: 201 }, { status: 201 }]);
    expect(statuses[2]).toMatchObject({
      status: 403,
      message: expect.stringMatching(/exceeded quota: tenant, requested: .*requests\.cpu=3/),
    });
  });

  it("Pod Security refuses a privileged pod, and takes its conforming twin", async () => {
    const spec = pod();
    const privileged = {
      ...spec,
      containers: spec.containers.map((container) => ({ ...container, securityContext: { privileged: true } })),
    };
    const refused = await answer("dev", "POST", pods, admin, {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "bad" },
      spec: privileged,
    });
    expect(refused).toMatchObject({
      status: 403,
      message: expect.stringContaining('violates PodSecurity "restricted:'),
    });
    expect(await answer("dev", "POST", pods, admin, named("good"))).toMatchObject({ status: 201 });
  });

  it("the API server's CRDs check custom resources: what Estate writes passes, a misspelt field does not", async () => {
    const stored = await on("dev").get({
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: { name: "vault", namespace: "team-a-dev" },
    });
    const { spec } = stored as unknown as { spec: { provider: { vault: Record<string, unknown> } } };
    const again = (vaultSpec: unknown) => ({
      apiVersion: "external-secrets.io/v1",
      kind: "SecretStore",
      metadata: { name: "again", namespace: "team-a-dev" },
      spec: { provider: { vault: vaultSpec } },
    });
    const strict = { dryRun: true, fieldValidation: "Strict" } as const;
    await expect(on("dev").create(again(spec.provider.vault), strict)).resolves.toBeDefined();
    await expect(on("dev").create(again({ ...spec.provider.vault, pathh: "acme" }), strict)).rejects.toThrow(
      /unknown field "spec.provider.vault.pathh"/,
    );
  });
});

describe("a change", () => {
  it("one more tenant file previews that tenant's resources and no other", async () => {
    project.tenant("newcomer");
    const steps = await project.previewed();
    project.removeTenant("newcomer");
    expect(steps.length).toBeGreaterThan(30);
    // Besides its own resources only the stack's outputs, which list the tenants.
    expect(steps.filter((step) => !step.includes("newcomer"))).toEqual([]);
    expect(steps.every((step) => step.startsWith("create "))).toBe(true);
  });

  it("a changed profile previews updates of exactly its tenants, and replaces nothing", async () => {
    project.tenant("team-ab", "isolation: vcluster", "profile: large");
    await project.succeed("up", "--yes", "--skip-preview");
    project.settings('requests.cpu: "32"', 'requests.cpu: "40"');
    const steps = await project.previewed();
    project.settings('requests.cpu: "40"', 'requests.cpu: "32"');
    expect(steps).toEqual([
      "update dev/team-ab-dev/ResourceQuota/tenant",
      "update prod/team-ab-prod/ResourceQuota/tenant",
    ]);
  });
});

describe("a mistake", () => {
  it("is told once, with place, cause and remedy, and nothing is written", async () => {
    const before = project.resources();
    project.tenant("Bad_Name", "profil: standard");
    project.tenant("wrong", "profile: standart", "environments: [dev, stage]");
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview");
    const validate = spawnSync(process.execPath, ["--import", "tsx", join(checkout, "scripts", "validate.ts")], {
      cwd: project.dir,
      encoding: "utf8",
    });
    project.removeTenant("Bad_Name");
    project.removeTenant("wrong");
    expect(code).toBe(1);
    expect(output).toMatch(
      /tenants\/Bad_Name\.yaml:\d+:\d+: error\[K001\]: unknown key "profil"; did you mean "profile"/,
    );
    expect(output).toMatch(/tenants\/wrong\.yaml:\d+:\d+: error\[K\d+\]: .*"standart".*did you mean "standard"/);
    expect(output).toMatch(/tenants\/wrong\.yaml:\d+:\d+: error\[K\d+\]: .*"stage"/);
    expect(output).not.toMatch(/\n\s+at .*\.ts:\d+/);
    expect(project.resources()).toEqual(before);
    expect(validate.status).toBe(2);
    expect(validate.stderr).toMatch(/unknown key "profil"/);
  });

  it("another cluster behind a pinned context stops the run before the first write", async () => {
    const pin = (uid: string) => `    dev:\n      role: workload\n      kind: existing\n      uid: ${uid}\n    prod:`;
    const unpinned = /    dev:\n      role: workload\n      kind: existing\n    prod:/;
    const { metadata } = await on("dev").get({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "kube-system" },
    });
    project.tenant("pinned");
    const before = await project.inventory();
    expect(new Set(before.map(({ plane }) => plane)).size).toBe(5);
    project.settings(unpinned, pin("11111111-1111-4111-8111-111111111111"));
    const refused = await project.pulumi("up", "--yes", "--skip-preview");
    expect(refused.code).toBe(1);
    expect(refused.output).toMatch(/cluster dev: context "dev" leads to a cluster whose kube-system has UID/);
    // Not on that cluster, not on the others, not in Vault, GitLab or Harbor.
    expect(await project.inventory()).toEqual(before);

    project.settings("11111111-1111-4111-8111-111111111111", metadata.uid ?? "");
    await project.succeed("up", "--yes", "--skip-preview");
    expect(
      await on("dev").find({ apiVersion: "v1", kind: "Namespace", metadata: { name: "pinned-dev" } }),
    ).toBeDefined();
  });
});

describe("preflight", () => {
  const run = () =>
    spawnSync(process.execPath, ["--import", "tsx", join(checkout, "scripts", "preflight.ts")], {
      cwd: project.dir,
      encoding: "utf8",
      env: { ...process.env, ...project.sandbox.env() },
    });

  it("asks the clusters about every object of a new tenant, and leaves nothing behind", async () => {
    project.tenant("fresh", "environments: [dev]");
    const passed = run();
    expect(passed.stderr).toBe("");
    expect(passed.status).toBe(0);
    expect(passed.stdout).toMatch(/ok {2}tenant fresh in fresh-dev on dev: \d\d objects accepted\n/);
    const namespaces = await on("dev").list("v1", "Namespace");
    expect(namespaces.items.filter(({ metadata }) => metadata.name?.startsWith("estate-preflight-"))).toEqual([]);
  });

  it("tells what a cluster would refuse, and why", async () => {
    await on("dev").create({ apiVersion: "v1", kind: "Namespace", metadata: { name: "fresh-dev" } });
    const refused = run();
    await on("dev").delete({ apiVersion: "v1", kind: "Namespace", metadata: { name: "fresh-dev" } });
    project.removeTenant("fresh");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(
      /error\[F021\]: Namespace fresh-dev would be refused: the namespace exists and is not Estate's/,
    );
  });
});

describe("destroy", () => {
  it("leaves nothing in any plane: no object, no secret, no credential", async () => {
    const gitlab = new GitLabClient(project.sandbox.gitlab.url, project.sandbox.gitlab.token);
    const parent = await gitlab.read("groups/acme%2Ftenants");
    gitlab.close();
    const before = await project.inventory();
    const count = (wanted: string): number => before.filter(({ plane }) => plane === wanted).length;
    expect([count("kubernetes") > 50, count("gitops") > 4, count("vault") > 4]).toEqual([true, true, true]);
    expect([count("gitlab") > 20, count("registry") > 10]).toEqual([true, true]);
    await project.succeed("destroy", "--yes", "--skip-preview");
    expect(await project.inventory()).toEqual([]);
    // The parent group itself has lost its path: what could be left in it is asked for by its number.
    expect(await project.inventory(Number(parent?.["id"]))).toEqual([]);
  });
});

describe("the checkout", () => {
  it("is as it was: no command changes a tracked file", () => {
    expect(trackedChanges()).toBe(changesBefore);
  });
});
