import { createPublicKey, randomBytes, verify, type JsonWebKey } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { bundle } from "../../sandbox/bundles";
import { gitlabPart, gitlabTokenFile } from "../../sandbox/gitlab";
import { awaitReady, launch, logFile } from "../../sandbox/part";
import { checkout } from "../../sandbox/place";
import { choosePorts } from "../../sandbox/ports";
import { endProcess } from "../../sandbox/process";
import { git, person, remote, rigOf, type Rig } from "../sandbox/gitlab/client";

// The stand-in through the protocols its users speak: git over HTTP, webhooks over HTTP, ID tokens by their key set.

let rig: Rig;
let folder: string;
let receiver: Server;
const received: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
const tokens: Record<string, string> = {};
const ops = "projects/acme%2Fpay%2Fops-prod";

beforeAll(async () => {
  rig = await rigOf();
  folder = mkdtempSync(join(tmpdir(), "gitlab-clients-"));
  receiver = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      received.push({ headers: request.headers, body: JSON.parse(text) as Record<string, unknown> });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));

  const acme = await rig.done("POST", "groups", { name: "acme", path: "acme" });
  const pay = await rig.done("POST", "groups", { name: "pay", path: "pay", parent_id: acme["id"] });
  for (const name of ["dora", "olga"]) tokens[name] = (await person(rig, name)).token;
  const users = await rig.call("GET", "users");
  const id = (name: string): unknown => users.list.find((each) => each["username"] === name)?.["id"];
  await rig.done("POST", "groups/acme%2Fpay/members", { user_id: id("dora"), access_level: 30 });
  await rig.done("POST", "groups/acme%2Fpay/members", { user_id: id("olga"), access_level: 50 });
  await rig.done("POST", "projects", { name: "ops-prod", namespace_id: pay["id"], initialize_with_readme: true });
  await rig.done("POST", "projects", { name: "app", namespace_id: pay["id"], initialize_with_readme: true });
  const fork = { path: "ops-dev", name: "ops-dev", namespace_path: "acme/pay" };
  await rig.done("POST", `${ops}/fork`, fork);
  // Prod: nobody pushes, maintainers and owners merge.
  await rig.done("DELETE", `${ops}/protected_branches/main`);
  await rig.done("POST", `${ops}/protected_branches`, { name: "main", push_access_level: 0, merge_access_level: 40 });
  const { port } = receiver.address() as { port: number };
  await rig.done("POST", `${ops}/hooks`, {
    url: `http://127.0.0.1:${String(port)}/hook`,
    token: "hook-secret",
    push_events: true,
    merge_requests_events: true,
    tag_push_events: true,
    push_events_branch_filter: "main",
  });
});

