import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { person, rigOf, type Rig } from "./client";

// A table: what is refused, with GitLab's status and text, and beside it the twin that conforms.

let rig: Rig;
const ids: Record<string, number> = {};
const tokens: Record<string, string> = {};

beforeAll(async () => {
  rig = await rigOf();
  for (const name of ["dora", "mia", "otto", "eve"]) {
    const made = await person(rig, name);
    ids[name] = made.id;
    tokens[name] = made.token;
  }
  ids["acme"] = Number((await rig.done("POST", "groups", { name: "acme", path: "acme" }))["id"]);
  ids["guests"] = Number((await rig.done("POST", "groups", { name: "guests", path: "guests" }))["id"]);
  ids["shop"] = Number(
    (await rig.done("POST", "projects", { name: "shop", namespace_id: ids["acme"], initialize_with_readme: true }))[
      "id"
    ],
  );
  await rig.done("POST", "groups/acme/members", { user_id: ids["dora"], access_level: 30 });
  await rig.done("POST", "groups/acme/members", { user_id: ids["mia"], access_level: 40 });
  await rig.done("POST", "groups/acme/members", { user_id: ids["otto"], access_level: 50 });
  await rig.done("POST", "projects/acme%2Fshop/variables", { key: "TAKEN", value: "x" });
  await rig.done("POST", "projects/acme%2Fshop/share", { group_id: ids["guests"], group_access: 20 });
  await rig.done("POST", "projects/acme%2Fshop/protected_tags", { name: "v*" });
});
afterAll(() => rig.close());

const year = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const shop = "projects/acme%2Fshop";
const newFile = `${shop}/repository/files/`;
const commit = { branch: "main", content: "x", commit_message: "m" };

type Row = [
  what: string,
  method: string,
  path: string,
  body: object | undefined,
  status: number,
  text: string,
  twin: [string, object | undefined, number],
];

