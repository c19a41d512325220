import { isRecord } from "@estate/clients";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { startHarbor, type RunningHarbor } from "../../../sandbox/harbor/server";
import { ApiClient, immutableRule, robotBody } from "./api-client";
import { basic, type Credentials } from "./oci-client";

const admin: Credentials = { username: "admin", password: "Adm1n-of-the-test" };
const start = new Date("2026-01-01T00:00:00Z");
let clock = start;
let dir: string;
let harbor: RunningHarbor;
let api: ApiClient;

const begin = (): Promise<RunningHarbor> => startHarbor({ dir, adminPassword: admin.password, now: () => clock });

beforeEach(async () => {
  clock = start;
  dir = mkdtempSync(join(tmpdir(), "estate-harbor-"));
  harbor = await begin();
  api = new ApiClient(harbor.url, admin);
});

afterEach(async () => {
  await harbor.close();
  rmSync(dir, { recursive: true, force: true });
});

/** Status and error code of an answer that refuses. */
async function refusal(client: ApiClient, method: string, path: string, body?: unknown): Promise<string> {
  const answer = await client.request(method, path, body);
  const errors: unknown[] = isRecord(answer.body) && Array.isArray(answer.body["errors"]) ? answer.body["errors"] : [];
  const first = errors[0];
  return `${String(answer.status)} ${isRecord(first) ? String(first["code"]) : ""}`;
}

const list = async (path: string): Promise<unknown[]> => {
  const { status, body } = await api.request("GET", path);
  const rows: unknown[] | undefined = Array.isArray(body) ? body : undefined;
  if (status !== 200 || rows === undefined) throw new Error(`GET ${path}: ${String(status)} ${JSON.stringify(body)}`);
  return rows;
};

const group = (name: string, role: number): object => ({
  role_id: role,
  member_group: { group_name: name, group_type: 3 },
});

const retention = (project: number, rules: readonly object[] = [rule(10)]): object => ({
  algorithm: "or",
  scope: { level: "project", ref: project },
  trigger: { kind: "Schedule", settings: { cron: "0 0 0 * * *" } },
  rules,
});

const rule = (count: number): object => ({
  action: "retain",
  template: "latestPushedK",
  params: { latestPushedK: count },
  tag_selectors: [{ kind: "doublestar", decoration: "matches", pattern: "**", extras: '{"untagged":true}' }],
  scope_selectors: { repository: [{ kind: "doublestar", decoration: "repoMatches", pattern: "**" }] },
});

const webhook = (name: string): object => ({
  name,
  enabled: true,
  event_types: ["PUSH_ARTIFACT"],
  targets: [{ type: "http", address: "http://127.0.0.1:1/hook", auth_header: "Bearer x", skip_cert_verify: true }],
});

