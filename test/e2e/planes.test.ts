import { VaultClient, isRecord } from "@estate/clients";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { git } from "../sandbox/gitlab/client";
import { OciClient } from "../sandbox/harbor/oci-client";
import { TestProject } from "../support/project";

// The planes of GitLab and the registry, through their real protocols: Git over HTTP, the registry's v2 API, Vault's logins.

let project: TestProject;
let vault: VaultClient;
let folder: string;

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "applications: [{ name: web }, { name: worker }]");
  project.tenant("team-ab", "applications: [{ name: web }]");
  // A tenant called like another's role group.
  project.tenant("owners", "environments: [dev]");
  vault = new VaultClient(project.sandbox.vault.address, project.sandbox.vault.token);
  folder = mkdtempSync(join(tmpdir(), "estate-planes-"));
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  vault.close();
  rmSync(folder, { recursive: true, force: true });
  await project.end();
});

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What is kept in Vault at a path of the estate's mount. */
async function kept(path: string): Promise<Readonly<Record<string, string>>> {
  const data = (await vault.read(`acme/data/${path}`))?.data["data"];
  if (!isRecord(data)) throw new Error(`nothing is kept at ${path}`);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, text(value)]));
}

function repository(tenant: string, name: string, { username, password }: Readonly<Record<string, string>>): string {
  const url = new URL(`acme/tenants/${tenant}/${name}.git`, `${project.sandbox.gitlab.url}/`);
  url.username = username ?? "";
  url.password = password ?? "";
  return url.href;
}

let clones = 0;
async function clone(url: string): Promise<{ code: number; output: string; dir: string }> {
  const dir = join(folder, `clone-${String((clones += 1))}`);
  return { ...(await git(folder, "clone", "--quiet", url, dir)), dir };
}

async function push(dir: string): Promise<{ code: number; output: string }> {
  writeFileSync(join(dir, "changed.txt"), "changed\n");
  await git(dir, "add", "changed.txt");
  await git(dir, "commit", "--quiet", "-m", "change");
  return git(dir, "push", "origin", "HEAD:main");
}