describe("refusals, each with a twin that conforms", () => {
  it.each<Row>([
    [
      "a group without a path",
      "POST",
      "groups",
      { name: "x" },
      400,
      "path is missing",
      ["groups", { name: "x", path: "x1" }, 201],
    ],
    [
      "a group's path that is taken",
      "POST",
      "groups",
      { name: "y", path: "ACME" },
      400,
      "has already been taken",
      ["groups", { name: "y", path: "y" }, 201],
    ],
    [
      "a group's path that is none",
      "POST",
      "groups",
      { name: "z", path: "-z" },
      400,
      "can only include non-accented letters",
      ["groups", { name: "z", path: "z" }, 201],
    ],
    [
      "a subgroup's path that is a word of GitLab's addresses",
      "POST",
      "groups",
      { name: "q", path: "files", parent_id: "$acme" },
      400,
      "files is a reserved name",
      ["groups", { name: "q", path: "files-2", parent_id: "$acme" }, 201],
    ],
    [
      "a project's path that is a word of GitLab's addresses",
      "POST",
      "projects",
      { name: "Tree", path: "tree", namespace_id: "$acme" },
      400,
      '"path":["tree is a reserved name"]',
      ["projects", { name: "Tree", path: "trees", namespace_id: "$acme" }, 201],
    ],
    [
      "a group's name with a character that is none of a name",
      "POST",
      "groups",
      { name: "R&D", path: "r-and-d" },
      400,
      "can contain only letters, digits, emoji",
      ["groups", { name: "R and D (é)", path: "r-and-d" }, 201],
    ],
    [
      "a visibility that is none",
      "POST",
      "groups",
      { name: "v", path: "v", visibility: "secret" },
      400,
      "visibility does not have a valid value",
      ["groups", { name: "v", path: "v", visibility: "private" }, 201],
    ],
    [
      "a subgroup more visible than its parent",
      "POST",
      "groups",
      { name: "w", path: "w", parent_id: "$acme", visibility: "public" },
      400,
      "is not allowed since the parent group has a private visibility",
      ["groups", { name: "w", path: "w", parent_id: "$acme" }, 201],
    ],
    [
      "a project whose path is taken",
      "POST",
      "projects",
      { name: "shop", namespace_id: "$acme" },
      400,
      '"path":["has already been taken"]',
      ["projects", { name: "shop2", namespace_id: "$acme" }, 201],
    ],
    [
      "a project in no namespace",
      "POST",
      "projects",
      { name: "a", namespace_id: 9999 },
      400,
      "is not valid",
      ["projects", { name: "a", namespace_id: "$acme" }, 201],
    ],
    [
      "a member who is one",
      "POST",
      "groups/acme/members",
      { user_id: "$dora", access_level: 30 },
      409,
      "Member already exists",
      ["groups/guests/members", { user_id: "$dora", access_level: 30 }, 201],
    ],
    [
      "a member who is nobody",
      "POST",
      "groups/acme/members",
      { user_id: 999, access_level: 30 },
      404,
      "404 User Not Found",
      ["groups/guests/members", { user_id: "$mia", access_level: 30 }, 201],
    ],
    [
      "a level that is none",
      "POST",
      "groups/guests/members",
      { user_id: "$eve", access_level: 33 },
      400,
      "is not included in the list",
      ["groups/guests/members", { user_id: "$eve", access_level: 10 }, 201],
    ],
    [
      "a membership that has ended",
      "POST",
      `${shop}/members`,
      { user_id: "$eve", access_level: 30, expires_at: "2020-01-01" },
      400,
      "cannot be a date in the past",
      [`${shop}/members`, { user_id: "$eve", access_level: 30, expires_at: year(3) }, 201],
    ],
    [
      "a share that is there",
      "POST",
      `${shop}/share`,
      { group_id: "$guests", group_access: 30 },
      409,
      "already shared",
      [`projects/acme%2Fshop2/share`, { group_id: "$guests", group_access: 30 }, 201],
    ],
    [
      "a protected branch that is there",
      "POST",
      `${shop}/protected_branches`,
      { name: "main" },
      409,
      "Protected branch 'main' already exists",
      [`${shop}/protected_branches`, { name: "release/*" }, 201],
    ],
    [
      "owners as a level of a branch",
      "POST",
      `${shop}/protected_branches`,
      { name: "o", push_access_level: 50 },
      400,
      "push_access_level does not have a valid value",
      [`${shop}/protected_branches`, { name: "o", push_access_level: 0 }, 201],
    ],
    [
      "a protected tag that is there",
      "POST",
      `${shop}/protected_tags`,
      { name: "v*" },
      409,
      "already exists",
      [`${shop}/protected_tags`, { name: "w*" }, 201],
    ],
    [
      "a file that is there",
      "POST",
      `${newFile}README%2Emd`,
      commit,
      400,
      "A file with this name already exists",
      [`${newFile}b%2Fnew%2Emd`, commit, 201],
    ],
    [
      "a file out of the repository",
      "POST",
      `${newFile}..%2Fx`,
      commit,
      400,
      "valid file path",
      [`${newFile}x`, commit, 201],
    ],
    [
      "a file in git's folder",
      "POST",
      `${newFile}.git%2Fconfig`,
      commit,
      400,
      "valid file path",
      [`${newFile}.github%2Fconfig`, commit, 201],
    ],
    [
      "content that is no base64",
      "POST",
      `${newFile}c`,
      { ...commit, encoding: "base64", content: "ä!" },
      400,
      "base64",
      [`${newFile}c`, { ...commit, encoding: "base64", content: "eA==" }, 201],
    ],
    [
      "a file on no branch",
      "POST",
      `${newFile}d`,
      { ...commit, branch: "nope" },
      400,
      "on a branch",
      [`${newFile}d`, { ...commit, branch: "nope", start_branch: "main" }, 201],
    ],
    [
      "a variable that is there",
      "POST",
      `${shop}/variables`,
      { key: "TAKEN", value: "y" },
      400,
      "(TAKEN) has already been taken",
      [`${shop}/variables`, { key: "TAKEN", value: "y", environment_scope: "prod" }, 201],
    ],
    [
      "a variable's key that is none",
      "POST",
      `${shop}/variables`,
      { key: "A-B", value: "y" },
      400,
      "can contain only letters",
      [`${shop}/variables`, { key: "A_B", value: "y" }, 201],
    ],
    [
      "a short masked variable",
      "POST",
      `${shop}/variables`,
      { key: "M", value: "short", masked: true },
      400,
      '{"value":["is invalid"]}',
      [`${shop}/variables`, { key: "M", value: "longenough", masked: true }, 201],
    ],
    [
      "a masked variable with a space",
      "POST",
      `${shop}/variables`,
      { key: "N", value: "long enough", masked: true, raw: true },
      400,
      "is invalid",
      [`${shop}/variables`, { key: "N", value: "{long}enough", masked: true, raw: true }, 201],
    ],
    [
      "a hidden variable that is not masked",
      "POST",
      `${shop}/variables`,
      { key: "H", value: "longenough", hidden: true },
      400,
      "should be true when variable is hidden",
      [`${shop}/variables`, { key: "H", value: "longenough", masked_and_hidden: true }, 201],
    ],
    [
      "a deploy token without scopes",
      "POST",
      `${shop}/deploy_tokens`,
      { name: "d", scopes: [] },
      400,
      "Scopes can't be blank",
      [`${shop}/deploy_tokens`, { name: "d", scopes: ["read_repository"] }, 201],
    ],
    [
      "a deploy token's scope that is none",
      "POST",
      `${shop}/deploy_tokens`,
      { name: "d", scopes: ["api"] },
      400,
      "scopes does not have a valid value",
      [`${shop}/deploy_tokens`, { name: "d", scopes: ["read_registry"] }, 201],
    ],
    [
      "an access token beyond a year",
      "POST",
      `${shop}/access_tokens`,
      { name: "t", scopes: ["api"], expires_at: year(366) },
      400,
      "must be before",
      [`${shop}/access_tokens`, { name: "t", scopes: ["api"], expires_at: year(365) }, 201],
    ],
    [
      "an access token of the past",
      "POST",
      `${shop}/access_tokens`,
      { name: "t", scopes: ["api"], expires_at: year(-1) },
      400,
      "in the past",
      [`${shop}/access_tokens`, { name: "t", scopes: ["api"], expires_at: year(1) }, 201],
    ],
    [
      "a deploy key that is none",
      "POST",
      `${shop}/deploy_keys`,
      { title: "k", key: "ssh-rsa nonsense" },
      400,
      "is invalid",
      [
        `${shop}/deploy_keys`,
        { title: "k", key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8W0Cz1Wv5b0o1F3c5b8m5oJ3vQm2u8Yb1b7cQ9bYkR me@here" },
        201,
      ],
    ],
    [
      "a hook without http",
      "POST",
      `${shop}/hooks`,
      { url: "ftp://x" },
      400,
      "is blocked",
      [`${shop}/hooks`, { url: "http://127.0.0.1:9/x" }, 201],
    ],
    [
      "a branch that is there",
      "POST",
      `${shop}/repository/branches`,
      { branch: "main", ref: "main" },
      400,
      "Branch already exists",
      [`${shop}/repository/branches`, { branch: "next", ref: "main" }, 201],
    ],
    [
      "a branch from nowhere",
      "POST",
      `${shop}/repository/branches`,
      { branch: "n2", ref: "nowhere" },
      400,
      "Invalid reference name",
      [`${shop}/repository/branches`, { branch: "n2", ref: "main" }, 201],
    ],
    [
      "a runner with a short timeout",
      "POST",
      "user/runners",
      { runner_type: "instance_type", maximum_timeout: 10 },
      400,
      "at least 10 minutes",
      ["user/runners", { runner_type: "instance_type", maximum_timeout: 600 }, 201],
    ],
    [
      "a runner that takes no job",
      "POST",
      "user/runners",
      { runner_type: "instance_type", run_untagged: false },
      400,
      "can not be empty",
      ["user/runners", { runner_type: "instance_type", run_untagged: false, tag_list: ["a"] }, 201],
    ],
    [
      "a runner of no project",
      "POST",
      "user/runners",
      { runner_type: "project_type" },
      400,
      "project_id is missing",
      ["user/runners", { runner_type: "project_type", project_id: "$shop" }, 201],
    ],
    [
      "a user whose name is taken",
      "POST",
      "users",
      { username: "Dora", name: "d", email: "d@x.y", password: "p" },
      409,
      "Username has already been taken",
      ["users", { username: "dan", name: "d", email: "d@x.y", password: "p" }, 201],
    ],
    [
      "a job on no branch",
      "POST",
      "/-/stand-in/jobs",
      { project: "acme/shop", ref: "none" },
      400,
      "Reference not found",
      ["/-/stand-in/jobs", { project: "acme/shop", ref: "main" }, 201],
    ],
  ])("%s", async (_what, method, path, body, status, text, [twinPath, twinBody, twinStatus]) => {
    const filled = (value: object | undefined): unknown =>
      value === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(value).map(([key, each]: [string, unknown]) => [
              key,
              typeof each === "string" && each.startsWith("$") ? ids[each.slice(1)] : each,
            ]),
          );
    const refused = await rig.call(method, path, filled(body));
    expect([refused.status, refused.text]).toEqual([status, expect.stringContaining(text)]);
    const twin = await rig.call(method, twinPath, filled(twinBody));
    expect([twin.status, twin.text.slice(0, 200)]).toEqual([twinStatus, expect.any(String)]);
  });
});