describe("who may ask", () => {
  it("refuses a wrong password, and nobody what is for somebody", async () => {
    const wrong = new ApiClient(harbor.url, { username: "admin", password: "wrong" });
    expect(await refusal(wrong, "GET", "/projects")).toBe("401 UNAUTHORIZED");
    const nobody = new ApiClient(harbor.url);
    expect(await refusal(nobody, "POST", "/projects", { project_name: "mine" })).toBe("401 UNAUTHORIZED");
    expect(await refusal(nobody, "GET", "/configurations")).toBe("401 UNAUTHORIZED");
    expect((await nobody.request("GET", "/projects")).body).toMatchObject([{ name: "library" }]);
  });

  it("gives a robot what it was given, in its own project only", async () => {
    await api.project("acme-team-a");
    await api.project("acme-team-ab");
    const robot = new ApiClient(harbor.url, await api.robot("acme-team-a", "ci", ["pull", "push", "list"]));
    expect((await robot.request("GET", "/projects/acme-team-a/repositories")).status).toBe(200);
    expect(await refusal(robot, "GET", "/projects/acme-team-ab/repositories")).toBe("403 FORBIDDEN");
    expect(await refusal(robot, "GET", "/projects/nowhere/repositories")).toBe("403 FORBIDDEN");
    expect(await refusal(robot, "GET", "/projects/acme-team-a/members")).toBe("403 FORBIDDEN");
    expect(await refusal(robot, "POST", "/projects", { project_name: "more" })).toBe("403 FORBIDDEN");
    expect(await refusal(robot, "POST", "/robots", robotBody("acme-team-a", "two", ["pull"], 1))).toBe("403 FORBIDDEN");
    expect(await refusal(robot, "GET", "/robots")).toBe("403 FORBIDDEN");
  });

  it("knows a person's role", async () => {
    const project = await api.project("people");
    await api.create("/users", {
      username: "ann",
      email: "ann@example.com",
      realname: "Ann",
      password: "Passw0rd-ann",
    });
    const ann = new ApiClient(harbor.url, { username: "ann", password: "Passw0rd-ann" });
    expect(await refusal(ann, "GET", project)).toBe("403 FORBIDDEN");
    const member = await api.create(`${project}/members`, { role_id: 2, member_user: { username: "ann" } });
    expect((await ann.request("GET", project)).status).toBe(200);
    expect(await refusal(ann, "DELETE", project)).toBe("403 FORBIDDEN");
    await api.request("PUT", member, { role_id: 1 });
    expect((await ann.request("DELETE", project)).status).toBe(200);
  });
});

describe("projects", () => {
  it("are made with a path as Location, and found by id and name, metadata as texts", async () => {
    const metadata = { public: "false", auto_scan: "true", severity: "high", retention_id: "9" };
    const answer = await api.request("POST", "/projects", { project_name: "one", metadata, storage_limit: 1024 });
    expect(answer).toMatchObject({ status: 201, location: "/api/v2.0/projects/2", body: undefined });
    const byId = await api.get("/projects/2");
    expect(byId).toEqual(await api.get("/projects/one"));
    expect(byId).toMatchObject({
      project_id: 2,
      name: "one",
      registry_id: null,
      metadata: { public: "false", auto_scan: "true", severity: "high" },
      cve_allowlist: { items: [] },
    });
    expect(byId["metadata"]).not.toHaveProperty("retention_id");
    expect(await list("/quotas?reference=project&reference_id=2")).toMatchObject([
      { ref: { id: 2 }, hard: { storage: 1024 }, used: { storage: 0 } },
    ]);
  });

  it("change and go with 200, and 404 is for what is not there", async () => {
    const project = await api.project("one");
    const change = { metadata: { auto_scan: "true" }, cve_allowlist: { items: [{ cve_id: "CVE-1" }] } };
    expect((await api.request("PUT", project, change)).status).toBe(200);
    expect(await api.get(project)).toMatchObject({
      metadata: { public: "false", auto_scan: "true" },
      cve_allowlist: { items: [{ cve_id: "CVE-1" }] },
    });
    expect((await api.request("DELETE", project)).status).toBe(200);
    expect(await refusal(api, "GET", project)).toBe("404 NOT_FOUND");
    expect(await refusal(api, "DELETE", project)).toBe("404 NOT_FOUND");
    expect(await api.project("one")).not.toBe(project);
  });

  it.each([
    ["a name twice", { project_name: "twice" }, "409 CONFLICT"],
    ["capitals", { project_name: "Twice" }, "400 BAD_REQUEST"],
    ["no name", {}, "400 BAD_REQUEST"],
    ["metadata that are no texts", { project_name: "x", metadata: { public: true } }, "422 UNPROCESSABLE_ENTITY"],
    ["metadata.public of another word", { project_name: "x", metadata: { public: "yes" } }, "400 BAD_REQUEST"],
    ["a limit below none", { project_name: "x", storage_limit: -2 }, "400 BAD_REQUEST"],
    ["a registry that is not there", { project_name: "x", registry_id: 7 }, "400 BAD_REQUEST"],
  ])("refuse %s", async (_what, body, expected) => {
    await api.project("twice");
    expect(await refusal(api, "POST", "/projects", body)).toBe(expected);
  });

  it("come in pages that end", async () => {
    for (let index = 0; index < 12; index += 1) await api.project(`p${String(index)}`);
    expect(await list("/projects")).toHaveLength(10);
    const second = await api.request("GET", "/projects?page=2&page_size=10");
    expect(second.body).toHaveLength(3);
    expect(second.headers.get("x-total-count")).toBe("13");
    expect(second.headers.get("link")).toContain('rel="prev"');
    expect(await list("/projects?page=3&page_size=10")).toEqual([]);
    expect(await list("/projects/p1/repositories?page=1&page_size=10")).toEqual([]);
    expect(await refusal(api, "GET", "/projects?page_size=101")).toBe("422 UNPROCESSABLE_ENTITY");
    expect(await refusal(api, "GET", "/projects?page=0")).toBe("422 UNPROCESSABLE_ENTITY");
  });
});

