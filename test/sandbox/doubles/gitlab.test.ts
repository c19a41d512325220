import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isSecret, reveal, secret, UNKNOWN, type PropertyMap } from "../../../sandbox/doubles/framework/value";
import { inDays, today } from "../../../sandbox/doubles/gitlab/expiry";
import { gitlab } from "../../../sandbox/doubles/gitlab/plugin";
import { WAIT_VARIABLE } from "../../../sandbox/doubles/gitlab/session";
import { partialOf, Rig } from "./framework/rig";
import { startStub, type Stub, type StubAnswer, type StubCall } from "./stub";

const token = (name: string): string => `gitlab:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`;

let stub: Stub;
let rig: Rig;
/** What the server has for a line such as `GET groups/1`; the first that fits answers. */
let script: readonly (readonly [line: string | RegExp, answer: StubAnswer | ((call: StubCall) => StubAnswer)])[] = [];

beforeAll(async () => {
  process.env[WAIT_VARIABLE] = "1";
  stub = await startStub((call) => {
    const line = call.line.replace("/api/v4/", "");
    const found = script.find(([wanted]) => (typeof wanted === "string" ? wanted === line : wanted.test(line)));
    const answer = found?.[1] ?? { status: 404, body: { message: "404 Not Found" } };
    return typeof answer === "function" ? answer(call) : answer;
  });
  rig = await Rig.of(gitlab());
  await rig.configure({ baseUrl: stub.url, token: "t", earlyAuthCheck: "false" });
});

beforeEach(() => {
  script = [];
  asked();
});

afterAll(async () => {
  rig.stop();
  await stub.close();
});

const asked = (): string[] => stub.lines("/api/v4/");

describe("the provider's own configuration", () => {
  it.each<[string, PropertyMap, RegExp]>([
    [
      "an address that is not on this machine",
      { baseUrl: "https://gitlab.example.com/" },
      /only speaks to this machine/,
    ],
    ["no address, which is GitLab's own public server", {}, /only speaks to this machine/],
    ["another way to log in", { baseUrl: "http://127.0.0.1/", configFile: "a" }, /configFile is not simulated/],
  ])("refuses %s", async (_, args, reason) => {
    const other = await Rig.of(gitlab());
    await expect(other.configure(args)).rejects.toThrow(reason);
    other.stop();
  });

  it("asks who it is at once, with the token as a bearer and its own headers", async () => {
    script = [["GET user", { status: 200, body: { id: 1 } }]];
    const other = await Rig.of(gitlab());
    await other.configure({ baseUrl: `${stub.url}/api/v4/`, token: secret("the-token"), headers: '{"X-A":"b"}' });
    other.stop();
    expect(asked()).toEqual(["GET user"]);
    expect(stub.calls.at(-1)?.headers).toMatchObject({ authorization: "Bearer the-token", "x-a": "b" });
  });
});