describe("who may", () => {
  it.each<[string, string, string, object | undefined, number]>([
    ["dora", "GET", shop, undefined, 200],
    ["eve", "GET", "projects/acme%2Fshop2", undefined, 200],
    ["dora", "POST", `${shop}/variables`, { key: "D", value: "d" }, 403],
    ["mia", "POST", `${shop}/variables`, { key: "D", value: "d" }, 201],
    ["mia", "POST", "groups/acme/variables", { key: "D", value: "d" }, 403],
    ["otto", "POST", "groups/acme/variables", { key: "D", value: "d" }, 201],
    ["dora", "GET", `${shop}/protected_branches`, undefined, 403],
    ["dora", "POST", `${newFile}dora`, commit, 400],
    ["dora", "POST", `${newFile}dora`, { ...commit, branch: "dora", start_branch: "main" }, 201],
    ["mia", "DELETE", shop, undefined, 403],
    ["mia", "PUT", "groups/acme", { description: "x" }, 403],
    ["otto", "PUT", "groups/acme", { description: "x" }, 200],
    ["mia", "POST", `${shop}/members`, { user_id: 1, access_level: 50 }, 403],
    ["dora", "POST", "/-/stand-in/jobs", { project: "acme/shop" }, 403],
    ["dora", "POST", "users", { username: "n", name: "n", email: "n@n.n", password: "p" }, 403],
  ])("%s %s %s", async (who, method, path, body, status) => {
    const answer = await rig.call(method, path, body, tokens[who]);
    expect([answer.status, answer.text.slice(0, 150)]).toEqual([status, expect.any(String)]);
  });

  it("hides a private project from who is no member", async () => {
    const stranger = await person(rig, "stranger");
    for (const path of [shop, `${shop}/repository/files/README.md?ref=main`, "groups/acme", `${shop}/hooks`]) {
      expect((await rig.call("GET", path, undefined, stranger.token)).status).toBe(404);
      expect((await rig.call("GET", path)).status).toBe(200);
    }
  });
});