describe("robots", () => {
  it("say their secret once and expire by days", async () => {
    await api.project("team");
    const answer = await api.request("POST", "/robots", robotBody("team", "ci", ["pull", "push"], 30));
    expect(answer).toMatchObject({
      status: 201,
      location: "/api/v2.0/robots/1",
      body: { id: 1, name: "robot$team+ci", expires_at: start.getTime() / 1000 + 30 * 86_400 },
    });
    const secret = isRecord(answer.body) ? String(answer.body["secret"]) : "";
    expect(secret).toMatch(/^\w{32}$/);
    const shown = await api.get("/robots/1");
    expect(shown).toMatchObject({
      id: 1,
      name: "robot$team+ci",
      level: "project",
      duration: 30,
      disable: false,
      permissions: [{ kind: "project", namespace: "team", access: [{ resource: "repository", action: "pull" }, {}] }],
    });
    expect(shown).not.toHaveProperty("secret");
    expect(readFileSync(join(dir, "state.json"), "utf8")).not.toContain(secret);
    expect(await list("/robots")).toEqual([]);
    expect(await list("/robots?q=Level=project,ProjectID=2")).toMatchObject([{ id: 1 }]);
  });

  it("end by the stand-in's clock, which its admin moves; one made after that has its days before it", async () => {
    await api.project("team");
    const robot = await api.robot("team", "ci", ["list"], 2);
    const enters = async (who: Credentials): Promise<number> =>
      (await new ApiClient(harbor.url, who).request("GET", "/projects/team/repositories")).status;
    const move = async (query: string, who: Credentials = admin): Promise<number> =>
      (
        await fetch(`${harbor.url}/-/stand-in/clock${query}`, {
          method: "POST",
          headers: { authorization: basic(who), connection: "close" },
        })
      ).status;
    expect(await move("?days=1")).toBe(200);
    expect(await enters(robot)).toBe(200);
    for (const query of ["", "?days=0", "?days=-1", "?days=a"]) expect(await move(query)).toBe(400);
    expect(await move("?days=1", robot)).toBe(401);
    expect(await move("?days=1")).toBe(200);
    expect(await enters(robot)).toBe(401);
    expect(await enters(await api.robot("team", "later", ["list"], 2))).toBe(200);
  });

  it("are of the system, too, and keep to the projects they were given", async () => {
    await api.project("one");
    const body = {
      name: "all",
      level: "system",
      duration: -1,
      permissions: [
        { kind: "system", namespace: "/", access: [{ resource: "project", action: "create" }] },
        { kind: "project", namespace: "one", access: [{ resource: "project", action: "read" }] },
      ],
    };
    const { body: made } = await api.request("POST", "/robots", body);
    expect(made).toMatchObject({ name: "robot$all", expires_at: -1 });
    const password = isRecord(made) ? String(made["secret"]) : "";
    const robot = new ApiClient(harbor.url, { username: "robot$all", password });
    expect((await robot.request("GET", "/projects/one")).status).toBe(200);
    const two = await robot.create("/projects", { project_name: "two" });
    expect(await refusal(robot, "GET", two)).toBe("403 FORBIDDEN");
    // A project's permission is for that project, and not for a later one of its name.
    await api.request("DELETE", "/projects/one");
    await api.project("one");
    expect(await refusal(robot, "GET", "/projects/one")).toBe("403 FORBIDDEN");
  });

  it("change but for name and level; days count from their birth", async () => {
    await api.project("team");
    const robot = await api.robot("team", "ci", ["pull"], 10);
    clock = new Date(start.getTime() + 5 * 86_400_000);
    const body = robotBody("team", "robot$team+ci", ["push"], 20);
    expect((await api.request("PUT", robot.id, { ...body, description: "d", disable: true })).status).toBe(200);
    expect(await api.get(robot.id)).toMatchObject({
      disable: true,
      description: "d",
      expires_at: start.getTime() / 1000 + 20 * 86_400,
      permissions: [{ access: [{ action: "push" }] }],
    });
    expect(await refusal(api, "PUT", robot.id, robotBody("team", "ci", ["push"], 20))).toBe("400 BAD_REQUEST");
    await api.project("other");
    expect(await refusal(api, "PUT", robot.id, robotBody("other", "robot$team+ci", ["push"], 20))).toBe(
      "403 FORBIDDEN",
    );
  });

  it("take a secret of one's own, or a new one, and refuse a weak one", async () => {
    await api.project("team");
    const robot = await api.robot("team", "ci", ["list"]);
    const enters = async (password: string): Promise<boolean> =>
      (await new ApiClient(harbor.url, { ...robot, password }).request("GET", "/projects/team/repositories")).status ===
      200;
    expect(await refusal(api, "PATCH", robot.id, { secret: "weak" })).toBe("400 BAD_REQUEST");
    expect(await enters(robot.password)).toBe(true);
    const own = await api.request("PATCH", robot.id, { secret: "Own5ecret-of-a-robot" });
    expect(own).toMatchObject({ status: 200, body: { secret: "" } });
    expect(await enters("Own5ecret-of-a-robot")).toBe(true);
    expect(await enters(robot.password)).toBe(false);
    const renewed = await api.request("PATCH", robot.id, { secret: "" });
    expect(await enters(isRecord(renewed.body) ? String(renewed.body["secret"]) : "")).toBe(true);
    expect((await api.request("DELETE", robot.id)).status).toBe(200);
    expect(await refusal(api, "DELETE", robot.id)).toBe("404 NOT_FOUND");
  });

  const permission = (change: object): object => ({
    ...robotBody("team", "x", ["pull"], 1),
    permissions: [
      { kind: "project", namespace: "team", access: [{ resource: "repository", action: "pull" }], ...change },
    ],
  });
  it.each([
    ["a name twice", robotBody("team", "ci", ["pull"], 1), "409 CONFLICT"],
    ["a plus in a name", robotBody("team", "a+b", ["pull"], 1), "400 BAD_REQUEST"],
    ["capitals", robotBody("team", "Ci", ["pull"], 1), "400 BAD_REQUEST"],
    ["an action there is not", robotBody("team", "x", ["destroy"], 1), "400 BAD_REQUEST"],
    ["days below never", robotBody("team", "x", ["pull"], -2), "400 BAD_REQUEST"],
    ["another level", { ...robotBody("team", "x", ["pull"], 1), level: "cluster" }, "400 BAD_REQUEST"],
    ["no permission", { ...robotBody("team", "x", ["pull"], 1), permissions: [] }, "400 BAD_REQUEST"],
    ["no access", permission({ access: [] }), "400 BAD_REQUEST"],
    ["a right of the system in a project", permission({ kind: "system", namespace: "/" }), "400 BAD_REQUEST"],
    ["all projects at a project's level", permission({ namespace: "*" }), "400 BAD_REQUEST"],
    ["a project that is not there", permission({ namespace: "nowhere" }), "404 NOT_FOUND"],
  ])("refuse %s", async (_what, body, expected) => {
    await api.project("team");
    await api.robot("team", "ci", ["pull"]);
    expect(await refusal(api, "POST", "/robots", body)).toBe(expected);
    expect((await api.request("POST", "/robots", robotBody("team", "fine", ["pull"], 1))).status).toBe(201);
  });
});

