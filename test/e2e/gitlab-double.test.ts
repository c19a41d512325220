import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSecret, reveal, secret, UNKNOWN, type PropertyMap } from "../../sandbox/doubles/framework/value";
import { GitLabApi } from "../../sandbox/doubles/gitlab/api";
import { inDays } from "../../sandbox/doubles/gitlab/expiry";
import { gitlab } from "../../sandbox/doubles/gitlab/plugin";
import { WAIT_VARIABLE } from "../../sandbox/doubles/gitlab/session";
import { startGitLab, type Edition, type RunningGitLab } from "../../sandbox/gitlab";
import { Rig, type Held } from "../sandbox/doubles/framework/rig";
import { CliProject } from "../sandbox/doubles/cli";
import { expectClean, live, type Life } from "../sandbox/doubles/lives";

const TOKEN = "glpat-of-the-test";

const token = (name: string): string => `gitlab:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

/** A stand-in, the double in front of it, and a group with a project to work in. */
interface Place {
  readonly server: RunningGitLab;
  readonly api: GitLabApi;
  readonly rig: Rig;
  readonly group: string;
  readonly project: string;
  readonly other: string;
}

let folder: string;
const places: Partial<Record<Edition, Place>> = {};

beforeAll(async () => {
  process.env[WAIT_VARIABLE] = "10";
  folder = mkdtempSync(join(tmpdir(), "estate-gitlab-double-"));
  for (const edition of ["ce", "ee"] as const) places[edition] = await start(edition);
});

afterAll(async () => {
  for (const { rig, server } of Object.values(places)) {
    rig.stop();
    await server.close();
  }
  rmSync(folder, { recursive: true, force: true });
});

async function start(edition: Edition): Promise<Place> {
  const server = await startGitLab({ port: 0, data: join(folder, edition), edition, adminToken: TOKEN });
  const api = new GitLabApi({ base: `${server.url}/api/v4/`, token: TOKEN, headers: {}, pause: 10 });
  const rig = await Rig.of(gitlab());
  await rig.configure({ baseUrl: `${server.url}/`, token: secret(TOKEN) });
  const group = await rig.make(token("Group"), { name: "Home", path: "home" });
  const other = await rig.make(token("Group"), { name: "Other", path: "other" });
  const project = await rig.make(token("Project"), {
    name: "app",
    namespaceId: Number(group.id),
    initializeWithReadme: true,
  });
  return { server, api, rig, group: group.id, project: project.id, other: other.id };
}

function at(edition: Edition): Place {
  const place = places[edition];
  if (place === undefined) throw new Error(`no stand-in of ${edition}`);
  return place;
}

const sshKey = (): string => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const raw = publicKey.export({ type: "spki", format: "der" }).subarray(-32);
  const part = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0, 0, 0, bytes.length]), bytes]);
  return `ssh-ed25519 ${Buffer.concat([part(Buffer.from("ssh-ed25519")), part(raw)]).toString("base64")}`;
};

const soon = `${inDays(30)}T00:00:00Z`;

const lives: readonly (readonly [string, Edition, (place: Place) => Omit<Life, "type">])[] = [
  [
    "Group",
    "ce",
    ({ api, group }) => ({
      first: { name: "Life", path: "life", parentId: Number(group), description: "one", visibilityLevel: "private" },
      second: { name: "Life 2", path: "life-2", parentId: Number(group), projectCreationLevel: "maintainer" },
      disturb: ({ id }) => api.put(`groups/${id}`, { description: "theirs" }),
      shows: ["description"],
    }),
  ],
  [
    "Project",
    "ce",
    ({ api, group }) => ({
      first: {
        name: "life",
        namespaceId: Number(group),
        initializeWithReadme: true,
        description: "one",
        topics: ["b", "a"],
        onlyAllowMergeIfPipelineSucceeds: true,
        ciConfigPath: ".ci.yml",
      },
      second: {
        name: "life",
        path: "life-2",
        namespaceId: Number(group),
        initializeWithReadme: true,
        mergeMethod: "ff",
        topics: ["a"],
      },
      disturb: ({ id }) => api.put(`projects/${id}`, { merge_method: "merge" }),
      shows: ["mergeMethod"],
    }),
  ],
  [
    "ProjectShareGroup",
    "ce",
    ({ api, project, other }) => ({
      first: { project, groupId: Number(other), groupAccess: "developer" },
      disturb: () => api.delete(`projects/${project}/share/${other}`),
      shows: "gone",
    }),
  ],
  [
    "GroupShareGroup",
    "ce",
    ({ group, other }) => ({
      first: { groupId: group, shareGroupId: Number(other), groupAccess: "reporter", expiresAt: inDays(40) },
    }),
  ],
  [
    "GroupSamlLink",
    "ee",
    ({ api, group }) => ({
      first: { group, samlGroupName: "/shop/owners", accessLevel: "maintainer" },
      disturb: () => api.delete(`groups/${group}/saml_group_links/%2Fshop%2Fowners`),
      shows: "gone",
    }),
  ],
  [
    "GroupLdapLink",
    "ee",
    ({ group }) => ({ first: { group, cn: "owners", groupAccess: "maintainer", ldapProvider: "ldapmain" } }),
  ],
  [
    "GroupLdapLink",
    "ee",
    ({ api, group }) => ({
      first: { group, filter: "(team=shop)", groupAccess: "developer", ldapProvider: "ldapmain" },
      disturb: () => api.delete(`groups/${group}/ldap_group_links`, { filter: "(team=shop)", provider: "ldapmain" }),
      shows: "gone",
    }),
  ],
  [
    "BranchProtection",
    "ce",
    ({ api, project }) => ({
      first: { project, branch: "main", pushAccessLevel: "no one", mergeAccessLevel: "maintainer" },
      second: {
        project,
        branch: "main",
        pushAccessLevel: "no one",
        mergeAccessLevel: "maintainer",
        allowForcePush: true,
      },
      disturb: () => api.patch(`projects/${project}/protected_branches/main`, { allow_force_push: false }),
      shows: ["allowForcePush"],
    }),
  ],
  [
    "BranchProtection",
    "ee",
    ({ api, project }) => ({
      first: {
        project,
        branch: "main",
        allowedToPushes: [{ accessLevel: "no one" }],
        allowedToMerges: [{ accessLevel: "maintainer" }],
      },
      second: {
        project,
        branch: "main",
        allowedToPushes: [{ accessLevel: "maintainer" }],
        allowedToMerges: [{ accessLevel: "maintainer" }],
      },
      disturb: () => api.delete(`projects/${project}/protected_branches/main`),
      shows: "gone",
    }),
  ],
  ["TagProtection", "ce", ({ project }) => ({ first: { project, tag: "v*", createAccessLevel: "maintainer" } })],
  [
    "ProjectLevelMrApprovals",
    "ee",
    ({ api, project }) => ({
      stays: true,
      first: { project, mergeRequestsAuthorApproval: true },
      second: { project, mergeRequestsDisableCommittersApproval: true, resetApprovalsOnPush: false },
      disturb: () => api.post(`projects/${project}/approvals`, { merge_requests_author_approval: true }),
      shows: ["mergeRequestsAuthorApproval"],
    }),
  ],
  [
    "ProjectApprovalRule",
    "ee",
    ({ api, project }) => ({
      first: { project, name: "owners", approvalsRequired: 1 },
      second: { project, name: "owners", approvalsRequired: 2 },
      disturb: ({ id }) => api.put(`projects/${project}/approval_rules/${last(id)}`, { approvals_required: 0 }),
      shows: ["approvalsRequired"],
    }),
  ],
  [
    "DeployKey",
    "ce",
    ({ project }) => ({ first: { project, title: "key", key: `${sshKey()} somebody@there`, canPush: true } }),
  ],
  [
    "ProjectDeployToken",
    "ce",
    ({ project }) => ({
      first: { project, name: "pull", scopes: ["read_registry", "read_repository"], expiresAt: soon },
    }),
  ],
  [
    "GroupDeployToken",
    "ce",
    ({ group }) => ({ first: { group, name: "pull", scopes: ["read_repository"], username: "reader" } }),
  ],
  [
    "ProjectAccessToken",
    "ce",
    ({ api, project }) => ({
      first: { project, name: "bot", scopes: ["api"], accessLevel: "developer", expiresAt: inDays(30) },
      second: { project, name: "bot", scopes: ["api"], accessLevel: "developer", expiresAt: inDays(60) },
      disturb: ({ state }) => api.delete(`projects/${project}/access_tokens/${last(ownId(state))}`),
      shows: "gone",
    }),
  ],
  [
    "GroupAccessToken",
    "ce",
    ({ group }) => ({
      first: {
        group,
        name: "bot",
        scopes: ["read_api"],
        rotationConfiguration: { expirationDays: 60, rotateBeforeDays: 20 },
      },
    }),
  ],
  [
    "ProjectVariable",
    "ce",
    ({ api, project }) => ({
      first: { project, key: "KEY", value: secret("planted-value"), masked: true, protected: true },
      second: { project, key: "KEY", value: secret("planted-other"), environmentScope: "prod" },
      disturb: () =>
        api.put(`projects/${project}/variables/KEY`, { value: "theirs" }, { "filter[environment_scope]": "prod" }),
      shows: ["value"],
    }),
  ],
  [
    "GroupVariable",
    "ce",
    ({ group }) => ({
      first: { group, key: "KEY", value: secret("planted-value"), masked: true, hidden: true, description: "d" },
      second: { group, key: "KEY", value: secret("planted-other"), masked: true, hidden: true, description: "e" },
    }),
  ],
  [
    "ProjectHook",
    "ce",
    ({ api, project }) => ({
      first: {
        project,
        name: "told",
        url: "http://127.0.0.1:9/hook",
        token: secret("planted-token"),
        tagPushEvents: true,
        customHeaders: [{ key: "X-A", value: "planted-header" }],
      },
      second: { project, name: "told", url: "http://127.0.0.1:9/hook", token: "other", pushEvents: false },
      disturb: ({ id }) =>
        api.put(`projects/${project}/hooks/${last(id)}`, { url: "http://127.0.0.1:9/hook", push_events: true }),
      shows: ["pushEvents"],
    }),
  ],
  [
    "GroupHook",
    "ee",
    ({ group }) => ({
      first: { group, name: "told", url: "http://127.0.0.1:9/hook", subgroupEvents: true },
      second: { group, name: "told", url: "http://127.0.0.1:9/hook", memberEvents: true },
    }),
  ],
  [
    "RepositoryFile",
    "ce",
    ({ api, project }) => ({
      first: { project, branch: "main", filePath: "docs/a b.md", content: "one\n", encoding: "text" },
      second: {
        project,
        branch: "main",
        filePath: "docs/a b.md",
        content: "two\n",
        encoding: "text",
        commitMessage: "two",
      },
      disturb: () =>
        api.put(`projects/${project}/repository/files/docs%2Fa%20b%2Emd`, {
          branch: "main",
          content: "theirs",
          commit_message: "theirs",
        }),
      shows: ["content"],
    }),
  ],
  [
    "ProjectJobTokenScopes",
    "ce",
    ({ api, project, other }) => ({
      stays: true,
      first: { project, enabled: true, targetProjectIds: [], targetGroupIds: [Number(other)] },
      second: { project, enabled: false, targetProjectIds: [], targetGroupIds: [] },
      disturb: () => api.patch(`projects/${project}/job_token_scope`, { enabled: true }),
      shows: ["enabled"],
    }),
  ],
  [
    "UserRunner",
    "ce",
    ({ api, group }) => ({
      first: { runnerType: "group_type", groupId: Number(group), tagLists: ["b", "a"], description: "one" },
      second: { runnerType: "group_type", groupId: Number(group), tagLists: ["a"], untagged: true, description: "" },
      disturb: ({ id }) => api.put(`runners/${id}`, { paused: true }),
      shows: [],
    }),
  ],
];

describe("made, refreshed, changed, disturbed, deleted", () => {
  it.each(lives)("%s (%s)", async (name, edition, of) => {
    const place = at(edition);
    await live(place.rig, { type: token(name), ...of(place) });
  });

  it.each(["group", "project"] as const)("a member of a %s", async (owner) => {
    const { rig, api, group, project } = at("ce");
    const user = await api.post("users", {
      username: `person-${owner}`,
      name: "Person",
      email: `${owner}@example.com`,
      password: "Long-enough-1",
      skip_confirmation: true,
    });
    const who = { userId: Number(user["id"]), ...(owner === "group" ? { groupId: Number(group) } : { project }) };
    const path = `${owner}s/${owner === "group" ? group : project}/members/${who.userId}`;
    await live(rig, {
      type: token(owner === "group" ? "GroupMembership" : "ProjectMembership"),
      first: { ...who, accessLevel: "reporter", expiresAt: inDays(30) },
      second: { ...who, accessLevel: "developer", expiresAt: inDays(30) },
      disturb: () => api.put(path, { access_level: 40, expires_at: inDays(30) }),
      shows: ["accessLevel"],
    });
  });
});

describe("what the real plugin does", () => {
  it("forks a project, and waits for its content", async () => {
    const { rig, api, project, other } = at("ce");
    const news = { name: "fork", namespaceId: Number(other), forkedFromProjectId: Number(project), mergeMethod: "ff" };
    const held = await rig.make(token("Project"), news);
    await expectClean(rig, token("Project"), held, news);
    expect(await api.get(`projects/${held.id}/repository/branches/main`)).toMatchObject({ name: "main" });
    const loose = await rig.good(token("Project"), { ...news, forkedFromProjectId: null }, held.inputs);
    await rig.update(token("Project"), held, loose);
    expect((await api.get(`projects/${held.id}`))["forked_from_project"] ?? null).toBeNull();
  });

  it("refuses the other edition's way to protect a branch while it plans", async () => {
    const type = token("BranchProtection");
    const list = (place: Place): PropertyMap => ({
      project: place.project,
      branch: "planned",
      allowedToPushes: [{ accessLevel: "maintainer" }],
    });
    const level = (place: Place): PropertyMap => ({
      project: place.project,
      branch: "planned",
      pushAccessLevel: UNKNOWN,
    });
    await expect(at("ce").rig.make(type, list(at("ce")), true)).rejects.toThrow(/feature unavailable.*allowedToPushes/);
    await expect(at("ee").rig.make(type, level(at("ee")), true)).rejects.toThrow(/pushAccessLevel.*Enterprise/);
    const { rig, project } = at("ce");
    const held = await rig.make(type, { project, branch: "planned", pushAccessLevel: "maintainer" });
    await expect(rig.diff(type, held, await rig.good(type, list(at("ce"))))).rejects.toThrow(/feature unavailable/);
    await rig.delete(type, held);
  });

  it("takes over the default branch's protection, and no other", async () => {
    const { rig, api, project } = at("ce");
    await api.delete(`projects/${project}/protected_branches/main`).catch(() => undefined);
    for (const name of ["main", "theirs"]) await api.post(`projects/${project}/protected_branches`, { name });
    const type = token("BranchProtection");
    const held = await rig.make(type, { project, branch: "main", pushAccessLevel: "no one" });
    expect(held.state).toMatchObject({ pushAccessLevel: "no one" });
    await expect(rig.make(type, { project, branch: "theirs" })).rejects.toThrow(/theirs.*already exists/);
    await rig.delete(type, held);
  });

  it("takes over a protected tag", async () => {
    const { rig, api, project } = at("ce");
    await api.post(`projects/${project}/protected_tags`, { name: "taken-*", create_access_level: 30 });
    const held = await rig.make(token("TagProtection"), { project, tag: "taken-*", createAccessLevel: "no one" });
    expect((await rig.read(token("TagProtection"), held))?.state).toMatchObject({ createAccessLevel: "no one" });
  });

  it("rotates an access token in place when its end comes near: another token with another id", async () => {
    const { rig, api, project } = at("ce");
    const type = token("ProjectAccessToken");
    const news = {
      project,
      name: "rotated",
      scopes: ["api"],
      rotationConfiguration: { expirationDays: 10, rotateBeforeDays: 5 },
    };
    const held = await rig.make(type, news);
    const wanted = await rig.good(type, {
      ...news,
      rotationConfiguration: { expirationDays: 30, rotateBeforeDays: 20 },
    });
    expect((await rig.diff(type, held, wanted)).detailed).toMatchObject({ expiresAt: "update" });
    const planned = await rig.update(type, held, wanted, true);
    expect(reveal(planned.state)["token"]).toBe(UNKNOWN);
    const rotated = await rig.update(type, held, wanted);
    const [before, after] = [reveal(held.state), reveal(rotated.state)];
    expect(after["expiresAt"]).toBe(inDays(30));
    expect(after["token"]).not.toBe(before["token"]);
    expect(after["id"]).not.toBe(before["id"]);
    await expectClean(rig, type, rotated, {
      ...news,
      rotationConfiguration: { expirationDays: 30, rotateBeforeDays: 20 },
    });
    await rig.delete(type, rotated);
    const old = await api.find(`projects/${project}/access_tokens/${last(ownId(held.state))}`);
    expect(old === undefined || old["revoked"] === true).toBe(true);
  });

  it("returns what is secret as a secret", async () => {
    const { rig, project } = at("ce");
    const held = await rig.make(token("ProjectDeployToken"), { project, name: "s", scopes: ["read_repository"] });
    const told = held.state["token"];
    expect(told !== undefined && isSecret(told)).toBe(true);
    const hook = await rig.make(token("ProjectHook"), {
      project,
      url: "http://127.0.0.1:9/s",
      signingToken: "whsec_planted",
      urlVariables: [{ key: "a", value: "planted" }],
    });
    expect(hook.state).not.toHaveProperty("signingToken");
    expect(JSON.stringify(hook.state["urlVariables"])).not.toContain("planted");
  });

  it("is imported by its id, and reads a variable that is gone as gone", async () => {
    const { rig, api, group, project } = at("ce");
    const imported = async (name: string, id: string): Promise<Held | undefined> =>
      rig.read(token(name), { id, inputs: {}, state: {} });
    expect((await imported("Group", group))?.inputs).toMatchObject({ name: "Home", path: "home" });
    expect((await imported("Project", project))?.inputs).toMatchObject({ name: "app", path: "app" });
    await api.post(`projects/${project}/variables`, { key: "THERE", value: "v" });
    expect((await imported("ProjectVariable", `${project}:THERE:*`))?.inputs).toMatchObject({
      key: "THERE",
      value: "v",
    });
    expect(await imported("ProjectVariable", `${project}:GONE:*`)).toBeUndefined();
  });
});

describe("refusals of the server", () => {
  it.each<[string, string, (place: Place) => PropertyMap, RegExp]>([
    ["a path that is taken", "Group", () => ({ name: "x", path: "home" }), /400.*taken/],
    [
      "a project's name that is taken",
      "Project",
      ({ group }) => ({ name: "app", namespaceId: Number(group) }),
      /400.*taken/,
    ],
    [
      "a value that cannot be masked",
      "ProjectVariable",
      ({ project }) => ({ project, key: "M", value: "short", masked: true }),
      /Invalid value for a masked variable/,
    ],
    [
      "a file that is there",
      "RepositoryFile",
      ({ project }) => ({ project, branch: "main", filePath: "README.md", content: "x", encoding: "text" }),
      /already exists/,
    ],
    [
      "a member that there is not",
      "GroupMembership",
      ({ group }) => ({ groupId: Number(group), userId: 999, accessLevel: "guest" }),
      /404/,
    ],
    [
      "a SAML group, in the free edition",
      "GroupSamlLink",
      ({ group }) => ({ group, samlGroupName: "a", accessLevel: "guest" }),
      /POST .*saml_group_links: 404/,
    ],
    [
      "an LDAP group, in the free edition",
      "GroupLdapLink",
      ({ group }) => ({ group, cn: "a", groupAccess: "guest", ldapProvider: "ldapmain" }),
      /POST .*ldap_group_links: 404/,
    ],
  ])("%s", async (_, name, of, reason) => {
    await expect(at("ce").rig.make(token(name), of(at("ce")))).rejects.toThrow(reason);
  });

  it("a wrong token, while it is configured, unless told not to look", async () => {
    const { server } = at("ce");
    const other = await Rig.of(gitlab());
    await expect(other.configure({ baseUrl: server.url, token: "wrong" })).rejects.toThrow(/401/);
    await other.configure({ baseUrl: server.url, token: "wrong", earlyAuthCheck: "false" });
    other.stop();
  });
});

describe("through the Pulumi CLI", () => {
  it("ups, refreshes to nothing, keeps secrets encrypted, and destroys", { timeout: 600_000 }, async () => {
    const { server, api } = at("ce");
    const cli = await CliProject.make(folder, PROGRAM, { URL: `${server.url}/`, GITLAB_TOKEN: TOKEN });
    expect(await cli.run("preview")).toMatch(/\+ \d+ to create/);
    expect(await api.find("groups/cli")).toBeUndefined();

    await cli.run("up", "--yes", "--skip-preview");
    await cli.run("preview", "--expect-no-changes");
    await cli.run("preview", "--refresh", "--expect-no-changes");
    const outputs = await cli.outputs();
    const told = ["deploy", "access"].map((name) => outputs[name] ?? "");
    expect(told.every((text) => text.length > 8)).toBe(true);
    expect(cli.leaks([TOKEN, "planted-variable", "planted-hook", "planted-header", ...told])).toEqual([]);

    // Someone else's change shows, and nothing else does.
    await api.put("groups/cli", { description: "theirs" });
    expect(await cli.drift()).toEqual(["update group"]);

    await cli.run("destroy", "--yes", "--skip-preview");
    expect(await api.find("groups/cli")).toBeUndefined();
  });
});

const PROGRAM = `
import * as gitlab from "@pulumi/gitlab";