afterAll(async () => {
  await rig.close();
  receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

let clones = 0;
/** Clones a repository, and gives the folder. */
async function clone(
  path: string,
  token?: string,
  username?: string,
): Promise<{ code: number; output: string; at: string }> {
  const at = join(folder, `clone-${String((clones += 1))}`);
  return { ...(await git(folder, "clone", "-q", remote(rig, path, token, username), at)), at };
}

/** Commits a file in a clone. */
async function commit(at: string, name: string, text: string): Promise<void> {
  writeFileSync(join(at, name), text);
  await git(at, "add", "-A");
  await git(at, "commit", "-qm", `change ${name}`);
}

/** Waits until a webhook that fits has come. */
async function hook(fits: (body: Record<string, unknown>) => boolean): Promise<(typeof received)[number]> {
  for (let tries = 0; tries < 100; tries += 1) {
    const found = received.find((each) => fits(each.body));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no such webhook among ${JSON.stringify(received.map((each) => each.body["object_kind"]))}`);
}

describe("who reads and writes a repository", () => {
  it("asks for a credential, and hides from a stranger what is private", async () => {
    const nobody = await fetch(`${rig.url}/acme/pay/app.git/info/refs?service=git-upload-pack`);
    expect([nobody.status, nobody.headers.get("www-authenticate")]).toEqual([401, 'Basic realm="GitLab"']);
    const stranger = await person(rig, "stranger");
    const refused = await clone("acme/pay/app", stranger.token);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/could not be found or you don't have permission/);
    expect((await clone("acme/pay/app", tokens["dora"])).code).toBe(0);
  });

  it("a deploy token clones exactly its own repository and cannot push", async () => {
    const made = await rig.done("POST", `${ops}/deploy_tokens`, { name: "flux", scopes: ["read_repository"] });
    const [token, username] = [String(made["token"]), String(made["username"])];
    const own = await clone("acme/pay/ops-prod", token, username);
    expect(own).toMatchObject({ code: 0 });
    for (const other of ["acme/pay/ops-dev", "acme/pay/app"]) {
      const refused = await clone(other, token, username);
      expect(refused.code).not.toBe(0);
      expect(refused.output).toMatch(/Access denied|Authentication failed/);
    }
    expect((await clone("acme/pay/ops-prod", token, "somebody-else")).code).not.toBe(0);
    await commit(own.at, "x", "x");
    for (const ref of ["HEAD:main", "HEAD:feature"]) {
      const push = await git(own.at, "push", "origin", ref);
      expect(push.code).not.toBe(0);
      expect(push.output).toMatch(/You are not allowed to push code to this project/);
    }
    await rig.done("DELETE", `${ops}/deploy_tokens/${String(made["id"])}`);
    expect((await clone("acme/pay/ops-prod", token, username)).code).not.toBe(0);
  });

  it("a group's deploy token clones its group's repositories; an ended one and a registry's one nothing", async () => {
    const rows: [object, string, boolean][] = [
      [{ scopes: ["read_repository"] }, "acme%2Fpay", true],
      [{ scopes: ["read_registry"] }, "acme%2Fpay", false],
      [{ scopes: ["read_repository"], expires_at: "2020-01-01T00:00:00Z" }, "acme%2Fpay", false],
    ];
    for (const [body, group, works] of rows) {
      const made = await rig.done("POST", `groups/${group}/deploy_tokens`, { name: "g", ...body });
      const done = await clone("acme/pay/app", String(made["token"]), String(made["username"]));
      expect(done.code === 0).toBe(works);
    }
  });

  it("a token's scope and expiry bound what git may do", async () => {
    const read = await rig.done("POST", "projects/acme%2Fpay%2Fapp/access_tokens", {
      name: "r",
      scopes: ["read_repository"],
      access_level: 40,
    });
    const write = await rig.done("POST", "projects/acme%2Fpay%2Fapp/access_tokens", {
      name: "w",
      scopes: ["write_repository"],
      access_level: 40,
    });
    const reader = await clone("acme/pay/app", String(read["token"]));
    const writer = await clone("acme/pay/app", String(write["token"]));
    expect([reader.code, writer.code]).toEqual([0, 0]);
    await commit(reader.at, "r", "r");
    await commit(writer.at, "w", "w");
    expect((await git(reader.at, "push", "origin", "HEAD:main")).output).toMatch(/not allowed to push/);
    expect(await git(writer.at, "push", "origin", "HEAD:main")).toMatchObject({ code: 0 });
    // It is this project's bot and nobody elsewhere.
    expect((await clone("acme/pay/ops-dev", String(write["token"]))).code).not.toBe(0);
  });
});

describe("the prod ops repository", () => {
  it("a developer cannot push to its protected branch, not even together with another one", async () => {
    const mine = await clone("acme/pay/ops-prod", tokens["dora"]);
    await commit(mine.at, "sneak", "x");
    const push = await git(mine.at, "push", "origin", "HEAD:main");
    expect(push.code).not.toBe(0);
    expect(push.output).toContain(
      "remote: GitLab: You are not allowed to push code to protected branches on this project.",
    );
    expect(push.output).toContain("pre-receive hook declined");
    const both = await git(mine.at, "push", "origin", "HEAD:refs/heads/other", "HEAD:main");
    expect(both.code).not.toBe(0);
    const refs = await git(mine.at, "ls-remote", "origin");
    expect(refs.output).not.toContain("refs/heads/other");
    expect((await git(mine.at, "push", "origin", ":main")).output).toMatch(
      /default branch of a project cannot be deleted/,
    );
  });

  it("nobody pushes there, the owner neither; nor by the API", async () => {
    const hers = await clone("acme/pay/ops-prod", tokens["olga"]);
    await commit(hers.at, "direct", "x");
    expect((await git(hers.at, "push", "origin", "HEAD:main")).output).toContain(
      "not allowed to push code to protected",
    );
    const answer = await rig.call(
      "POST",
      `${ops}/repository/files/direct`,
      { branch: "main", content: "x", commit_message: "m" },
      tokens["olga"],
    );
    expect([answer.status, answer.text]).toEqual([
      400,
      expect.stringContaining("not allowed to push into this branch"),
    ]);
  });

  it("a fork's merge request is opened by a developer, and merged by an owner only; hooks tell of it", async () => {
    const dev = await clone("acme/pay/ops-dev", tokens["dora"]);
    await git(dev.at, "checkout", "-qb", "promote");
    await commit(dev.at, "image.yaml", "tag: 1.2.3\n");
    expect(await git(dev.at, "push", "origin", "promote")).toMatchObject({ code: 0 });
    const prod = await rig.done("GET", ops);
    expect(await rig.done("GET", "projects/acme%2Fpay%2Fops-dev")).toMatchObject({
      forked_from_project: { id: prod["id"], path_with_namespace: "acme/pay/ops-prod" },
      import_status: "finished",
    });
    const body = {
      source_branch: "promote",
      target_branch: "main",
      title: "Promote 1.2.3",
      target_project_id: prod["id"],
    };
    const opened = await rig.done("POST", "projects/acme%2Fpay%2Fops-dev/merge_requests", body, tokens["dora"]);
    expect(opened).toMatchObject({
      iid: 1,
      project_id: prod["id"],
      state: "opened",
      detailed_merge_status: "mergeable",
    });
    const again = await rig.call("POST", "projects/acme%2Fpay%2Fops-dev/merge_requests", body, tokens["dora"]);
    expect([again.status, again.text]).toEqual([
      409,
      expect.stringContaining("already exists for this source branch: !1"),
    ]);
    const changes = await rig.done("GET", `${ops}/merge_requests/1/changes`, undefined, tokens["dora"]);
    expect(changes["changes"]).toMatchObject([{ new_path: "image.yaml", new_file: true }]);

    expect(await rig.call("PUT", `${ops}/merge_requests/1/merge`, {}, tokens["dora"])).toMatchObject({ status: 401 });
    const stale = await rig.call("PUT", `${ops}/merge_requests/1/merge`, { sha: "0".repeat(40) }, tokens["olga"]);
    expect([stale.status, stale.text]).toEqual([409, expect.stringContaining("SHA does not match")]);
    const merged = await rig.done("PUT", `${ops}/merge_requests/1/merge`, { sha: opened["sha"] }, tokens["olga"]);
    expect(merged).toMatchObject({ state: "merged", merged_by: { username: "olga" } });
    expect(await rig.call("PUT", `${ops}/merge_requests/1/merge`, {}, tokens["olga"])).toMatchObject({ status: 405 });
    const file = await rig.done("GET", `${ops}/repository/files/image%2Eyaml?ref=main`);
    expect(Buffer.from(String(file["content"]), "base64").toString()).toBe("tag: 1.2.3\n");

    const push = await hook((each) => each["object_kind"] === "push" && each["after"] === merged["merge_commit_sha"]);
    expect(push.headers).toMatchObject({ "x-gitlab-token": "hook-secret", "x-gitlab-event": "Push Hook" });
    expect(push.body).toMatchObject({ ref: "refs/heads/main", project: { path_with_namespace: "acme/pay/ops-prod" } });
    const merge = await hook(
      (each) => (each["object_attributes"] as { action?: string } | undefined)?.action === "merge",
    );
    expect(merge.headers["x-gitlab-event"]).toBe("Merge Request Hook");
  });

  it("a hook's branch filter holds back other branches; a tag's hook comes", async () => {
    const hers = await clone("acme/pay/ops-prod", tokens["olga"]);
    await git(hers.at, "push", "origin", "HEAD:refs/heads/elsewhere");
    await git(hers.at, "tag", "v1");
    await git(hers.at, "push", "origin", "v1");
    expect((await hook((each) => each["object_kind"] === "tag_push")).headers["x-gitlab-event"]).toBe("Tag Push Hook");
    expect(received.some((each) => each.body["ref"] === "refs/heads/elsewhere")).toBe(false);
  });

  it("a protected branch is not rewritten by who may push to it", async () => {
    const app = await clone("acme/pay/app", tokens["olga"]);
    await commit(app.at, "one", "1");
    expect(await git(app.at, "push", "origin", "HEAD:main")).toMatchObject({ code: 0 });
    await git(app.at, "commit", "-q", "--amend", "-m", "other");
    const forced = await git(app.at, "push", "--force", "origin", "HEAD:main");
    expect(forced.output).toContain("not allowed to force push code to a protected branch");
    expect(await git(app.at, "push", "--force", "origin", "HEAD:refs/heads/free")).toMatchObject({ code: 0 });
  });
});

describe("large pushes", () => {
  it("a pack that git sends in chunks arrives whole", async () => {
    const app = await clone("acme/pay/app", tokens["olga"]);
    writeFileSync(join(app.at, "large.bin"), randomBytes(5_000_000));
    await commit(app.at, "text", "x".repeat(100_000));
    expect(await git(app.at, "push", "origin", "HEAD:refs/heads/large")).toMatchObject({ code: 0 });
    const again = await clone("acme/pay/app", tokens["olga"]);
    await git(again.at, "checkout", "-q", "large");
    expect(readFileSync(join(again.at, "large.bin")).equals(readFileSync(join(app.at, "large.bin")))).toBe(true);
    const shallow = await git(
      folder,
      "clone",
      "-q",
      "--depth=1",
      remote(rig, "acme/pay/app", tokens["olga"]),
      join(folder, "shallow"),
    );
    expect(shallow).toMatchObject({ code: 0 });
  });
});

describe("CI jobs", () => {
  const start = (body: object): Promise<Record<string, unknown>> => rig.done("POST", "/-/stand-in/jobs", body);

  it("an ID token verifies against the published keys and says what the job is", async () => {
    const job = await start({ project: "acme/pay/app", ref: "main", aud: "vault" });
    const [head = "", claims = "", signature = ""] = String(job["id_token"]).split(".");
    const discovery = (await (await fetch(`${rig.url}/.well-known/openid-configuration`)).json()) as {
      issuer: string;
      jwks_uri: string;
    };
    const { keys } = (await (await fetch(discovery.jwks_uri)).json()) as { keys: (JsonWebKey & { kid: string })[] };
    const header = JSON.parse(Buffer.from(head, "base64url").toString()) as { kid: string; alg: string };
    const jwk = keys.find((each) => each.kid === header.kid);
    expect([header.alg, jwk === undefined]).toEqual(["RS256", false]);
    const key = createPublicKey({ key: { ...jwk }, format: "jwk" });
    expect(verify("RSA-SHA256", Buffer.from(`${head}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
    const said = JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
    expect(said).toMatchObject({
      iss: discovery.issuer,
      aud: "vault",
      sub: "project_path:acme/pay/app:ref_type:branch:ref:main",
      project_path: "acme/pay/app",
      namespace_path: "acme/pay",
      ref: "main",
      ref_type: "branch",
      ref_protected: "true",
      project_id: expect.stringMatching(/^\d+$/),
    });
    expect(Number(said["exp"]) - Number(said["iat"])).toBe(300);
  });

  it("protected and scoped variables reach only the jobs they are for", async () => {
    const at = "projects/acme%2Fpay%2Fapp/variables";
    await rig.done("POST", at, { key: "PLAIN", value: "everywhere" });
    await rig.done("POST", at, { key: "GUARDED", value: "protected-only", protected: true });
    await rig.done("POST", at, { key: "SCOPED", value: "prod-only", environment_scope: "prod/*" });
    await rig.done("POST", "groups/acme/variables", { key: "PLAIN", value: "of the group" });
    const keys = (job: Record<string, unknown>): Record<string, string> =>
      Object.fromEntries((job["variables"] as { key: string; value: string }[]).map(({ key, value }) => [key, value]));
    const main = keys(await start({ project: "acme/pay/app", ref: "main" }));
    const free = keys(await start({ project: "acme/pay/app", ref: "free" }));
    const prod = keys(await start({ project: "acme/pay/app", ref: "main", environment: "prod/eu" }));
    expect(main).toMatchObject({ PLAIN: "everywhere", GUARDED: "protected-only", CI_COMMIT_REF_PROTECTED: "true" });
    expect("SCOPED" in main).toBe(false);
    expect(["GUARDED" in free, free["PLAIN"]]).toEqual([false, "everywhere"]);
    expect(prod["SCOPED"]).toBe("prod-only");
  });

  it("a developer's job does not run on a protected branch it may neither push nor merge to", async () => {
    const refused = await rig.call("POST", "/-/stand-in/jobs", { project: "acme/pay/app", ref: "main", user: "dora" });
    expect([refused.status, refused.text]).toEqual([400, expect.stringContaining("sufficient permission")]);
    expect(await start({ project: "acme/pay/app", ref: "free", user: "dora" })).toHaveProperty("id_token");
  });

  it("a job token clones its own project, and another only when that one allows it", async () => {
    const job = await start({ project: "acme/pay/app", ref: "main", user: "olga" });
    const token = String(job["job_token"]);
    const user = "gitlab-ci-token";
    const own = await clone("acme/pay/app", token, user);
    expect(own.code).toBe(0);
    await commit(own.at, "ci", "ci");
    expect((await git(own.at, "push", "origin", "HEAD:refs/heads/ci")).output).toMatch(/not allowed to push/);
    const other = await clone("acme/pay/ops-dev", token, user);
    expect(other.output).toMatch(/Authentication by CI\/CD job token not allowed/);
    const app = await rig.done("GET", "projects/acme%2Fpay%2Fapp");
    await rig.done("POST", "projects/acme%2Fpay%2Fops-dev/job_token_scope/allowlist", { target_project_id: app["id"] });
    expect((await clone("acme/pay/ops-dev", token, user)).code).toBe(0);
    await rig.done("PUT", "projects/acme%2Fpay%2Fapp", { ci_push_repository_for_job_token_allowed: true });
    expect(await git(own.at, "push", "origin", "HEAD:refs/heads/ci")).toMatchObject({ code: 0 });
  });
});

