import { createServer } from "node:http";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { isLoopback, passesFilter } from "../../../sandbox/gitlab/hooks/sender";
import { matchesName } from "../../../sandbox/gitlab/git/protection";
import type { Hook } from "../../../sandbox/gitlab/model";
import { person, rigOf, type Rig } from "./client";

let rig: Rig;
let ee: Rig;
beforeAll(async () => {
  rig = await rigOf();
  ee = await rigOf("ee");
  for (const each of [rig, ee]) {
    await each.done("POST", "groups", { name: "top", path: "top" });
    const top = await each.done("GET", "groups/top");
    await each.done("POST", "groups", { name: "sub", path: "sub", parent_id: top["id"] });
  }
});
afterAll(async () => {
  await rig.close();
  await ee.close();
});

const namespace = async (of: Rig, path: string): Promise<unknown> =>
  (await of.done("GET", `groups/${encodeURIComponent(path)}`))["id"];

const project = async (of: Rig, name: string, path = "top", more: object = {}): Promise<Record<string, unknown>> =>
  of.done("POST", "projects", { name, namespace_id: await namespace(of, path), ...more });

describe("paths", () => {
  it("takes an id, a full path, and an escaped dot; a slash in a branch and a file", async () => {
    const made = await project(rig, "a.b", "top", { initialize_with_readme: true });
    for (const path of [String(made["id"]), "top%2Fa.b", "top%2Fa%2Eb", "TOP%2FA.B"]) {
      expect((await rig.done("GET", `projects/${path}`))["id"]).toBe(made["id"]);
    }
    await rig.done("POST", "projects/top%2Fa%2Eb/repository/branches", { branch: "x/y.z", ref: "main" });
    expect((await rig.done("GET", "projects/top%2Fa%2Eb/repository/branches/x%2Fy%2Ez"))["name"]).toBe("x/y.z");
    expect((await rig.call("GET", "projects/top/a.b")).status).toBe(404);
    expect((await rig.call("GET", "/projects")).status).toBe(404);
    expect((await rig.call("PATCH", "projects")).status).toBe(405);
    expect((await rig.call("GET", "projects/%E0%A4%A")).status).toBe(404);
    const garbage = await fetch(`${rig.url}/%E0%A4%A.git/info/refs?service=git-upload-pack`);
    expect(garbage.status).toBe(400);
  });

  it("pages a list, and says where the next page is", async () => {
    for (let at = 0; at < 5; at += 1)
      await rig.done("POST", "projects/top%2Fa%2Eb/variables", { key: `V${String(at)}`, value: "x" });
    const first = await rig.call("GET", "projects/top%2Fa%2Eb/variables?per_page=2");
    expect([first.list.length, first.headers.get("x-next-page"), first.headers.get("x-total-pages")]).toEqual([
      2,
      "2",
      "3",
    ]);
    const last = await rig.call("GET", "projects/top%2Fa%2Eb/variables?per_page=2&page=3");
    expect([last.list.length, last.headers.get("x-next-page"), last.headers.get("x-total")]).toEqual([1, "", "5"]);
  });
});