/** GitLab's API as its administrator. */
async function gitlab(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
  const answer = await fetch(`${project.sandbox.gitlab.url}/api/v4/${path}`, {
    method,
    headers: { authorization: `Bearer ${project.sandbox.gitlab.token}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const told: unknown = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${JSON.stringify(told)}`);
  return isRecord(told) ? told : {};
}

/** Somebody in a role's group, with a token of their own. */
async function member(tenant: string, role: string, level: number): Promise<Readonly<Record<string, string>>> {
  const username = `${tenant}-${role}-1`;
  const user = await gitlab("POST", "users", {
    username,
    name: username,
    email: `${username}@example.com`,
    password: "correct-horse-battery",
    skip_confirmation: true,
  });
  await gitlab("POST", `groups/${encodeURIComponent(`acme/tenants/${tenant}/roles/${role}`)}/members`, {
    user_id: user["id"],
    access_level: level,
  });
  const token = await gitlab("POST", `users/${String(user["id"])}/personal_access_tokens`, {
    name: "git",
    scopes: ["api", "write_repository"],
  });
  return { username, password: text(token["token"]) };
}

describe("repositories", () => {
  it("a deploy token reads exactly its own repository, and pushes to none", async () => {
    const own = await kept("team-a/dev/delivery");
    const cloned = await clone(repository("team-a", "ops-dev", own));
    expect(cloned).toMatchObject({ code: 0 });
    expect(await push(cloned.dir)).toMatchObject({ output: expect.stringMatching(/not allowed|403|denied/i) });
    for (const [tenant, name] of [
      ["team-a", "ops-prod"],
      ["team-a", "web"],
      ["team-ab", "ops-dev"],
    ] as const) {
      const refused = await clone(repository(tenant, name, own));
      expect([tenant, name, refused.code === 0, refused.output]).toEqual([
        tenant,
        name,
        false,
        expect.stringMatching(/not found|Authentication failed|403/),
      ]);
    }
  });

  it("a developer pushes to dev and not to prod; nobody pushes to prod by hand", async () => {
    const developer = await member("team-a", "developers", 30);
    const dev = await clone(repository("team-a", "ops-dev", developer));
    expect(await push(dev.dir)).toMatchObject({ code: 0 });
    for (const person of [developer, await member("team-a", "owners", 40)]) {
      const prod = await clone(repository("team-a", "ops-prod", person));
      expect(prod.code).toBe(0);
      const refused = await push(prod.dir);
      expect(refused).toMatchObject({
        output: expect.stringContaining("You are not allowed to push code to protected branches"),
      });
      expect(refused.code).not.toBe(0);
    }
    // Another tenant's people see nothing of it.
    const other = await member("team-ab", "developers", 30);
    expect(await clone(repository("team-a", "ops-dev", other))).toMatchObject({
      output: expect.stringMatching(/not found|403/),
    });
    expect(await clone(repository("team-ab", "ops-dev", other))).toMatchObject({ code: 0 });
  });

  it("ops repositories are forks along the promotion chain, and a tenant named like a role group does no harm", async () => {
    const dev = await gitlab("GET", `projects/${encodeURIComponent("acme/tenants/team-a/ops-dev")}`);
    const prod = await gitlab("GET", `projects/${encodeURIComponent("acme/tenants/team-a/ops-prod")}`);
    expect(dev["forked_from_project"]).toMatchObject({ id: prod["id"] });
    const tenant = await gitlab("GET", `groups/${encodeURIComponent("acme/tenants/owners")}`);
    const role = await gitlab("GET", `groups/${encodeURIComponent("acme/tenants/team-a/roles/owners")}`);
    expect(tenant["id"]).not.toBe(role["id"]);
  });

  it("the tenant's own page and each application's pipeline are there", async () => {
    const file = async (name: string, path: string): Promise<string> => {
      const answer = await gitlab(
        "GET",
        `projects/${encodeURIComponent(`acme/tenants/team-a/${name}`)}/repository/files/${encodeURIComponent(path)}?ref=main`,
      );
      return Buffer.from(text(answer["content"]), "base64").toString();
    };
    expect(await file("gitlab-profile", "README.md")).toContain("`team-a-prod`");
    expect(await file("gitlab-profile", "catalog-info.yaml")).toContain("kind: Group");
    expect(await file("web", ".gitlab-ci.yml")).toContain('project: "acme/tenants/platform/pipelines"');
  });
});

describe("pipelines", () => {
  const job = async (path: string, ref = "main"): Promise<string> => {
    const { id } = await gitlab("GET", `projects/${encodeURIComponent(path)}`);
    const answer = await fetch(`${project.sandbox.gitlab.url}/-/stand-in/jobs`, {
      method: "POST",
      headers: { authorization: `Bearer ${project.sandbox.gitlab.token}`, "content-type": "application/json" },
      body: JSON.stringify({ project: id, ref, ref_type: "branch", aud: "vault" }),
    });
    const told: unknown = await answer.json();
    if (!isRecord(told) || typeof told["id_token"] !== "string")
      throw new Error(`no job of ${path}: ${JSON.stringify(told)}`);
    return told["id_token"];
  };
  const login = (role: string, jwt: string) =>
    vault.withToken(undefined).request("POST", "auth/acme-ci/login", { role, jwt });

  it("a job's identity opens its own tenant's push credential, and not another's", async () => {
    const { status, body } = await login("team-a", await job("acme/tenants/team-a/web"));
    expect({ status, body: status === 200 ? "" : body }).toEqual({ status: 200, body: "" });
    const auth = isRecord(body) && isRecord(body["auth"]) ? body["auth"] : {};
    const own = vault.withToken(text(auth["client_token"]));
    expect((await own.request("GET", "acme/data/team-a/ci/registry")).status).toBe(200);
    for (const other of ["team-ab/ci/registry", "team-a/dev/delivery", "team-a/prod/delivery"]) {
      expect([other, (await own.request("GET", `acme/data/${other}`)).status]).toEqual([other, 403]);
    }
    own.close();
  });

  it("a job of another project or of an unprotected branch is refused", async () => {
    const other = await login("team-a", await job("acme/tenants/team-ab/web"));
    expect([other.status, JSON.stringify(other.body)]).toEqual([400, expect.stringContaining("project_path")]);
    await gitlab(
      "POST",
      `projects/${encodeURIComponent("acme/tenants/team-a/web")}/repository/branches?branch=topic&ref=main`,
    );
    const unprotected = await login("team-a", await job("acme/tenants/team-a/web", "topic"));
    expect([unprotected.status, JSON.stringify(unprotected.body)]).toEqual([
      400,
      expect.stringContaining("ref_protected"),
    ]);
  });
});

describe("images", () => {
  const layer = Buffer.from("a layer");

  it("the pipeline's robot pushes to its own project; a pull robot pulls there and pushes nowhere", async () => {
    const { url } = project.sandbox.harbor;
    const ci = await kept("team-a/ci/registry");
    const pushing = new OciClient(url, { username: ci["username"] ?? "", password: ci["password"] ?? "" });
    expect((await pushing.pushImage("acme-team-a/web", "1.0.0", layer)).status).toBe(201);
    expect((await pushing.pushImage("acme-team-ab/web", "1.0.0", layer)).status).toBe(401);

    const { auths } = JSON.parse((await kept("team-a/dev/delivery"))["dockerconfigjson"] ?? "{}") as {
      readonly auths: Readonly<Record<string, { readonly username: string; readonly password: string }>>;
    };
    const [pull] = Object.values(auths);
    if (pull === undefined) throw new Error("no pull credential is kept");
    const pulling = new OciClient(url, pull);
    expect((await pulling.pullManifest("acme-team-a/web", "1.0.0")).status).toBe(200);
    expect((await pulling.pushImage("acme-team-a/web", "2.0.0", layer)).status).toBe(401);

    const otherCi = await kept("team-ab/ci/registry");
    const other = new OciClient(url, { username: otherCi["username"] ?? "", password: otherCi["password"] ?? "" });
    expect((await other.pullManifest("acme-team-a/web", "1.0.0")).status).toBe(401);
    expect((await other.pushImage("acme-team-ab/web", "1.0.0", layer)).status).toBe(201);
  });
});