const provider = new gitlab.Provider("gitlab", { baseUrl: process.env.URL });
const opts = { provider };
const group = new gitlab.Group("group", { name: "CLI", path: "cli", description: "by the CLI" }, opts);
const roles = new gitlab.Group("roles", { name: "roles", path: "roles", parentId: group.id.apply(Number) }, opts);
const app = new gitlab.Project(
  "app",
  { name: "app", path: "app", namespaceId: group.id.apply(Number), initializeWithReadme: true, defaultBranch: "main" },
  opts,
);
const ops = new gitlab.Project(
  "ops",
  { name: "ops", path: "ops", namespaceId: group.id.apply(Number), forkedFromProjectId: app.id.apply(Number) },
  opts,
);
new gitlab.ProjectShareGroup("share", { project: app.id, groupId: roles.id.apply(Number), groupAccess: "developer" }, opts);
new gitlab.BranchProtection(
  "main",
  { project: app.id, branch: "main", pushAccessLevel: "no one", mergeAccessLevel: "maintainer" },
  opts,
);
new gitlab.TagProtection("tags", { project: app.id, tag: "v*" }, opts);
new gitlab.RepositoryFile(
  "file",
  { project: ops.id, branch: "main", filePath: "a/b.yaml", content: "a: 1\\n", encoding: "text", commitMessage: "first" },
  opts,
);
const deployToken = new gitlab.ProjectDeployToken("deploy", { project: app.id, name: "d", scopes: ["read_repository"] }, opts);
const accessToken = new gitlab.ProjectAccessToken(
  "access",
  {
    project: app.id,
    name: "a",
    scopes: ["write_repository"],
    accessLevel: "maintainer",
    rotationConfiguration: { expirationDays: 90, rotateBeforeDays: 30 },
  },
  opts,
);
new gitlab.ProjectVariable("variable", { project: app.id, key: "KEY", value: "planted-variable", masked: true }, opts);
new gitlab.GroupVariable("shared", { group: group.id, key: "SHARED", value: accessToken.token, masked: true }, opts);
new gitlab.ProjectHook(
  "hook",
  {
    project: app.id,
    name: "hook",
    url: "http://127.0.0.1:9/hook",
    token: "planted-hook",
    customHeaders: [{ key: "X-A", value: "planted-header" }],
  },
  opts,
);
new gitlab.ProjectJobTokenScopes("scopes", { project: ops.id, enabled: true, targetProjectIds: [app.id.apply(Number)], targetGroupIds: [] }, opts);
export const deploy = deployToken.token;
export const access = accessToken.token;
`;

/** The id a token has, which the engine's id is only at first. */
function ownId(state: PropertyMap): string {
  const { id } = state;
  return typeof id === "string" ? id : "";
}

function last(id: string): string {
  return id.split(":").at(-1) ?? "";
}