describe("removal in two steps", () => {
  it("a project is marked and renamed, its path is free, and it goes for good when asked again", async () => {
    const made = await project(rig, "gone", "top", { initialize_with_readme: true });
    const id = String(made["id"]);
    const early = await rig.call("DELETE", `projects/${id}?permanently_remove=true&full_path=top/gone`);
    expect([early.status, early.text]).toEqual([400, expect.stringContaining("must be marked for deletion first")]);
    expect((await rig.call("DELETE", `projects/${id}`)).status).toBe(202);
    const marked = await rig.done("GET", `projects/${id}`);
    expect(marked).toMatchObject({
      path_with_namespace: `top/gone-deletion_scheduled-${id}`,
      marked_for_deletion_on: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
      marked_for_deletion_at: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
    expect((await rig.call("GET", "projects/top%2Fgone")).status).toBe(404);
    expect((await rig.call("DELETE", `projects/${id}`)).status).toBe(400);
    await project(rig, "gone");
    const wrong = await rig.call("DELETE", `projects/${id}?permanently_remove=true&full_path=top/other`);
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining("`full_path` is incorrect")]);
    const path = String(marked["path_with_namespace"]);
    expect((await rig.call("DELETE", `projects/${id}?permanently_remove=true&full_path=${path}`)).status).toBe(202);
    expect((await rig.call("GET", `projects/${id}`)).status).toBe(404);
    expect(existsSync(join(rig.data, "repositories", `${id}.git`))).toBe(false);
  });

  it("a subgroup goes with all that is in it; a group at the top does not go for good", async () => {
    await rig.done("POST", "groups", { name: "d", path: "d", parent_id: await namespace(rig, "top") });
    const id = String(await namespace(rig, "top/d"));
    const inside = await project(rig, "in", "top/d");
    await rig.done("DELETE", `groups/${id}`);
    const again = await rig.call("DELETE", `groups/${id}`);
    expect([again.status, again.text]).toEqual([
      400,
      expect.stringContaining("Group has been already marked for deletion"),
    ]);
    expect(await rig.done("GET", `projects/${String(inside["id"])}`)).toMatchObject({
      marked_for_deletion_on: expect.stringMatching(/^\d{4}/),
    });
    await rig.done("DELETE", `groups/${id}?permanently_remove=true&full_path=top/d`);
    expect((await rig.call("GET", `groups/${id}`)).status).toBe(404);
    expect((await rig.call("GET", `projects/${String(inside["id"])}`)).status).toBe(404);
    const top = await rig.call("DELETE", `groups/top?permanently_remove=true&full_path=top`);
    expect([top.status, top.text]).toEqual([400, expect.stringContaining("only available for subgroups")]);
  });

  it("what was marked comes back", async () => {
    const id = String((await project(rig, "back"))["id"]);
    await rig.done("DELETE", `projects/${id}`);
    expect(await rig.done("POST", `projects/${id}/restore`)).toMatchObject({
      path: "back",
      marked_for_deletion_on: null,
    });
  });
});

describe("transfers, forks and shares", () => {
  it("moves a group and a project, and members come by the new parents", async () => {
    const vera = await person(rig, "vera");
    await rig.done("POST", "groups", { name: "other", path: "other" });
    await rig.done("POST", "groups/other/members", { user_id: vera.id, access_level: 30 });
    const made = await project(rig, "mover", "top");
    expect((await rig.call("GET", `projects/${String(made["id"])}`, undefined, vera.token)).status).toBe(404);
    await rig.done("PUT", `projects/${String(made["id"])}/transfer`, { namespace: "other" });
    expect((await rig.done("GET", "projects/other%2Fmover", undefined, vera.token))["id"]).toBe(made["id"]);
    await rig.done("POST", "groups/other/transfer", { group_id: await namespace(rig, "top") });
    expect((await rig.done("GET", "projects/top%2Fother%2Fmover"))["id"]).toBe(made["id"]);
    const loop = await rig.call("POST", "groups/top/transfer", { group_id: await namespace(rig, "top/other") });
    expect(loop.status).toBe(400);
    await rig.done("POST", "groups/top%2Fother/transfer", {});
    expect((await rig.done("GET", "groups/other"))["parent_id"]).toBe(null);
  });

  it("a fork keeps its relation, refuses a taken path, and the relation can be cut and tied", async () => {
    const source = await project(rig, "src", "top", { initialize_with_readme: true });
    const fork = await rig.done("POST", "projects/top%2Fsrc/fork", {
      namespace_path: "top/sub",
      name: "src",
      path: "src",
    });
    expect(fork).toMatchObject({
      forked_from_project: { id: source["id"] },
      import_status: "finished",
      visibility: "private",
    });
    expect(await rig.done("GET", "projects/top%2Fsub%2Fsrc/import")).toMatchObject({ import_status: "finished" });
    expect((await rig.done("GET", "projects/top%2Fsub%2Fsrc/repository/branches/main"))["protected"]).toBe(true);
    expect((await rig.call("POST", "projects/top%2Fsrc/fork", { namespace_path: "top/sub" })).status).toBe(409);
    expect((await rig.call("DELETE", "projects/top%2Fsub%2Fsrc/fork")).status).toBe(204);
    expect((await rig.call("DELETE", "projects/top%2Fsub%2Fsrc/fork")).status).toBe(304);
    await rig.done("POST", `projects/top%2Fsub%2Fsrc/fork/${String(source["id"])}`);
    expect((await rig.call("POST", `projects/top%2Fsub%2Fsrc/fork/${String(source["id"])}`)).status).toBe(409);
  });

  it("a role's group gets what it was invited with, and no more; its bound is its own level", async () => {
    await project(rig, "shared", "top");
    await rig.done("POST", "groups", { name: "roles", path: "roles" });
    const ann = await person(rig, "ann");
    await rig.done("POST", "groups/roles/members", { user_id: ann.id, access_level: 50 });
    const at = "projects/top%2Fshared";
    expect((await rig.call("GET", at, undefined, ann.token)).status).toBe(404);
    const roles = await namespace(rig, "roles");
    await rig.done("POST", `${at}/share`, { group_id: roles, group_access: 30 });
    expect((await rig.call("GET", at, undefined, ann.token)).status).toBe(200);
    expect((await rig.call("GET", `${at}/hooks`, undefined, ann.token)).status).toBe(403);
    expect((await rig.done("GET", at))["shared_with_groups"]).toMatchObject([
      { group_id: roles, group_access_level: 30 },
    ]);
    expect((await rig.call("DELETE", `${at}/share/${String(roles)}`)).status).toBe(204);
    expect((await rig.call("GET", at, undefined, ann.token)).status).toBe(404);
  });
});

