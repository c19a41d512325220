import { GitLabClient, HarborClient, type VaultClient } from "@estate/clients";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startHarbor, type RunningHarbor } from "../../sandbox/harbor/server";
import {
  gitlabInventory,
  inventoryTable,
  registryInventory,
  vaultInventory,
  type Found,
} from "../../scripts/inventory";
import { adminToken, rigOf, type Rig } from "../sandbox/gitlab/client";
import { ApiClient, immutableRule } from "../sandbox/harbor/api-client";

const lines = (found: readonly Found[]): string[] =>
  found.map(({ tenant, where, what }) => `${tenant}: ${where}: ${what}`).sort();

/** A Vault that answers lists and two reads. */
const vault = {
  list: (path: string) =>
    Promise.resolve(
      {
        "sys/policies/acl": [
          "acme.dev.team-a-dev.read",
          "acme.ci.team-a.pipelines",
          "other.dev.team-a-dev.read",
          "default",
        ],
        "auth/acme-dev/role": ["team-a-dev"],
        "auth/acme-ci/role": ["team-a"],
        "acme/metadata/": ["team-a/"],
        "acme/metadata/team-a/": ["dev/"],
        "acme/metadata/team-a/dev/": ["delivery", "database"],
      }[path] ?? [],
    ),
  read: (path: string) =>
    Promise.resolve({
      data: path === "sys/auth" ? { "acme-dev/": {}, "acme-ci/": {}, "other-dev/": {} } : { "acme/": {}, "other/": {} },
    }),
} as unknown as VaultClient;

describe("what Vault holds", () => {
  it("is told by tenant, of homes and of pipelines, and of this estate alone", async () => {
    const found = await vaultInventory("acme", vault);
    expect(lines(found)).toEqual([
      "platform: acme-ci: AuthMount acme-ci",
      "platform: acme-dev: AuthMount acme-dev",
      "platform: acme: Mount acme",
      "team-a: acme-ci: Role team-a",
      "team-a: acme-dev: Role team-a-dev",
      "team-a: acme: Secret team-a/dev/database",
      "team-a: acme: Secret team-a/dev/delivery",
      "team-a: ci: Policy acme.ci.team-a.pipelines",
      "team-a: dev: Policy acme.dev.team-a-dev.read",
    ]);
    expect(inventoryTable(found)).toBe(
      [
        "platform",
        "  kubernetes nothing",
        "  gitops     nothing",
        "  vault      2 AuthMount, 1 Mount",
        "  gitlab     nothing",
        "  registry   nothing",
        "team-a",
        "  kubernetes nothing",
        "  gitops     nothing",
        "  vault      2 Policy, 2 Role, 2 Secret",
        "  gitlab     nothing",
        "  registry   nothing",
      ].join("\n"),
    );
  });
});

describe("what GitLab holds", () => {
  let rig: Rig;
  let client: GitLabClient;
  let top: number;
  let project: number;
  const group = async (path: string, parent?: number): Promise<number> =>
    Number((await rig.done("POST", "groups", { name: path, path, parent_id: parent }))["id"]);

  beforeAll(async () => {
    rig = await rigOf();
    client = new GitLabClient(rig.url, adminToken);
    top = await group("tenants");
    const tenant = await group("team-a", top);
    const owners = await group("owners", tenant);
    await group("elsewhere");
    await rig.done("POST", `groups/${tenant}/share`, { group_id: owners, group_access: 40 });
    const user = await rig.done("POST", "users", {
      username: "somebody",
      name: "Somebody",
      email: "somebody@example.com",
      force_random_password: true,
    });
    await rig.done("POST", `groups/${owners}/members`, { user_id: user["id"], access_level: 30 });
    const made = { name: "web", namespace_id: tenant, initialize_with_readme: true, default_branch: "main" };
    project = Number((await rig.done("POST", "projects", made))["id"]);
    await rig.done("POST", `projects/${project}/deploy_tokens`, { name: "flux", scopes: ["read_repository"] });
    await rig.done("POST", `projects/${project}/hooks`, { url: "https://flux.example.com/hook/secret" });
  });
  afterAll(async () => {
    client.close();
    await rig.close();
  });

  const opens = [
    "team-a: tenants/team-a/owners: Member somebody",
    "team-a: tenants/team-a: Share tenants/team-a/owners",
  ];

  it("is told by tenant, below the parent alone, and without a hook's path", async () => {
    const whole = [
      ...opens,
      "team-a: tenants/team-a/owners: Group owners",
      "team-a: tenants/team-a/web: DeployToken flux",
      "team-a: tenants/team-a/web: File README.md",
      "team-a: tenants/team-a/web: Hook flux.example.com",
      "team-a: tenants/team-a/web: Project web",
      "team-a: tenants/team-a/web: ProtectedBranch main",
      "team-a: tenants/team-a: Group team-a",
    ].sort();
    expect(lines(await gitlabInventory("tenants", client))).toEqual(whole);
    expect(lines(await gitlabInventory(top, client))).toEqual(whole);
    expect(await gitlabInventory("nowhere", client)).toEqual([]);
  });

  it("counts nothing of what is marked for deletion but what opens it", async () => {
    const gone = `tenants/team-a/web-deletion_scheduled-${project}`;
    await rig.call("DELETE", `projects/${project}`);
    expect(lines(await gitlabInventory("tenants", client))).toEqual(
      [
        ...opens,
        "team-a: tenants/team-a/owners: Group owners",
        `team-a: ${gone}: DeployToken flux`,
        `team-a: ${gone}: Hook flux.example.com`,
        "team-a: tenants/team-a: Group team-a",
      ].sort(),
    );
    await rig.call("DELETE", `groups/${top}`);
    expect(await gitlabInventory("tenants", client)).toEqual([]);
    const left = await gitlabInventory(top, client);
    expect(left.map(({ tenant, what }) => `${tenant} ${what.split(" ")[0] ?? ""}`).sort()).toEqual([
      "team-a DeployToken",
      "team-a Hook",
      "team-a Member",
      "team-a Share",
    ]);
  });
});

const retention = (project: number): object => ({
  algorithm: "or",
  scope: { level: "project", ref: project },
  trigger: { kind: "Schedule", settings: { cron: "0 0 0 * * *" } },
  rules: [],
});

describe("what Harbor holds", () => {
  const admin = { username: "admin", password: "Harbor-of-the-test-1" };
  let folder: string;
  let server: RunningHarbor;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "estate-inventory-"));
    server = await startHarbor({ dir: folder, adminPassword: admin.password });
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is told by tenant, of this estate's projects alone", async () => {
    const api = new ApiClient(server.url, admin);
    const project = await api.project("acme-team-a");
    await api.project("other-acme-team-a");
    await api.robot("acme-team-a", "ci-1", ["pull", "push"]);
    const memberGroup = { group_name: "team-a-owners", group_type: 3 };
    await api.create(`${project}/members`, { role_id: 4, member_group: memberGroup });
    await api.create(`${project}/immutabletagrules`, immutableRule("v*"));
    await api.create("/retentions", retention(Number(project.split("/").at(-1))));
    const client = new HarborClient(server.url, admin);
    expect(lines(await registryInventory("acme", client))).toEqual([
      "team-a: acme-team-a: GroupMember team-a-owners",
      "team-a: acme-team-a: ImmutableTagRule v*",
      "team-a: acme-team-a: Member admin",
      "team-a: acme-team-a: Project acme-team-a",
      "team-a: acme-team-a: Retention acme-team-a",
      "team-a: acme-team-a: Robot robot$acme-team-a+ci-1",
    ]);
    client.close();
  });
});
