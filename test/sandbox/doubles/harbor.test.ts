import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UNKNOWN, type PropertyMap } from "../../../sandbox/doubles/framework/value";
import { harbor } from "../../../sandbox/doubles/harbor/plugin";
import { Rig } from "./framework/rig";
import { startStub, type Stub, type StubAnswer } from "./stub";

const token = (name: string): string => `harbor:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

let stub: Stub;
let rig: Rig;
let script: Readonly<Record<string, StubAnswer | (() => StubAnswer)>> = {};

beforeAll(async () => {
  stub = await startStub(({ line }) => {
    const answer = script[line.replace("/api/v2.0", "")] ?? { status: 404, body: { errors: [{ code: "NOT_FOUND" }] } };
    return typeof answer === "function" ? answer() : answer;
  });
  rig = await Rig.of(harbor());
  await rig.configure({ url: `${stub.url}/`, username: "admin", password: "p" });
});

beforeEach(() => {
  script = {};
  asked();
});

afterAll(async () => {
  rig.stop();
  await stub.close();
});

const asked = (): string[] => stub.lines("/api/v2.0");

const rule = { mostRecentlyPushed: 1, repoMatching: "**", tagMatching: "**" };

describe("the provider's own configuration", () => {
  it.each<[string, PropertyMap, RegExp]>([
    ["no address", {}, /needs a url/],
    ["an address that is not on this machine", { url: "https://harbor.example.com" }, /only speaks to this machine/],
    ["another version of the API", { url: "http://127.0.0.1", apiVersion: "1" }, /version 2/],
  ])("refuses %s", async (_, args, reason) => {
    const other = await Rig.of(harbor());
    await expect(other.configure(args)).rejects.toThrow(reason);
    other.stop();
  });

  it("logs in by session before bearer before name and password, and asks nothing before it has to", async () => {
    script = { "GET /labels/1": { status: 200, body: { name: "l", scope: "g" } } };
    const headers = async (args: PropertyMap): Promise<unknown> => {
      const other = await Rig.of(harbor());
      await other.configure({ url: stub.url, username: "u", password: "p", ...args });
      expect(asked()).toEqual([]);
      await other.read(token("Label"), { id: "/labels/1", inputs: {}, state: {} });
      other.stop();
      asked();
      const { authorization, cookie } = stub.calls.at(-1)?.headers ?? {};
      return cookie ?? authorization;
    };
    expect(await headers({})).toBe(`Basic ${Buffer.from("u:p").toString("base64")}`);
    expect(await headers({ bearerToken: "b" })).toBe("Bearer b");
    expect(await headers({ bearerToken: "b", sessionId: "s" })).toBe("sid=s");
  });
});

describe("Check", () => {
  const member = { projectId: "/projects/1", groupName: "g", type: "oidc", role: "guest" };
  it.each<[string, string, PropertyMap, RegExp]>([
    ["an unknown property", "Project", { name: "a", nope: 1 }, /nope: Invalid or unknown key/],
    [
      "a security that there is not",
      "Project",
      { name: "a", deploymentSecurity: "some" },
      /deploymentSecurity to be one/,
    ],
    ["a role that there is not", "ProjectMemberGroup", { ...member, role: "boss" }, /role to be one of/],
    ["a type that there is not", "ProjectMemberGroup", { ...member, type: "saml" }, /type to be one of/],
    ["neither id nor name", "ProjectMemberGroup", { ...member, groupName: null }, /groupId, groupName/],
    ["a level that there is not", "RobotAccount", { level: "all", permissions: [] }, /level to be one of/],
    [
      "another form of project",
      "ProjectWebhook",
      { projectId: "1", address: "a", notifyType: "http", eventsTypes: [] },
      /\/projects\/1/,
    ],
    ["a group of no type", "Group", { groupName: "g", groupType: 4 }, /groupType to be one of/],
    [
      "more than 15 rules",
      "RetentionPolicy",
      { scope: "/projects/1", rules: Array(16).fill(rule) },
      /between 1 and 15/,
    ],
    ["no rule", "RetentionPolicy", { scope: "/projects/1", rules: [] }, /between 1 and 15/],
    [
      "a rule that keeps two things",
      "RetentionPolicy",
      { scope: "/projects/1", rules: [{ ...rule, alwaysRetain: true }] },
      /exactly one of/,
    ],
    [
      "a rule of no repository",
      "ImmutableTagRule",
      { projectId: "/projects/1", tagMatching: "v*" },
      /repoMatching, repoExcluding/,
    ],
  ])("refuses %s", async (_, name, news, reason) => {
    expect((await rig.check(token(name), news)).failures.join("\n")).toMatch(reason);
  });

  it("takes unknowns", async () => {
    const news: PropertyMap = { scope: UNKNOWN, rules: [UNKNOWN, { ...rule, repoMatching: UNKNOWN }] };
    expect((await rig.check(token("RetentionPolicy"), news)).failures).toEqual([]);
  });
});

describe("Diff", () => {
  it("deletes a project with a name of its own first when it is replaced", async () => {
    const inputs = await rig.good(token("Project"), { name: "a" });
    const news = await rig.good(token("Project"), { name: "b" }, inputs);
    const difference = await rig.diff(token("Project"), { id: "/projects/1", inputs, state: inputs }, news);
    expect(difference).toMatchObject({ replaces: ["name"], deleteBeforeReplace: true });
  });

  it("sees one project in two forms of its id", async () => {
    const first = { projectId: "/projects/1", repoMatching: "**", tagMatching: "**" };
    const inputs = await rig.good(token("ImmutableTagRule"), first);
    const news = await rig.good(token("ImmutableTagRule"), { ...first, projectId: "1" });
    expect((await rig.diff(token("ImmutableTagRule"), { id: "x", inputs, state: inputs }, news)).changes).toBe("none");
  });
});

describe("the calls", () => {
  const project = { name: "a", project_id: 3, metadata: { public: "false", auto_scan: "true" } };
  const made = { status: 201, headers: { location: "/api/v2.0/projects/3" } };

  it("takes the id from the Location, and insists on one", async () => {
    script = { "POST /projects": made, "GET /projects/3": { status: 200, body: project } };
    expect((await rig.make(token("Project"), { name: "a", storageQuota: 2 })).id).toBe("/projects/3");
    expect(stub.calls.find(({ line }) => line.startsWith("POST"))?.body).toMatchObject({
      project_name: "a",
      storage_limit: 2 * 1024 ** 3,
      metadata: { public: "false", auto_scan: "true" },
    });
    script = { "POST /projects": { status: 201 } };
    await expect(rig.make(token("Project"), { name: "a" })).rejects.toThrow(/no Location/);
  });

  it.each<[string, StubAnswer, RegExp]>([
    ["200 for what is made", { status: 200 }, /got 200 expected 201/],
    ["409", { status: 409, body: { errors: [{ code: "CONFLICT" }] } }, /got 409 expected 201.*CONFLICT/],
    ["403", { status: 403 }, /RBAC/],
    ["500, without a second try", { status: 500 }, /got 500 expected 201/],
  ])("takes %s for a failure", async (_, answer, reason) => {
    script = { "POST /projects": answer };
    await expect(rig.make(token("Project"), { name: "a" })).rejects.toThrow(reason);
    expect(asked()).toEqual(["POST /projects"]);
  });

  it("takes 204 on a deletion for a failure, and 404 only where the real one does", async () => {
    const held = { id: "/robots/1", inputs: {}, state: {} };
    script = { "DELETE /robots/1": { status: 204 } };
    await expect(rig.delete(token("RobotAccount"), held)).rejects.toThrow(/got 204 expected 200/);
    script = {};
    await expect(rig.delete(token("RobotAccount"), held)).rejects.toThrow(/got 404 expected 200/);
    await rig.delete(token("Group"), { ...held, id: "/usergroups/1" });
  });

  it("does not delete a project that holds something, unless it is told to", async () => {
    const repositories = [{ name: "a/x" }, { name: "a/y/z" }];
    script = {
      "GET /projects/a/repositories?page=1&page_size=15": { status: 200, body: repositories },
      "GET /projects/a/repositories?page=2&page_size=15": { status: 200, body: [] },
      "DELETE /projects/a/repositories/x": { status: 200 },
      "DELETE /projects/a/repositories/y%252Fz": { status: 200 },
      "DELETE /projects/3": { status: 200 },
    };
    const inputs = { name: "a", forceDestroy: false };
    const held = { id: "/projects/3", inputs, state: inputs };
    await expect(rig.delete(token("Project"), held)).rejects.toThrow(/not empty/);
    asked();
    await rig.delete(token("Project"), { ...held, state: { name: "a", forceDestroy: true } });
    expect(asked().filter((line) => line.startsWith("DELETE"))).toEqual([
      "DELETE /projects/a/repositories/x",
      "DELETE /projects/a/repositories/y%252Fz",
      "DELETE /projects/3",
    ]);
  });

  it("gives a robot up at any error of a read, as version 3.10.21 does", async () => {
    script = { "GET /robots/1": { status: 500 } };
    expect(await rig.read(token("RobotAccount"), { id: "/robots/1", inputs: {}, state: {} })).toBeUndefined();
  });

  it("says nothing when a member's role is not taken", async () => {
    const member = { projectId: "/projects/3", groupName: "g", type: "oidc", role: "guest" };
    script = {
      "PUT /projects/3/members/1": { status: 400 },
      "GET /projects/3/members/1": { status: 200, body: { id: 1, role_id: 3, entity_name: "g" } },
    };
    const inputs = await rig.good(token("ProjectMemberGroup"), member);
    const news = await rig.good(token("ProjectMemberGroup"), { ...member, role: "developer" }, inputs);
    const held = { id: "/projects/3/members/1", inputs, state: inputs };
    expect((await rig.update(token("ProjectMemberGroup"), held, news)).state["role"]).toBe("guest");
  });
});