describe("several files in one commit", () => {
  it("is one commit, or none when one action does not fit", async () => {
    await project(rig, "many", "top");
    const at = "projects/top%2Fmany/repository";
    const first = await rig.done("POST", `${at}/commits`, {
      branch: "main",
      commit_message: "all at once",
      actions: [
        { action: "create", file_path: "a.txt", content: "1" },
        { action: "create", file_path: 'dir/ü "b".bin', content: "AAE=", encoding: "base64" },
      ],
    });
    expect(first).toMatchObject({ title: "all at once", parent_ids: [] });
    const failed = await rig.call("POST", `${at}/commits`, {
      branch: "main",
      commit_message: "no",
      actions: [
        { action: "delete", file_path: "a.txt" },
        { action: "update", file_path: "missing", content: "x" },
      ],
    });
    expect([failed.status, failed.text]).toEqual([400, expect.stringContaining("doesn't exist")]);
    await rig.done("POST", `${at}/commits`, {
      branch: "main",
      commit_message: "second",
      actions: [{ action: "move", file_path: "c.txt", previous_path: "a.txt" }],
    });
    const tree = await rig.call("GET", `${at}/tree?recursive=true`);
    expect(tree.list.map((each) => each["path"])).toEqual(["c.txt", "dir", 'dir/ü "b".bin']);
    const raw = await rig.call("GET", `${at}/files/${encodeURIComponent('dir/ü "b".bin')}/raw?ref=main`);
    expect(raw.text).toBe("\u0000\u0001");
    expect((await rig.call("GET", `${at}/commits`)).list.map((each) => each["title"])).toEqual([
      "second",
      "all at once",
    ]);
  });

  it("an update by an old commit id asks to refresh", async () => {
    const at = "projects/top%2Fmany/repository/files/c%2Etxt";
    const before = await rig.done("GET", `${at}?ref=main`);
    const body = { branch: "main", content: "2", commit_message: "m", last_commit_id: before["last_commit_id"] };
    expect((await rig.call("PUT", at, body)).status).toBe(200);
    const stale = await rig.call("PUT", at, body);
    expect([stale.status, stale.text]).toEqual([400, expect.stringContaining("Please refresh and try again")]);
  });

  it("commits made at the same time all arrive", async () => {
    const answers = await Promise.all(
      [...Array(8).keys()].map((at) =>
        rig.call("POST", `projects/top%2Fmany/repository/files/p${String(at)}`, {
          branch: "main",
          content: "x",
          commit_message: `p${String(at)}`,
        }),
      ),
    );
    expect(answers.map((each) => each.status)).toEqual(Array(8).fill(201));
  });
});