describe("Check", () => {
  it.each<[string, string, PropertyMap, RegExp]>([
    ["an unknown property", "Group", { path: "a", nope: 1 }, /nope: Invalid or unknown key/],
    ["a missing one", "Group", {}, /Missing required property 'path'/],
    ["a path with a space", "Group", { path: "a b" }, /invalid path/],
    ["a path that ends in .git", "Group", { path: "a.git" }, /invalid path/],
    [
      "a visibility that there is not",
      "Group",
      { path: "a", visibilityLevel: "secret" },
      /visibilityLevel to be one of/,
    ],
    [
      "an LDAP group told twice",
      "GroupLdapLink",
      { group: "1", cn: "a", filter: "(b=c)", groupAccess: "developer", ldapProvider: "ldapmain" },
      /"cn": conflicts with filter\n.*"filter": conflicts with cn/,
    ],
    [
      "an LDAP group of no provider",
      "GroupLdapLink",
      { group: "1", cn: "a", groupAccess: "developer" },
      /Missing required property 'ldapProvider'/,
    ],
    [
      "no role at all for a SAML group",
      "GroupSamlLink",
      { group: "1", samlGroupName: "a", accessLevel: "no one" },
      /accessLevel to be one of/,
    ],
    [
      "the other link's property",
      "GroupSamlLink",
      { group: "1", samlGroupName: "a", accessLevel: "developer", ldapProvider: "ldapmain" },
      /ldapProvider: Invalid or unknown key/,
    ],
    ["a role that there is not", "GroupMembership", { groupId: 1, userId: 1, accessLevel: "boss" }, /to be one of/],
    [
      "a membership that is over",
      "ProjectMembership",
      { project: "1", userId: 1, accessLevel: "guest", expiresAt: today() },
      /must be in the future/,
    ],
    [
      "hidden without masked",
      "ProjectVariable",
      { project: "1", key: "K", value: "v", hidden: true },
      /has to be masked/,
    ],
    ["a scope that there is not", "ProjectDeployToken", { project: "1", scopes: ["all"] }, /each of scopes/],
    ["a moment that is none", "ProjectDeployToken", { project: "1", scopes: [], expiresAt: inDays(1) }, /RFC 3339/],
    ["a runner of no group", "UserRunner", { runnerType: "group_type" }, /groupId is required/],
    [
      "a runner of a group and a project",
      "UserRunner",
      { runnerType: "group_type", groupId: 1, projectId: 2 },
      /only for/,
    ],
    ["a short timeout", "UserRunner", { runnerType: "instance_type", maximumTimeout: 60 }, /at least 600/],
    [
      "an absolute path",
      "RepositoryFile",
      { project: "1", branch: "m", filePath: "/a", content: "", encoding: "text" },
      /relative to the root/,
    ],
    [
      "removals that resetting does already",
      "ProjectLevelMrApprovals",
      { project: "1", selectiveCodeOwnerRemovals: true },
      /resetApprovalsOnPush is disabled/,
    ],
  ])("refuses %s", async (_, name, news, reason) => {
    expect((await rig.check(token(name), news)).failures.join("\n")).toMatch(reason);
  });

  it("takes unknowns, and does not tell the server anything", async () => {
    const news: PropertyMap = { project: UNKNOWN, key: "K", value: secret(UNKNOWN), hidden: true, masked: UNKNOWN };
    expect((await rig.check(token("ProjectVariable"), news)).failures).toEqual([]);
    expect(asked()).toEqual([]);
  });

  it("names a group, a project, a token and a hook that has no name", async () => {
    for (const [name, news] of [
      ["Group", { path: "a" }],
      ["Project", {}],
      ["ProjectDeployToken", { project: "1", scopes: [] }],
      ["ProjectHook", { project: "1", url: "http://a" }],
    ] as const) {
      expect((await rig.check(token(name), news)).inputs["name"]).toMatch(/^thing-[0-9a-f]{7}$/);
    }
  });
});

