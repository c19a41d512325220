import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSecret, secret, type PropertyMap } from "../../sandbox/doubles/framework/value";
import { harbor } from "../../sandbox/doubles/harbor/plugin";
import { startHarbor, type RunningHarbor } from "../../sandbox/harbor/server";
import { Rig } from "../sandbox/doubles/framework/rig";
import { CliProject } from "../sandbox/doubles/cli";
import { expectClean, live, type Life } from "../sandbox/doubles/lives";
import { ApiClient } from "../sandbox/harbor/api-client";

const PASSWORD = "Harbor-of-the-test-1";

const PROJECT = "harbor:index/project:Project";
const ROBOT = "harbor:index/robotAccount:RobotAccount";
const MEMBER = "harbor:index/projectMemberGroup:ProjectMemberGroup";
const RETENTION = "harbor:index/retentionPolicy:RetentionPolicy";
const IMMUTABLE = "harbor:index/immutableTagRule:ImmutableTagRule";
const SYSTEM = "harbor:index/configSystem:ConfigSystem";
const GROUP = "harbor:index/group:Group";
const LABEL = "harbor:index/label:Label";
const WEBHOOK = "harbor:index/projectWebhook:ProjectWebhook";

let folder: string;
let server: RunningHarbor;
let client: ApiClient;
let rig: Rig;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "estate-harbor-double-"));
  server = await startHarbor({ dir: folder, adminPassword: PASSWORD });
  client = new ApiClient(server.url, { username: "admin", password: PASSWORD });
  rig = await Rig.of(harbor());
  await rig.configure({ url: server.url, username: "admin", password: secret(PASSWORD) });
  // `/projects/2`: a new Harbor has one project of its own.
  await rig.make(PROJECT, { name: "home" });
});