describe("editions", () => {
  it.each<[string, string, object | undefined]>([
    ["GET", "projects/top%2Fp/approvals", undefined],
    ["POST", "projects/top%2Fp/approval_rules", { name: "r", approvals_required: 1 }],
    ["POST", "groups/top/hooks", { url: "http://127.0.0.1:9/" }],
    ["POST", "projects/top%2Fp/push_rule", { commit_message_regex: "x" }],
    ["POST", "groups/top/saml_group_links", { saml_group_name: "s", access_level: 30 }],
  ])("%s %s is there with a licence only", async (method, path, body) => {
    for (const each of [rig, ee]) {
      if ((await each.call("GET", "projects/top%2Fp")).status === 404) await project(each, "p");
    }
    expect((await rig.call(method, path, body)).status).toBe(404);
    expect((await ee.call(method, path, body)).status).toBeLessThan(300);
  });

  it("a licensed branch names users and groups; a free one knows levels only", async () => {
    const una = await person(ee, "una");
    await ee.done("POST", "projects/top%2Fp/members", { user_id: una.id, access_level: 30 });
    const made = await ee.done("POST", "projects/top%2Fp/protected_branches", {
      name: "main",
      allowed_to_push: [{ access_level: 0 }],
      allowed_to_merge: [{ user_id: una.id }],
    });
    expect(made).toMatchObject({ merge_access_levels: [{ user_id: una.id }], unprotect_access_levels: [] });
    const stranger = await person(ee, "stranger");
    const refused = await ee.call("POST", "projects/top%2Fp/protected_branches", {
      name: "x",
      allowed_to_merge: [{ user_id: stranger.id }],
    });
    expect(refused.status).toBe(422);
    const [entry] = made["merge_access_levels"] as { id: number }[];
    const patched = await ee.done("PATCH", "projects/top%2Fp/protected_branches/main", {
      allowed_to_merge: [{ id: entry?.id, _destroy: true }, { access_level: 40 }],
    });
    expect(patched["merge_access_levels"]).toMatchObject([{ access_level: 40, user_id: null }]);
  });

  it("a rule holds a merge until it is approved, and there is one any_approver only", async () => {
    const [ada, ben] = [await person(ee, "ada"), await person(ee, "ben")];
    const made = await project(ee, "ruled", "top", { initialize_with_readme: true });
    const at = `projects/${String(made["id"])}`;
    for (const { id } of [ada, ben]) await ee.done("POST", `${at}/members`, { user_id: id, access_level: 40 });
    const rule = { name: "all", approvals_required: 1, rule_type: "any_approver" };
    await ee.done("POST", `${at}/approval_rules`, rule);
    expect((await ee.call("POST", `${at}/approval_rules`, { ...rule, name: "more" })).status).toBe(400);
    const file = { branch: "f", start_branch: "main", content: "x", commit_message: "m" };
    await ee.done("POST", `${at}/repository/files/f`, file, ada.token);
    const body = { source_branch: "f", target_branch: "main", title: "t" };
    expect(await ee.done("POST", `${at}/merge_requests`, body, ada.token)).toMatchObject({
      detailed_merge_status: "not_approved",
    });
    expect((await ee.call("PUT", `${at}/merge_requests/1/merge`, {}, ada.token)).status).toBe(405);
    await ee.done("POST", `${at}/merge_requests/1/approve`, {}, ada.token);
    expect((await ee.call("PUT", `${at}/merge_requests/1/merge`, {}, ada.token)).status).toBe(405);
    await ee.done("POST", `${at}/merge_requests/1/approve`, {}, ben.token);
    expect(await ee.done("PUT", `${at}/merge_requests/1/merge`, {}, ada.token)).toMatchObject({ state: "merged" });
  });
});