describe("Diff", () => {
  it.each<[string, string, PropertyMap, PropertyMap, readonly string[]]>([
    [
      "a project's template",
      "Project",
      { name: "a", templateName: "x" },
      { name: "a", templateName: "y" },
      ["templateName"],
    ],
    ["a project's namespace not at all", "Project", { name: "a", namespaceId: 1 }, { name: "a", namespaceId: 2 }, []],
    [
      "a share's level",
      "GroupShareGroup",
      { groupId: "1", shareGroupId: 2, groupAccess: "guest" },
      { groupId: "1", shareGroupId: 2, groupAccess: "owner" },
      ["groupAccess"],
    ],
    [
      "a SAML link's level",
      "GroupSamlLink",
      { group: "1", samlGroupName: "a", accessLevel: "guest" },
      { group: "1", samlGroupName: "a", accessLevel: "owner" },
      ["accessLevel"],
    ],
    [
      "an LDAP link's group and level",
      "GroupLdapLink",
      { group: "1", cn: "a", groupAccess: "guest", ldapProvider: "ldapmain" },
      { group: "1", cn: "b", groupAccess: "owner", ldapProvider: "ldapmain" },
      ["cn", "groupAccess"],
    ],
    [
      "a branch's level, in the free edition",
      "BranchProtection",
      { project: "1", branch: "m", pushAccessLevel: "no one" },
      { project: "1", branch: "m", pushAccessLevel: "maintainer" },
      ["pushAccessLevel"],
    ],
    [
      "a hook's address",
      "ProjectHook",
      { project: "1", name: "n", url: "http://a" },
      { project: "1", name: "n", url: "http://b" },
      ["url"],
    ],
    [
      "a group variable's scope",
      "GroupVariable",
      { group: "1", key: "K", value: "v" },
      { group: "1", key: "K", value: "v", environmentScope: "prod" },
      ["environmentScope"],
    ],
    [
      "a project variable's scope not at all",
      "ProjectVariable",
      { project: "1", key: "K", value: "v" },
      { project: "1", key: "K", value: "v", environmentScope: "prod" },
      [],
    ],
  ])("replaces for %s", async (_, name, olds, news, replaces) => {
    script = [["GET metadata", { status: 200, body: { version: "18.0.0", enterprise: false } }]];
    const inputs = await rig.good(token(name), olds);
    const held = { id: "x", inputs, state: inputs };
    const difference = await rig.diff(token(name), held, await rig.good(token(name), news, inputs));
    expect(difference).toMatchObject({ changes: "some", replaces });
    // Only the older half deletes first what has a name of its own choosing.
    expect(difference.deleteBeforeReplace).toBe(name === "Project" && replaces.length > 0);
  });

  it("sees the same key in a deploy key with a comment, and the same moment in other words", async () => {
    const olds = { project: "1", title: "t", key: "ssh-ed25519 AAAA", expiresAt: "2030-01-01T00:00:00Z" };
    const inputs = await rig.good(token("DeployKey"), olds);
    const news = { ...olds, key: "ssh-ed25519 AAAA me@here\n", expiresAt: "2030-01-01T00:00:00.000Z" };
    const difference = await rig.diff(
      token("DeployKey"),
      { id: "1:1", inputs, state: inputs },
      await rig.good(token("DeployKey"), news),
    );
    expect(difference.changes).toBe("none");
  });

  it("refuses a token whose end is over while it plans, but not one that ended meanwhile", async () => {
    const type = token("ProjectAccessToken");
    const news = { project: "1", name: "n", scopes: ["api"], expiresAt: "2020-01-01" };
    await expect(rig.make(type, news, true)).rejects.toThrow(/must be in the future/);
    const inputs = await rig.good(type, news);
    const state = { ...inputs, accessLevel: "maintainer", validatePastExpirationDate: true };
    expect(await rig.diff(type, { id: "1:1", inputs, state }, inputs)).toMatchObject({ changes: "none" });
    expect((await rig.make(type, { ...news, validatePastExpirationDate: false }, true)).id).toBe("");
    const deploy = { project: "1", name: "n", scopes: ["read_repository"], expiresAt: "2020-01-01T00:00:00Z" };
    await expect(rig.make(token("ProjectDeployToken"), deploy, true)).rejects.toThrow(/must be in the future/);
  });
});