describe("a restart", () => {
  it("keeps everything, and the key; no token lies in its data or is told again", async () => {
    const keys = await (await fetch(`${rig.url}/oauth/discovery/keys`)).text();
    const before = await rig.call("GET", "projects?per_page=100");
    await rig.restart();
    expect(await (await fetch(`${rig.url}/oauth/discovery/keys`)).text()).toBe(keys);
    expect((await rig.call("GET", "projects?per_page=100")).text).toBe(before.text);
    expect((await clone("acme/pay/app", tokens["dora"])).code).toBe(0);
    expect(await rig.done("GET", `${ops}/merge_requests/1`)).toMatchObject({ state: "merged" });
    const state = readFileSync(join(rig.data, "state.json"), "utf8");
    for (const token of Object.values(tokens)) expect(state).not.toContain(token);
    expect(state).not.toMatch(/glpat-|gldt-|glcbt-/);
  });

  it("two stand-ins do not know each other", async () => {
    const other = await rigOf("ee");
    try {
      expect((await other.call("GET", "projects")).list).toEqual([]);
      expect((await other.call("GET", "user", undefined, tokens["dora"])).status).toBe(401);
      expect(await other.done("GET", "metadata")).toMatchObject({ enterprise: true });
    } finally {
      await other.close();
    }
  });

  it("as a part of the sandbox it is a process of its own; its log holds no token", async () => {
    const dir = mkdtempSync(join(tmpdir(), "gitlab-part-"));
    const file = await bundle(dir, join(checkout, "sandbox", "gitlab", "main.ts"), "gitlab");
    const { gitlab: port } = await choosePorts(["gitlab"], dir, {});
    const part = gitlabPart(dir, file, port);
    const token = readFileSync(gitlabTokenFile(dir), "utf8");
    try {
      for (const round of [1, 2]) {
        const record = launch(dir, part);
        await awaitReady(dir, part, record);
        const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
        const answer = await fetch(`http://127.0.0.1:${String(port)}/api/v4/groups`, {
          method: "POST",
          headers,
          body: JSON.stringify({ name: "g", path: "g" }),
        });
        // The second time it is there already: what the first process wrote.
        expect([round, answer.status]).toEqual([round, round === 1 ? 201 : 400]);
        expect(await endProcess(record, 5_000)).toBe("ended");
      }
      expect(readFileSync(logFile(dir, "gitlab"), "utf8")).not.toContain(token);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