describe("webhooks", () => {
  it("go to this machine only, and are tried once", async () => {
    expect(["localhost", "127.0.0.1", "127.9.9.9", "[::1]"].map(isLoopback)).toEqual([true, true, true, true]);
    expect(
      ["example.com", "10.0.0.1", "127.0.0.1.example.com", "localhost.example", "0.0.0.0"].map(isLoopback),
    ).toEqual(Array(5).fill(false));
    let calls = 0;
    const failing = createServer((_request, response) => {
      calls += 1;
      response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => failing.listen(0, "127.0.0.1", resolve));
    const { port } = failing.address() as { port: number };
    await project(rig, "hooked", "top", { initialize_with_readme: true });
    const at = "projects/top%2Fhooked/hooks";
    const near = await rig.done("POST", at, {
      url: `http://127.0.0.1:${String(port)}/`,
      token: "s3cret",
      custom_headers: [{ key: "X-A", value: "hidden" }],
    });
    const far = await rig.done("POST", at, { url: "http://example.com/" });
    expect(JSON.stringify(near)).not.toMatch(/s3cret|hidden/);
    expect(near).toMatchObject({ alert_status: "executable", disabled_until: null, repository_update_events: false });
    const status = async (hook: Record<string, unknown>): Promise<unknown> =>
      (await rig.call("GET", `${at}/${String(hook["id"])}/events`)).list[0]?.["response_status"];
    expect((await rig.call("POST", `${at}/${String(near["id"])}/test/push_events`)).status).toBe(422);
    expect((await rig.call("POST", `${at}/${String(far["id"])}/test/push_events`)).status).toBe(422);
    expect([await status(near), await status(far), calls]).toEqual([
      "500",
      expect.stringContaining("beyond this machine"),
      1,
    ]);
    failing.close();
  });

  it.each<[Partial<Hook>, string, boolean]>([
    [{ pushEventsBranchFilter: "" }, "any", true],
    [{ pushEventsBranchFilter: "release/*" }, "release/1", true],
    [{ pushEventsBranchFilter: "release/*" }, "main", false],
    [{ pushEventsBranchFilter: "^v\\d+$", branchFilterStrategy: "regex" }, "v12", true],
    [{ pushEventsBranchFilter: "^v\\d+$", branchFilterStrategy: "regex" }, "v", false],
    [{ pushEventsBranchFilter: "main", branchFilterStrategy: "all_branches" }, "other", true],
  ])("filter %o lets %s pass: %s", (hook, branch, passes) => {
    expect(passesFilter({ branchFilterStrategy: "wildcard", ...hook } as Hook, branch)).toBe(passes);
  });

  it("a protected name's star takes anything, and nothing else in it is a pattern", () => {
    expect([matchesName("*", "a/b"), matchesName("a.*", "axb"), matchesName("release-*", "release-1/2")]).toEqual([
      true,
      false,
      true,
    ]);
  });
});

describe("an empty repository", () => {
  it("takes no first commit from a developer, and protects its default branch at the first one", async () => {
    const dev = await person(rig, "dev");
    await project(rig, "empty", "top");
    await rig.done("POST", "projects/top%2Fempty/members", { user_id: dev.id, access_level: 30 });
    const at = "projects/top%2Fempty";
    expect((await rig.done("GET", at))["empty_repo"]).toBe(true);
    expect((await rig.call("GET", `${at}/repository/branches/main`)).status).toBe(404);
    const first = { branch: "trunk", content: "x", commit_message: "m" };
    const refused = await rig.call("POST", `${at}/repository/files/a`, first, dev.token);
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("not allowed to push")]);
    await rig.done("POST", `${at}/repository/files/a`, first);
    expect(await rig.done("GET", at)).toMatchObject({ default_branch: "trunk", empty_repo: false });
    expect(await rig.done("GET", `${at}/repository/branches/trunk`, undefined, dev.token)).toMatchObject({
      protected: true,
      can_push: false,
    });
  });

  it("is left open where the group's setting says so", async () => {
    await rig.done("POST", "groups", { name: "open", path: "open", default_branch_protection: 0 });
    await project(rig, "free", "open", { initialize_with_readme: true });
    expect((await rig.call("GET", "projects/open%2Ffree/protected_branches")).list).toEqual([]);
  });
});