describe("the calls", () => {
  const group = {
    id: 7,
    name: "a",
    path: "a",
    full_name: "a",
    full_path: "a",
    web_url: "http://g/a",
    visibility: "private",
    runners_token: "planted",
    default_branch_protection: 2,
  };

  it("of a group: made, awaited, changed by what creation does not take, read with the edition", async () => {
    script = [
      ["POST groups", { status: 201, body: group }],
      [/^GET groups\/7/, { status: 200, body: group }],
      ["PUT groups/7", { status: 200, body: group }],
    ];
    const held = await rig.make(token("Group"), { name: "a", path: "a", sharedRunnersSetting: "enabled" });
    expect(asked().filter((line) => line !== "GET metadata")).toEqual([
      "POST groups",
      "GET groups/7",
      "PUT groups/7",
      "GET groups/7?with_projects=false",
    ]);
    expect(held.id).toBe("7");
    const told = held.state["runnersToken"];
    expect(told !== undefined && isSecret(told)).toBe(true);
  });

  it("of a group's deletion: marked is as good as gone", async () => {
    let deleted = false;
    script = [
      ["POST groups", { status: 201, body: group }],
      [
        "DELETE groups/7",
        () => {
          deleted = true;
          return { status: 202, body: {} };
        },
      ],
      [/^GET groups\/7/, () => ({ status: 200, body: { ...group, marked_for_deletion_on: deleted ? today() : null } })],
    ];
    const held = await rig.make(token("Group"), { name: "a", path: "a" });
    asked();
    await rig.delete(token("Group"), held);
    expect(asked()).toEqual(["DELETE groups/7", "GET groups/7"]);
    expect(await rig.read(token("Group"), held)).toBeUndefined();
  });

  const project = {
    id: 9,
    name: "p",
    path: "p",
    path_with_namespace: "a/p",
    namespace: { id: 7, kind: "group" },
    default_branch: "main",
    import_status: "none",
    web_url: "w",
    http_url_to_repo: "h",
    ssh_url_to_repo: "s",
  };

  it("of a project: made, its default branch's protection awaited, read", async () => {
    let looks = 0;
    script = [
      ["POST projects", { status: 201, body: project }],
      ["GET groups/7", { status: 200, body: group }],
      [
        "GET projects/9/repository/branches/main",
        () => ({ status: 200, body: { name: "main", protected: (looks += 1) > 1 } }),
      ],
      ["PUT projects/9", { status: 200, body: project }],
      ["GET projects/9", { status: 200, body: { ...project, ci_default_git_depth: 5 } }],
    ];
    await rig.make(token("Project"), { name: "p", namespaceId: 7, ciDefaultGitDepth: 5 });
    expect(asked()).toEqual([
      "POST projects",
      "GET groups/7",
      "GET projects/9/repository/branches/main",
      "GET projects/9/repository/branches/main",
      "PUT projects/9",
      "GET projects/9",
      "GET projects/9/push_rule",
    ]);
  });

  it("of a fork: awaited until its content is there; a failed one is kept by the engine", async () => {
    let status = "started";
    script = [
      ["POST projects/3/fork", { status: 201, body: { ...project, import_status: "scheduled" } }],
      ["GET projects/9/import", () => ({ status: 200, body: { import_status: status } })],
      ["GET projects/9", { status: 200, body: { ...project, forked_from_project: { id: 3 } } }],
      ["GET groups/7", { status: 200, body: { ...group, default_branch_protection: 0 } }],
    ];
    setTimeout(() => (status = "finished"), 20);
    const news = { name: "p", namespaceId: 7, forkedFromProjectId: 3 };
    expect((await rig.make(token("Project"), news)).state["forkedFromProjectId"]).toBe(3);
    expect(asked()[0]).toBe("POST projects/3/fork");
    status = "failed";
    const error: unknown = await rig.make(token("Project"), news).catch((thrown: unknown) => thrown);
    expect(partialOf(error)).toMatchObject({ id: "9" });
    expect(partialOf(error)?.reasons[0]).toMatch(/ended as failed/);
  });

  it("of a link to an LDAP group: an old one taken away where that is wanted, found in the list, gone without an error", async () => {
    const link = { cn: "a", group_access: 30, provider: "ldapmain" };
    const absent = { status: 404, body: { message: "Linked LDAP group not found" } };
    script = [
      ["DELETE groups/1/ldap_group_links?provider=ldapmain&cn=a", absent],
      ["POST groups/1/ldap_group_links", { status: 201, body: link }],
      [/^GET groups\/1\/ldap_group_links/, { status: 200, body: [{ ...link, cn: "b" }, link] }],
    ];
    const news = { group: "1", cn: "a", groupAccess: "developer", ldapProvider: "ldapmain", force: true };
    const held = await rig.make(token("GroupLdapLink"), news);
    expect(held).toMatchObject({ id: "1:ldapmain:a:", state: { cn: "a", filter: "", groupAccess: "developer" } });
    expect(asked().map((line) => line.split("?")[0])).toEqual([
      "DELETE groups/1/ldap_group_links",
      "POST groups/1/ldap_group_links",
      "GET groups/1/ldap_group_links",
    ]);
    await rig.delete(token("GroupLdapLink"), held);
    // A group without links has no list; whoever may not see it is told so, unless the link is forced.
    script = [];
    expect(await rig.read(token("GroupLdapLink"), held)).toBeUndefined();
    await expect(rig.delete(token("GroupLdapLink"), held)).rejects.toThrow(/404 Not Found/);
    script = [[/./, { status: 403, body: { message: "403 Forbidden" } }]];
    expect(await rig.read(token("GroupLdapLink"), held)).toBeUndefined();
    const loose = { ...held, state: { ...held.state, force: false } };
    await expect(rig.read(token("GroupLdapLink"), loose)).rejects.toThrow(/403/);
    await expect(rig.read(token("GroupLdapLink"), { ...held, id: "1:ldapmain:a:b:" })).rejects.toThrow(
      /unexpected ID format/,
    );
  });

  it("of a link to a SAML group: its name is a path of its own, and one that is gone is as good as deleted", async () => {
    const at = "groups/a%2Fb/saml_group_links";
    script = [
      [`POST ${at}`, { status: 201, body: { name: "/x:y", access_level: 20 } }],
      [`GET ${at}/%2Fx%3Ay`, { status: 200, body: { name: "/x:y", access_level: 20 } }],
    ];
    const news = { group: "a/b", samlGroupName: "/x:y", accessLevel: "reporter" };
    const held = await rig.make(token("GroupSamlLink"), news);
    expect(held.id).toBe("a/b:/x:y");
    expect(held.state).toEqual(news);
    await rig.delete(token("GroupSamlLink"), held);
    script = [];
    expect(await rig.read(token("GroupSamlLink"), held)).toBeUndefined();
  });

  it("escapes what is in a path, dots too", async () => {
    script = [
      ["POST projects/a%2Fb%2Ec/protected_tags", { status: 201, body: {} }],
      [
        "GET projects/a%2Fb%2Ec/protected_tags/v1%2E*",
        { status: 200, body: { name: "v1.*", create_access_levels: [{ access_level: 40 }] } },
      ],
    ];
    const held = await rig.make(token("TagProtection"), { project: "a/b.c", tag: "v1.*" });
    expect(held.id).toBe("a/b.c:v1.*");
  });

  it("asks again when the server is broken or busy, and not when it does not know how", async () => {
    const counts = { broken: 0, unknown: 0 };
    const user = { access_level: 30 };
    script = [
      ["POST groups/1/members", { status: 201, body: user }],
      ["GET groups/1/members/1", () => ((counts.broken += 1) < 3 ? { status: 502 } : { status: 200, body: user })],
      ["GET groups/1/members/2", () => ((counts.unknown += 1), { status: 501, body: { message: "no" } })],
    ];
    const member = (userId: number): PropertyMap => ({ groupId: 1, userId, accessLevel: "developer" });
    await rig.make(token("GroupMembership"), member(1));
    expect(counts.broken).toBe(3);
    await expect(rig.make(token("GroupMembership"), member(2))).rejects.toThrow(/501 \{message: no\}/);
    expect(counts.unknown).toBe(1);
  });

  it("keeps a runner's token although the look after it fails", async () => {
    script = [["POST user/runners", { status: 201, body: { id: 5, token: "planted-runner" } }]];
    const error: unknown = await rig
      .make(token("UserRunner"), { runnerType: "instance_type", untagged: true })
      .catch((thrown: unknown) => thrown);
    const kept = partialOf(error);
    expect(kept?.id).toBe("5");
    expect(kept === undefined ? undefined : reveal(kept.state)["token"]).toBe("planted-runner");
    expect(kept?.state["token"] !== undefined && isSecret(kept.state["token"])).toBe(true);
  });

  it("reads the lists of a job token's scope page by page, without the project itself", async () => {
    const page = (ids: readonly number[], next: string): StubAnswer => ({
      status: 200,
      body: ids.map((id) => ({ id })),
      headers: { "x-next-page": next },
    });
    script = [
      ["GET projects/1/job_token_scope/allowlist?page=1&per_page=20", page([1, 2], "2")],
      ["GET projects/1/job_token_scope/allowlist?page=2&per_page=20", page([3], "")],
      [/^GET projects\/1\/job_token_scope\/groups_allowlist/, page([], "")],
      [/^(DELETE|POST) projects\/1\/job_token_scope/, { status: 204 }],
      ["GET projects/1/job_token_scope", { status: 200, body: { inbound_enabled: true } }],
    ];
    await rig.make(token("ProjectJobTokenScopes"), { project: "1", targetProjectIds: [2, 4] });
    expect(asked().filter((line) => !line.startsWith("GET"))).toEqual([
      "DELETE projects/1/job_token_scope/allowlist/3",
      "POST projects/1/job_token_scope/allowlist",
    ]);
  });
});