describe("tokens", () => {
  it("401 for none, an unknown, a revoked and a blocked user's", async () => {
    const made = await person(rig, "temp");
    const unauthorized = { status: 401, body: { message: "401 Unauthorized" } };
    expect(await rig.call("GET", "user", undefined, null)).toMatchObject(unauthorized);
    expect(await rig.call("GET", "user", undefined, "glpat-unknown")).toMatchObject(unauthorized);
    expect((await rig.call("GET", "user", undefined, made.token)).status).toBe(200);
    await rig.done("POST", `users/${String(made.id)}/block`);
    expect(await rig.call("GET", "user", undefined, made.token)).toMatchObject(unauthorized);
    await rig.done("POST", `users/${String(made.id)}/unblock`);
    await rig.done("DELETE", `personal_access_tokens/${String(made.tokenId)}`);
    expect(await rig.call("GET", "user", undefined, made.token)).toMatchObject(unauthorized);
  });

  it("403 insufficient_scope for a scope that is too small", async () => {
    const reader = await person(rig, "reader", ["read_api"]);
    const cloner = await person(rig, "cloner", ["read_repository"]);
    expect((await rig.call("GET", "user", undefined, reader.token)).status).toBe(200);
    expect(await rig.call("POST", "groups", { name: "n", path: "n" }, reader.token)).toMatchObject({
      status: 403,
      body: { error: "insufficient_scope" },
    });
    expect(await rig.call("GET", "projects", undefined, cloner.token)).toMatchObject({
      status: 403,
      body: { error: "insufficient_scope" },
    });
  });

  it("rotation ends the old token and gives another id", async () => {
    const old = await rig.done("POST", `${shop}/access_tokens`, { name: "bot", scopes: ["api"], access_level: 30 });
    const next = await rig.done("POST", `${shop}/access_tokens/${String(old["id"])}/rotate`, { expires_at: year(30) });
    expect(next["id"]).not.toBe(old["id"]);
    expect(next).toMatchObject({ user_id: old["user_id"], access_level: 30, expires_at: year(30), active: true });
    expect((await rig.call("GET", "user", undefined, String(old["token"]))).status).toBe(401);
    expect((await rig.call("GET", "user", undefined, String(next["token"]))).body["username"]).toMatch(
      /^project_\d+_bot_/,
    );
    expect(await rig.call("GET", `${shop}/access_tokens/${String(old["id"])}`)).toMatchObject({
      status: 200,
      body: { revoked: true, active: false },
    });
    await rig.done("DELETE", `${shop}/access_tokens/${String(next["id"])}`);
    expect((await rig.call("GET", `${shop}/access_tokens/${String(next["id"])}`)).status).toBe(404);
    expect((await rig.call("GET", "user", undefined, String(next["token"]))).status).toBe(401);
  });
});