describe("what belongs to a project", () => {
  it("members: groups are made known, roles change, twins are refused", async () => {
    const project = await api.project("team");
    const member = await api.create(`${project}/members`, group("team-owners", 1));
    expect(member).toMatch(/^\/projects\/2\/members\/\d+$/);
    expect(await api.get(member)).toMatchObject({
      entity_name: "team-owners",
      entity_type: "g",
      role_id: 1,
      project_id: 2,
    });
    expect(await list("/usergroups")).toMatchObject([{ group_name: "team-owners", group_type: 3 }]);
    expect(await refusal(api, "POST", `${project}/members`, group("team-owners", 2))).toBe("409 CONFLICT");
    expect(await refusal(api, "POST", `${project}/members`, group("others", 9))).toBe("400 BAD_REQUEST");
    expect(await refusal(api, "POST", `${project}/members`, { role_id: 2 })).toBe("400 BAD_REQUEST");
    expect((await api.request("PUT", member, { role_id: 4 })).status).toBe(200);
    expect(await api.get(member)).toMatchObject({ role_id: 4 });
    // One project's member is not found through another.
    await api.project("other");
    expect(await refusal(api, "GET", member.replace("/2/", "/3/"))).toBe("404 NOT_FOUND");
    expect((await api.request("DELETE", member)).status).toBe(200);
    expect(await refusal(api, "GET", member)).toBe("404 NOT_FOUND");
  });

  it("retention: one policy for each project, its id in the metadata as text", async () => {
    await api.project("team");
    const policy = await api.create("/retentions", retention(2));
    expect(policy).toBe("/retentions/1");
    expect(await api.get("/projects/2")).toMatchObject({ metadata: { retention_id: "1" } });
    expect(await api.get(policy)).toMatchObject({
      id: 1,
      scope: { level: "project", ref: 2 },
      rules: [{ template: "latestPushedK", params: { latestPushedK: 10 }, tag_selectors: [{ pattern: "**" }] }],
      trigger: { settings: { cron: "0 0 0 * * *" } },
    });
    expect(await refusal(api, "POST", "/retentions", retention(2))).toBe("400 BAD_REQUEST");
    expect(await refusal(api, "POST", "/retentions", retention(9))).toBe("400 BAD_REQUEST");
    expect((await api.request("PUT", policy, retention(2, []))).status).toBe(200);
    expect(await api.get(policy)).toMatchObject({ rules: [] });
    expect(await refusal(api, "PUT", policy, retention(2, [rule(1), rule(1)]))).toBe("409 CONFLICT");
    const many = Array.from({ length: 16 }, (_, index) => rule(index));
    expect(await refusal(api, "PUT", policy, retention(2, many))).toBe("400 BAD_REQUEST");
    await api.project("other");
    expect(await refusal(api, "PUT", policy, retention(3))).toBe("404 NOT_FOUND");
  });

  it("immutable tags: rules are listed, changed by their id, and made enabled", async () => {
    const project = await api.project("team");
    const path = `${project}/immutabletagrules`;
    const id = await api.create(path, { ...immutableRule("v*"), disabled: true });
    expect(await list(path)).toMatchObject([{ id: 1, disabled: false, project_id: 2, template: "immutable_template" }]);
    expect(await refusal(api, "POST", path, immutableRule("v*"))).toBe("409 CONFLICT");
    expect(await refusal(api, "POST", path, { action: "immutable" })).toBe("400 BAD_REQUEST");
    expect(await refusal(api, "PUT", id, immutableRule("w*"))).toBe("400 BAD_REQUEST");
    expect((await api.request("PUT", id, { ...immutableRule("w*"), id: 1, disabled: true })).status).toBe(200);
    expect(await list(path)).toMatchObject([{ id: 1, disabled: true, tag_selectors: [{ pattern: "w*" }] }]);
    expect((await api.request("DELETE", id)).status).toBe(200);
    expect(await list(path)).toEqual([]);
  });

  it("webhooks: with times and targets", async () => {
    const project = await api.project("team");
    const path = `${project}/webhook/policies`;
    const id = await api.create(path, webhook("hook"));
    expect(await api.get(id)).toMatchObject({
      name: "hook",
      project_id: 2,
      event_types: ["PUSH_ARTIFACT"],
      targets: [{ type: "http", auth_header: "Bearer x" }],
      creation_time: start.toISOString(),
    });
    expect(await refusal(api, "POST", path, webhook("hook"))).toBe("409 CONFLICT");
    expect(await refusal(api, "POST", path, { ...webhook("b"), event_types: [] })).toBe("400 BAD_REQUEST");
    expect((await api.request("PUT", id, { ...webhook("hook"), enabled: false })).status).toBe(200);
    expect(await api.get(id)).toMatchObject({ enabled: false });
    expect((await api.request("DELETE", id)).status).toBe(200);
    expect(await refusal(api, "GET", id)).toBe("404 NOT_FOUND");
  });

  it("labels: of a project or of all", async () => {
    const project = await api.project("team");
    const label = { name: "team", color: "#fff", description: "d" };
    const own = await api.create("/labels", { ...label, scope: "p", project_id: 2 });
    await api.create("/labels", { ...label, scope: "g" });
    expect(await refusal(api, "POST", "/labels", { ...label, scope: "g" })).toBe("409 CONFLICT");
    expect(await refusal(api, "POST", "/labels", { ...label, scope: "x" })).toBe("400 BAD_REQUEST");
    expect(await list("/labels?scope=p&project_id=2")).toMatchObject([{ id: 1, project_id: 2 }]);
    expect((await api.request("PUT", own, { ...label, color: "#000" })).status).toBe(200);
    expect(await api.get(own)).toMatchObject({ color: "#000", scope: "p" });
    await api.request("DELETE", project);
    expect(await refusal(api, "GET", own)).toBe("404 NOT_FOUND");
  });

  it("goes with it", async () => {
    const project = await api.project("team");
    const robot = await api.robot("team", "ci", ["pull"]);
    const policy = await api.create("/retentions", retention(2));
    expect((await api.request("DELETE", project)).status).toBe(200);
    expect(await refusal(api, "GET", robot.id)).toBe("404 NOT_FOUND");
    expect(await refusal(api, "GET", policy)).toBe("404 NOT_FOUND");
    expect(await list("/quotas?reference_id=2")).toEqual([]);
  });
});