afterAll(async () => {
  rig.stop();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const HOME = "/projects/2";

const pull = { kind: "project", namespace: "home", accesses: [{ action: "pull", resource: "repository" }] };
const push = { ...pull, accesses: [{ action: "push", resource: "repository" }, ...pull.accesses] };

async function change(id: string, more: Record<string, unknown>): Promise<void> {
  await client.request("PUT", id, { ...(await client.get(id)), ...more });
}

const lives: readonly Life[] = [
  {
    type: PROJECT,
    first: { name: "life", storageQuota: 5, deploymentSecurity: "high" },
    second: { name: "life", storageQuota: 7, public: true, vulnerabilityScanning: false },
    disturb: ({ id }) => client.request("PUT", id, { metadata: { public: "false" } }),
    shows: ["public"],
  },
  {
    type: ROBOT,
    first: { name: "puller", level: "project", duration: 30, permissions: [pull] },
    second: { name: "puller", level: "project", duration: 60, permissions: [push], description: "both" },
    disturb: ({ id }) => change(id, { disable: true }),
    shows: ["disable"],
  },
  {
    type: ROBOT,
    first: {
      name: "everywhere",
      level: "system",
      permissions: [{ ...pull, namespace: "*" }],
      secret: secret("Own-Secret-123"),
    },
    second: {
      name: "everywhere",
      level: "system",
      permissions: [{ ...pull, namespace: "*" }],
      secret: secret("Own-Secret-456"),
    },
  },
  {
    type: MEMBER,
    first: { projectId: HOME, groupName: "team-developers", type: "oidc", role: "developer" },
    second: { projectId: HOME, groupName: "team-developers", type: "oidc", role: "maintainer" },
    disturb: ({ id }) => client.request("PUT", id, { role_id: 3 }),
    shows: ["role"],
  },
  {
    type: RETENTION,
    stays: true,
    first: {
      scope: HOME,
      schedule: "Daily",
      rules: [{ mostRecentlyPushed: 10, repoMatching: "**", tagMatching: "**" }],
    },
    second: {
      scope: HOME,
      schedule: "0 30 1 * * *",
      rules: [
        { nDaysSinceLastPull: 30, repoMatching: "**", tagExcluding: "v*", untaggedArtifacts: false },
        { alwaysRetain: true, repoExcluding: "cache/**", tagMatching: "v*", disabled: true },
      ],
    },
    disturb: ({ id }) => change(id, { trigger: { kind: "Schedule", settings: { cron: "0 0 * * * *" } } }),
    shows: ["schedule"],
  },
  {
    type: IMMUTABLE,
    first: { projectId: HOME, repoMatching: "**", tagMatching: "v*" },
    second: { projectId: HOME, repoMatching: "**", tagExcluding: "latest", disabled: true },
    disturb: ({ id }) => client.request("DELETE", id),
    shows: "gone",
  },
  {
    type: SYSTEM,
    stays: true,
    first: { projectCreationRestriction: "adminonly", robotTokenExpiration: 90 },
    second: { readOnly: false, storagePerProject: 10, bannerMessage: { message: "soon", type: "warning" } },
    disturb: () => client.request("PUT", "/configurations", { robot_token_duration: 7 }),
    shows: ["robotTokenExpiration"],
  },
  { type: GROUP, first: { groupName: "auditors", groupType: 3 } },
  {
    type: LABEL,
    first: { name: "checked", projectId: HOME, color: "#0f0", description: "seen" },
    second: { name: "checked", projectId: HOME, color: "#f00" },
    disturb: ({ id }) => change(id, { color: "#00f" }),
    shows: ["color"],
  },
  {
    // One that is gone is an error when it is read.
    type: WEBHOOK,
    stays: true,
    first: {
      projectId: HOME,
      name: "told",
      address: "http://127.0.0.1:9/hook",
      notifyType: "http",
      eventsTypes: ["PUSH_ARTIFACT"],
      authHeader: secret("Bearer planted"),
    },
    second: {
      projectId: HOME,
      name: "told",
      address: "http://127.0.0.1:9/other",
      notifyType: "http",
      eventsTypes: ["PUSH_ARTIFACT", "DELETE_ARTIFACT"],
    },
    disturb: ({ id }) => change(id, { enabled: false }),
    shows: ["enabled"],
  },
];

describe("made, refreshed, changed, disturbed, deleted", () => {
  it.each(lives.map((life) => [life.type.split(":").at(-1) ?? "", life] as const))("%s", (_, life) => live(rig, life));
});

describe("what the real plugin does", () => {
  it("names a robot as its project does, and tells its secret once, as a secret", async () => {
    const held = await rig.make(ROBOT, { name: "named", level: "project", permissions: [pull] });
    expect(held.id).toMatch(/^\/robots\/\d+$/);
    expect(held.state["fullName"]).toBe("robot$home+named");
    const told = held.state["secret"];
    expect(told !== undefined && isSecret(told)).toBe(true);
    const read = await expectClean(rig, ROBOT, held, { name: "named", level: "project", permissions: [pull] });
    expect(read.state["secret"]).toEqual(told);
  });

  it("takes over the policy that a project has", async () => {
    const rule = { mostRecentlyPulled: 3, repoMatching: "**", tagMatching: "**" };
    const held = await rig.make(RETENTION, { scope: HOME, rules: [rule] });
    await rig.delete(RETENTION, held);
    expect((await client.get(held.id))["rules"]).toEqual([]);
    expect((await rig.make(RETENTION, { scope: HOME, rules: [rule] })).id).toBe(held.id);
  });

  it("does not read back which repositories are excluded from an immutable rule", async () => {
    const news = { projectId: HOME, repoExcluding: "cache/**", tagMatching: "v*" };
    const read = await rig.read(IMMUTABLE, await rig.make(IMMUTABLE, news));
    if (read === undefined) throw new Error("gone");
    const { detailed } = await rig.diff(IMMUTABLE, read, await rig.good(IMMUTABLE, news, read.inputs));
    expect(detailed).toEqual({ repoExcluding: "add" });
  });

  it("writes a quota through its own place", async () => {
    const held = await rig.make(PROJECT, { name: "quota", storageQuota: 1 });
    await rig.update(PROJECT, held, await rig.good(PROJECT, { name: "quota", storageQuota: 2 }, held.inputs));
    const { body } = await client.request("GET", `/quotas?reference=project&page_size=100`);
    const quotas = body as { ref: { name: string }; hard: { storage: number } }[];
    expect(quotas.find(({ ref }) => ref.name === "quota")?.hard.storage).toBe(2 * 1024 ** 3);
  });
});

describe("refusals of the server", () => {
  it.each<[string, string, PropertyMap, RegExp]>([
    ["a project's name that is taken", PROJECT, { name: "home" }, /got 409 expected 201/],
    [
      "a secret that is too weak",
      ROBOT,
      { name: "weak", level: "project", permissions: [pull], secret: "a" },
      /got 400/,
    ],
    [
      "a right that there is not",
      ROBOT,
      {
        name: "odd",
        level: "project",
        permissions: [{ ...pull, accesses: [{ action: "fly", resource: "repository" }] }],
      },
      /got 400/,
    ],
    [
      "a member of no project",
      MEMBER,
      { projectId: "/projects/99", groupName: "g", type: "oidc", role: "guest" },
      /404/,
    ],
  ])("%s", async (_, type, news, reason) => {
    await expect(rig.make(type, news)).rejects.toThrow(reason);
  });

  it("a wrong password, at the first resource and not before", async () => {
    const other = await Rig.of(harbor());
    await other.configure({ url: server.url, username: "admin", password: "wrong" });
    await expect(other.make(PROJECT, { name: "nobodys" })).rejects.toThrow(/got 401 expected 201/);
    other.stop();
  });
});

describe("through the Pulumi CLI", () => {
  it("ups, refreshes to nothing, keeps secrets encrypted, and destroys", { timeout: 600_000 }, async () => {
    const cli = await CliProject.make(folder, PROGRAM, {
      HARBOR_URL: server.url,
      HARBOR_USERNAME: "admin",
      HARBOR_PASSWORD: PASSWORD,
    });
    const projects = async (): Promise<unknown> => (await client.request("GET", "/projects?name=cli")).body;
    expect(await cli.run("preview")).toMatch(/\+ \d+ to create/);
    expect(await projects()).toEqual([]);

    await cli.run("up", "--yes", "--skip-preview");
    await cli.run("preview", "--refresh", "--expect-no-changes");
    const outputs = await cli.outputs();
    const { secret: told = "", robot = "" } = outputs;
    expect(told.length).toBeGreaterThan(8);
    expect(cli.leaks([PASSWORD, told, "planted-header", "Planted-Secret-1"])).toEqual([]);

    // Someone else's change shows, and nothing else does.
    await change(robot, { disable: true });
    expect(await cli.drift()).toEqual(["update puller"]);

    await cli.run("destroy", "--yes", "--skip-preview");
    expect(await projects()).toEqual([]);
  });
});

const PROGRAM = `
import * as harbor from "@pulumiverse/harbor";

const provider = new harbor.Provider("harbor", {});
const opts = { provider };
const project = new harbor.Project("project", { name: "cli", storageQuota: 5, forceDestroy: true }, opts);
const pull = { kind: "project", namespace: project.name, accesses: [{ action: "pull", resource: "repository" }] };
const puller = new harbor.RobotAccount(
  "puller",
  { name: "puller", level: "project", duration: 30, permissions: [pull] },
  opts,
);
new harbor.RobotAccount(
  "own",
  { name: "own", level: "project", permissions: [pull], secret: "Planted-Secret-1" },
  opts,
);
new harbor.ProjectMemberGroup(
  "members",
  { projectId: project.id, groupName: "cli-developers", type: "oidc", role: "developer" },
  opts,
);
new harbor.RetentionPolicy(
  "kept",
  { scope: project.id, schedule: "Daily", rules: [{ mostRecentlyPushed: 10, repoMatching: "**", tagMatching: "**" }] },
  opts,
);
new harbor.ImmutableTagRule("released", { projectId: project.id, repoMatching: "**", tagMatching: "v*" }, opts);
new harbor.Label("label", { name: "cli", projectId: project.id }, opts);
new harbor.ProjectWebhook(
  "hook",
  {
    projectId: project.id,
    name: "hook",
    address: "http://127.0.0.1:9/hook",
    notifyType: "http",
    eventsTypes: ["PUSH_ARTIFACT"],
    authHeader: "planted-header",
  },
  opts,
);
export const secret = puller.secret;
export const robot = puller.id;
`;
