import { GitLabClient, KubernetesClient, VaultClient } from "@estate/clients";
import { checkout } from "@estate/sandbox";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changes, nameOf } from "../../scripts/pulumi-cli";
import { TestProject } from "../support/project";

let project: TestProject;
let dev: KubernetesClient;
let gitlab: GitLabClient;
let vault: VaultClient;

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("payments", "applications: [{ name: checkout }]");
  dev = KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context: "dev" });
  gitlab = new GitLabClient(project.sandbox.gitlab.url, project.sandbox.gitlab.token);
  vault = new VaultClient(project.sandbox.vault.address, project.sandbox.vault.token);
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  for (const client of [dev, gitlab, vault]) client.close();
  await project.end();
});

function estate(env: Readonly<Record<string, string>>, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(checkout, "bin/estate.mjs"), ...args], {
    cwd: project.dir,
    encoding: "utf8",
    env: { ...process.env, ...project.context.env, ...env },
  });
  return { status, stdout, stderr };
}

/** The one line about a system, of a report with one problem. */
const onlyProblem = (stderr: string): string => {
  const [head, line, ...rest] = stderr.trim().split("\n");
  expect([head, rest]).toEqual(["1 problem found", []]);
  return line ?? "";
};

describe("estate doctor", () => {
  it("finds every system there, with its version and how long the login lasts", () => {
    const { status, stdout, stderr } = estate({}, "doctor");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const line of [
      /^ok {2}cluster control-plane \(context control-plane\): ready, v1\.\d+\.\d+, uid [0-9a-f-]{36}$/m,
      /^ok {2}cluster dev /m,
      /^ok {2}cluster prod /m,
      /^ok {2}Vault \(http\S+\): unsealed, 1\.\d+\.\d+, token does not expire$/m,
      /^ok {2}GitLab \(http\S+\): \d+\.\d+\.\d+, as root, token /m,
      /^ok {2}the registry \(http\S+\): v2\S+, as admin$/m,
    ])
      expect(stdout).toMatch(line);
  });

  it("tells of a Vault token that ended", async () => {
    const made = await vault.write("auth/token/create", { ttl: "1h" });
    const token = String(made?.auth?.["client_token"]);
    expect(estate({ VAULT_TOKEN: token }, "doctor")).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/warning\[F016\]: the token lasts \d+ s, and a run may take 7200 s/) as string,
    });
    await vault.write("auth/token/revoke", { token });
    const { status, stderr } = estate({ VAULT_TOKEN: token }, "doctor");
    expect(status).toBe(2);
    expect(onlyProblem(stderr)).toMatch(/^Vault \(\S+\): error\[F013\]: the token is refused \(403\); log in again/);
  });

  it("tells of a Vault token with too few rights, and which they are", async () => {
    const made = await vault.write("auth/token/create", { policies: ["default"], ttl: "24h" });
    const { status, stderr } = estate({ VAULT_TOKEN: String(made?.auth?.["client_token"]) }, "doctor");
    expect(status).toBe(2);
    expect(onlyProblem(stderr)).toMatch(
      /^Vault \(\S+\): error\[F015\]: the token lacks rights: auth\/token\/create \(update\), sys\/mounts\/acme \(update\), .*acme\/data\/doctor \(update\); log in/,
    );
  });

  it.each([
    ["GITLAB_TOKEN", "glpat-wrong", /^GitLab \(\S+\): error\[F033\]: the token is refused \(401\); make a new one/],
    ["GITLAB_BASE_URL", "http://127.0.0.1:1/", /^GitLab \(\S+\): error\[F031\]: unreachable: .*ECONNREFUSED/],
    ["HARBOR_PASSWORD", "wrong", /^the registry \(\S+\): error\[F043\]: refuses the login of admin \(401\)/],
    ["VAULT_ADDR", "http://127.0.0.1:1", /^Vault \(\S+\): error\[F011\]: unreachable: .*ECONNREFUSED/],
  ])("tells in one line of a wrong %s", (variable, value, line) => {
    const { status, stderr } = estate({ [variable]: value }, "doctor");
    expect(status).toBe(2);
    expect(onlyProblem(stderr)).toMatch(line);
  });

  it("tells of a GitLab user who does not own the parent group", async () => {
    const user = await gitlab.write("POST", "users", {
      username: "somebody",
      name: "Somebody",
      email: "somebody@example.com",
      password: "a-long-passphrase-of-a-test",
    });
    const made = await gitlab.write("POST", `users/${String(user["id"])}/personal_access_tokens`, {
      name: "doctor",
      scopes: ["api"],
      expires_at: new Date(Date.now() + 100 * 86_400_000).toISOString().slice(0, 10),
    });
    const { status, stderr } = estate({ GITLAB_TOKEN: String(made["token"]) }, "doctor");
    expect(status).toBe(2);
    expect(onlyProblem(stderr)).toMatch(
      /error\[F036\]: user somebody does not own group acme\/tenants; make that user/,
    );
  });

  it("tells of a cluster that is away", () => {
    const server = project.sandbox.clusters.dev.server;
    const text = readFileSync(project.sandbox.kubeconfig, "utf8");
    const away = join(project.folder, "kubeconfig-away");
    writeFileSync(away, text.replaceAll(server, "https://127.0.0.1:1"));
    const { status, stderr } = estate({ KUBECONFIG: away }, "doctor");
    expect(status).toBe(2);
    expect(onlyProblem(stderr)).toMatch(/^cluster dev \(context dev\): error\[F001\]: unreachable: .*ECONNREFUSED/);
  });
});