describe("the system", () => {
  it("shows settings as value and editable, takes them plain, and keeps secrets", async () => {
    const settings = await api.get("/configurations");
    expect(settings["auth_mode"]).toEqual({ value: "db_auth", editable: true });
    expect(settings["robot_name_prefix"]).toEqual({ value: "robot$", editable: true });
    expect(settings["storage_per_project"]).toEqual({ value: -1, editable: true });
    const change = { auth_mode: "oidc_auth", oidc_client_secret: "hidden", storage_per_project: 5000 };
    expect((await api.request("PUT", "/configurations", change)).status).toBe(200);
    const changed = await api.get("/configurations");
    expect(changed).toMatchObject({ auth_mode: { value: "oidc_auth" }, storage_per_project: { value: 5000 } });
    expect(changed).not.toHaveProperty("oidc_client_secret");
    await api.project("small");
    expect(await list("/quotas?reference_id=2")).toMatchObject([{ hard: { storage: 5000 } }]);
    expect(await refusal(api, "PUT", "/configurations", { read_only: "true" })).toBe("400 BAD_REQUEST");
    expect(await refusal(api, "PUT", "/configurations", { nothing: 1 })).toBe("400 BAD_REQUEST");
    expect(await refusal(api, "POST", "/users", { username: "ann" })).toBe("403 FORBIDDEN");
  });

  it("does not change how people log in once there are people", async () => {
    await api.create("/users", {
      username: "ann",
      email: "ann@example.com",
      realname: "Ann",
      password: "Passw0rd-ann",
    });
    expect(await refusal(api, "PUT", "/configurations", { auth_mode: "oidc_auth" })).toBe("403 FORBIDDEN");
    expect((await api.request("PUT", "/configurations", { auth_mode: "db_auth", read_only: true })).status).toBe(200);
    expect(await refusal(api, "POST", "/projects", { project_name: "late" })).toBe("403 DENIED");
  });

  it.each(["gc", "scanAll", "purgeaudit"])("keeps the schedule of %s", async (name) => {
    const path = `/system/${name}/schedule`;
    expect(await api.get(path)).toEqual({});
    const weekly = { schedule: { type: "Weekly", cron: "0 0 0 * * 0" } };
    expect((await api.request("POST", path, weekly)).location).toMatch(/^\/api\/v2\.0\/system\//);
    expect(await refusal(api, "POST", path, weekly)).toBe("412 PRECONDITION");
    const daily = { schedule: { type: "Daily", cron: "0 0 0 * * *" } };
    expect((await api.request("PUT", path, daily)).status).toBe(200);
    expect(await api.get(path)).toMatchObject({ schedule: { type: "Daily" } });
    expect((await api.request("PUT", path, { schedule: { type: "None" } })).status).toBe(200);
    expect(await api.get(path)).toEqual({});
  });

  it("groups, users and registries: made, shown, refused twice, removed", async () => {
    const registry = { name: "hub", type: "docker-hub", url: "https://registry.example.com", credential: {} };
    const user = { username: "ann", email: "ann@example.com", realname: "Ann", password: "Passw0rd-ann" };
    for (const [path, body] of [
      ["/usergroups", { group_name: "all", group_type: 3 }],
      ["/users", user],
      ["/registries", { ...registry, credential: { type: "basic", access_key: "k", access_secret: "s3cret" } }],
    ] as const) {
      const made = await api.create(path, body);
      expect(await refusal(api, "POST", path, body)).toBe("409 CONFLICT");
      expect(JSON.stringify(await api.get(made))).not.toMatch(/s3cret|Passw0rd/);
      expect((await api.request("DELETE", made)).status).toBe(200);
      expect(await refusal(api, "GET", made)).toBe("404 NOT_FOUND");
    }
    expect(await refusal(api, "POST", "/users", { ...user, password: "weak" })).toBe("400 BAD_REQUEST");
    expect(await refusal(api, "POST", "/usergroups", { group_name: "x", group_type: 9 })).toBe("400 BAD_REQUEST");
    expect(await refusal(api, "DELETE", "/users/1")).toBe("403 FORBIDDEN");
  });
});

describe("the server", () => {
  it("refuses what it cannot read, and paths there are not", async () => {
    expect(await refusal(api, "GET", "/nothing")).toBe("404 NOT_FOUND");
    expect(await refusal(api, "DELETE", "/projects")).toBe("405 METHOD_NOT_ALLOWED");
    expect(await refusal(api, "POST", "/projects", ["a list"])).toBe("422 UNPROCESSABLE_ENTITY");
    const broken = await fetch(`${harbor.url}/api/v2.0/projects`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`admin:${admin.password}`).toString("base64")}` },
      body: "{",
    });
    expect(broken.status).toBe(415);
    expect((await fetch(`${harbor.url}/v2/`)).status).toBe(503);
  });

  it("keeps its state to its owner, and has it again after a restart", async () => {
    const project = await api.project("team");
    const robot = await api.robot("team", "ci", ["list"]);
    for (const name of ["state.json", "token-key.pem"]) expect(statSync(join(dir, name)).mode & 0o077, name).toBe(0);
    await harbor.close();
    harbor = await begin();
    api = new ApiClient(harbor.url, admin);
    expect(await api.get(project)).toMatchObject({ name: "team" });
    const again = new ApiClient(harbor.url, robot);
    expect((await again.request("GET", "/projects/team/repositories")).status).toBe(200);
    clock = new Date(start.getTime() + 30 * 86_400_000);
    expect(await refusal(again, "GET", "/projects/team/repositories")).toBe("401 UNAUTHORIZED");
  });
});