describe("estate adopt", () => {
  /** What a preview would do with a tenant, but for the credentials that are made anew. */
  const left = async (): Promise<string[]> => {
    const { stdout } = await project.succeed("preview", "--json");
    return changes(stdout)
      .filter(({ op, urn }) => op !== "create" || !/Token::|ProjectHook::|vault:/.test(urn))
      .map(({ op, urn }) => `${op} ${nameOf(urn)}`);
  };

  it("takes back what a state has lost, with 0 changes", async () => {
    const urn = (type: string, name: string) => `urn:pulumi:dev::estate::estate:index:Tenant$${type}::${name}`;
    for (const lost of [
      urn("kubernetes:core/v1:Namespace", "dev/Namespace/payments-dev"),
      urn("kubernetes:core/v1:Namespace", "prod/Namespace/payments-prod"),
      urn("gitlab:index/group:Group", "gitlab/payments"),
    ])
      await project.succeed("state", "delete", lost, "--target-dependents", "--yes");
    project.removeTenant("payments");
    const before = await dev.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "payments-dev" } });
    const words = ["adopt", "--namespace", "payments-prod", "--gitlab", "acme/tenants/payments"];

    expect(estate({}, ...words)).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("tenant payments has no owner yet") as string,
    });
    const listed = estate({}, ...words, "--owner", "payments@example.com");
    expect(listed.status, listed.stderr).toBe(0);
    expect(listed.stdout).toMatch(/import-payments\.json written: \d+ of \d+ resources are there and are imported/);
    expect(readFileSync(join(project.dir, "tenants/payments.yaml"), "utf8")).toBe(
      [
        "# yaml-language-server: $schema=./tenant.schema.json",
        "schema: 1",
        "displayName: payments",
        "owner: { email: payments@example.com }",
        "profile: standard",
        "applications:",
        "  - { name: checkout }",
        "",
      ].join("\n"),
    );
    // Nothing is imported by that.
    expect((await left()).length).toBeGreaterThan(30);

    const imported = estate({}, ...words, "--import");
    expect(imported.status, imported.stderr).toBe(0);
    expect(imported.stdout).toMatch(/The next pulumi up of stack dev: \d+ new, 0 changed, 0 replaced or deleted/);
    expect(imported.stdout).toContain("guardrails: warn");
    expect(await left()).toEqual([]);
    await project.succeed("up", "--yes", "--skip-preview");
    const after = await dev.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "payments-dev" } });
    expect(after.metadata.uid).toBe(before.metadata.uid);
    expect(await project.previewed()).toEqual([]);
  });

  it("takes what others made: objects that run and a project with its own pipeline stay, and are guarded then", async () => {
    const metadata = { name: "web", namespace: "legacy-dev" };
    await dev.create({
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: "legacy-dev", labels: { "example.com/team": "legacy" } },
    });
    const container = { name: "web", image: "registry.example.com/web:1" };
    const running = await dev.create({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: { app: "web" } },
        template: { metadata: { labels: { app: "web" } }, spec: { containers: [container] } },
      },
    });
    const parent = await gitlab.read("groups/acme%2Ftenants");
    const group = await gitlab.write("POST", "groups", {
      name: "Legacy",
      path: "legacy",
      parent_id: parent?.["id"],
      visibility: "private",
    });
    const shop = await gitlab.write("POST", "projects", {
      name: "shop",
      path: "shop",
      namespace_id: group["id"],
      initialize_with_readme: true,
    });
    const file = `projects/${String(shop["id"])}/repository/files/.gitlab-ci.yml`;
    await gitlab.write("POST", file, { branch: "main", content: "own: { script: [true] }\n", commit_message: "own" });

    const words = ["adopt", "--namespace", "legacy-dev", "--gitlab", "acme/tenants/legacy"];
    const adopted = estate({}, ...words, "--owner", "legacy@example.com", "--import");
    expect(adopted.status, adopted.stderr).toBe(0);
    // What differs is what Estate says of a namespace, a group and a project, and nothing is lost.
    expect(adopted.stdout).toMatch(/\d+ new, \d changed, 0 replaced or deleted/);
    await project.succeed("up", "--yes", "--skip-preview");
    expect(await project.previewed()).toEqual([]);

    const kept = await dev.get({ apiVersion: "apps/v1", kind: "Deployment", metadata });
    expect(kept.metadata.uid).toBe(running.metadata.uid);
    const namespace = await dev.get({ apiVersion: "v1", kind: "Namespace", metadata: { name: "legacy-dev" } });
    expect(namespace.metadata.labels).toMatchObject({ "example.com/team": "legacy", "estate.dev/tenant": "legacy" });
    const own = await gitlab.read(`${file}?ref=main`);
    expect(Buffer.from(String(own?.["content"]), "base64").toString("utf8")).toBe("own: { script: [true] }\n");
    await expect(
      dev.create({
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "strong", namespace: "legacy-dev" },
        spec: { containers: [{ ...container, securityContext: { privileged: true } }] },
      }),
    ).rejects.toThrow(/privileged|restricted/);
  });

  it("refuses what cannot be adopted, and says why", async () => {
    expect(estate({}, "adopt", "--namespace", "elsewhere")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /namespace elsewhere cannot be adopted as it is: a tenant's namespaces are called/,
      ) as string,
    });
    expect(estate({}, "adopt", "--namespace", "nothing-dev")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /no namespace nothing-dev: none of the clusters of environment dev has one/,
      ) as string,
    });
    await gitlab.write("POST", "groups", { name: "Old", path: "old-payments" });
    expect(estate({}, "adopt", "--namespace", "payments-dev", "--gitlab", "old-payments")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /group old-payments cannot be adopted where it is: the tenant's group is acme\/tenants\/payments/,
      ) as string,
    });
  });
});
