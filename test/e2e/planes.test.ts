import { VaultClient, isRecord } from "@estate/clients";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { GitLabSide, type Login } from "../../scripts/live/gitlab";
import { runPipeline } from "../../scripts/live/pipeline";
import { basic } from "../sandbox/harbor/oci-client";
import { Credentials } from "../support/credentials";
import { TestProject } from "../support/project";

// The planes of GitLab and the registry, through their real protocols: Git over HTTP, the registry's v2 API, Vault's logins.

let project: TestProject;
let vault: VaultClient;
let gitlab: GitLabSide;
let credentials: Credentials;

/** Tenants that are called like what another tenant has in GitLab: its roles' groups, and the group of all of them. */
const namesakes = ["owners", "developers", "roles"] as const;

const day = (fromToday: number): string => new Date(Date.now() + fromToday * 86_400_000).toISOString().slice(0, 10);

beforeAll(async () => {
  project = await TestProject.start();
  project.settings(/issued: "[^"]*"/, `issued: "${day(-2)}"\n    robotDays: 1`);
  project.tenant("team-a", "applications: [{ name: web }, { name: worker }]");
  project.tenant("team-ab", "applications: [{ name: web }]");
  for (const name of namesakes) project.tenant(name, "environments: [dev]");
  vault = new VaultClient(project.sandbox.vault.address, project.sandbox.vault.token);
  gitlab = new GitLabSide(project.sandbox.gitlab);
  credentials = new Credentials(vault, project.sandbox.harbor.url);
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  vault.close();
  gitlab.end();
  await project.end();
});

const text = (value: unknown): string => (typeof value === "string" ? value : "");

const layer = Buffer.from("a layer");

const path = (tenant: string, name: string): string => `acme/tenants/${tenant}/${name}`;

/** Somebody in a role's group. */
const member = (tenant: string, role: string, level: number): Promise<Login> =>
  gitlab.member(`${tenant}-${role}-1`, `acme/tenants/${tenant}/roles/${role}`, level);

describe("repositories", () => {
  it("a deploy token reads exactly its own repository, and pushes to none", async () => {
    const own = await credentials.git("team-a", "dev");
    const cloned = await gitlab.clone(path("team-a", "ops-dev"), own);
    expect(cloned).toMatchObject({ code: 0 });
    expect(await gitlab.push(cloned.dir)).toMatchObject({ output: expect.stringMatching(/not allowed|403|denied/i) });
    for (const [tenant, name] of [
      ["team-a", "ops-prod"],
      ["team-a", "web"],
      ["team-ab", "ops-dev"],
    ] as const) {
      const refused = await gitlab.clone(path(tenant, name), own);
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
    const dev = await gitlab.clone(path("team-a", "ops-dev"), developer);
    expect(await gitlab.push(dev.dir)).toMatchObject({ code: 0 });
    for (const person of [developer, await member("team-a", "owners", 40)]) {
      const prod = await gitlab.clone(path("team-a", "ops-prod"), person);
      expect(prod.code).toBe(0);
      const refused = await gitlab.push(prod.dir);
      expect(refused).toMatchObject({
        output: expect.stringContaining("You are not allowed to push code to protected branches"),
      });
      expect(refused.code).not.toBe(0);
    }
    // Another tenant's people see nothing of it.
    const other = await member("team-ab", "developers", 30);
    expect(await gitlab.clone(path("team-a", "ops-dev"), other)).toMatchObject({
      output: expect.stringMatching(/not found|403/),
    });
    expect(await gitlab.clone(path("team-ab", "ops-dev"), other)).toMatchObject({ code: 0 });
  });

  it("ops repositories are forks along the promotion chain", async () => {
    const dev = await gitlab.object("GET", `projects/${encodeURIComponent("acme/tenants/team-a/ops-dev")}`);
    const prod = await gitlab.object("GET", `projects/${encodeURIComponent("acme/tenants/team-a/ops-prod")}`);
    expect(dev["forked_from_project"]).toMatchObject({ id: prod["id"] });
  });

  it.each(namesakes)(
    "a tenant called %s has its own, and nothing of the tenant that has a group of that name",
    async (name) => {
      const group = async (at: string): Promise<unknown> =>
        (await gitlab.object("GET", `groups/${encodeURIComponent(`acme/tenants/${at}`)}`))["id"];
      expect(await group(name)).not.toBe(await group(name === "roles" ? "team-a/roles" : `team-a/roles/${name}`));
      const people = await member(name, "owners", 40);
      const delivery = await credentials.git(name, "dev");
      for (const who of [people, delivery]) {
        expect(await gitlab.clone(path(name, "ops-dev"), who)).toMatchObject({ code: 0 });
        const refused = await gitlab.clone(path("team-a", "ops-dev"), who);
        expect([refused.code === 0, refused.output]).toEqual([
          false,
          expect.stringMatching(/could not be found|Access denied/),
        ]);
      }
      const pushing = await credentials.pushing(name);
      expect((await pushing.pushImage(`acme-${name}/web`, "1.0.0", layer)).status).toBe(201);
      expect((await pushing.pushImage("acme-team-a/web", "9.0.0", layer)).status).toBe(401);
    },
  );

  it("the tenant's own page and each application's pipeline are there", async () => {
    const file = (name: string, inside: string): Promise<string> => gitlab.file(path("team-a", name), inside);
    expect(await file("gitlab-profile", "README.md")).toContain("`team-a-prod`");
    expect(await file("gitlab-profile", "catalog-info.yaml")).toContain("kind: Group");
    expect(await file("web", ".gitlab-ci.yml")).toContain('project: "acme/tenants/platform/pipelines"');
  });
});

describe("pipelines", () => {
  const job = async (of: string, ref?: string): Promise<string> => (await gitlab.job(of, ref)).idToken;
  const loginAs = (role: string, jwt: string) =>
    vault.withToken(undefined).request("POST", "auth/acme-ci/login", { role, jwt });

  it("a job's identity opens its own tenant's push credential, and not another's", async () => {
    const { status, body } = await loginAs("team-a", await job("acme/tenants/team-a/web"));
    expect({ status, body: status === 200 ? "" : body }).toEqual({ status: 200, body: "" });
    const auth = isRecord(body) && isRecord(body["auth"]) ? body["auth"] : {};
    const own = vault.withToken(text(auth["client_token"]));
    expect((await own.request("GET", "acme/data/team-a/ci/credentials")).status).toBe(200);
    for (const other of ["team-ab/ci/credentials", "team-a/dev/delivery", "team-a/prod/delivery"]) {
      expect([other, (await own.request("GET", `acme/data/${other}`)).status]).toEqual([other, 403]);
    }
    own.close();
  });

  it("a job of another project or of an unprotected branch is refused", async () => {
    const other = await loginAs("team-a", await job("acme/tenants/team-ab/web"));
    expect([other.status, JSON.stringify(other.body)]).toEqual([400, expect.stringContaining("project_path")]);
    await gitlab.api(
      "POST",
      `projects/${encodeURIComponent("acme/tenants/team-a/web")}/repository/branches?branch=topic&ref=main`,
    );
    const unprotected = await loginAs("team-a", await job("acme/tenants/team-a/web", "topic"));
    expect([unprotected.status, JSON.stringify(unprotected.body)]).toEqual([
      400,
      expect.stringContaining("ref_protected"),
    ]);
  });
});

describe("images", () => {
  it("the pipeline's robot pushes to its own project; a pull robot pulls there and pushes nowhere", async () => {
    const pushing = await credentials.pushing("team-a");
    expect((await pushing.pushImage("acme-team-a/web", "1.0.0", layer)).status).toBe(201);
    expect((await pushing.pushImage("acme-team-ab/web", "1.0.0", layer)).status).toBe(401);

    const pulling = await credentials.pulling("team-a", "dev");
    expect((await pulling.pullManifest("acme-team-a/web", "1.0.0")).status).toBe(200);
    expect((await pulling.pushImage("acme-team-a/web", "2.0.0", layer)).status).toBe(401);

    const other = await credentials.pushing("team-ab");
    expect((await other.pullManifest("acme-team-a/web", "1.0.0")).status).toBe(401);
    expect((await other.pushImage("acme-team-ab/web", "1.0.0", layer)).status).toBe(201);
  });
});

describe("promotion", () => {
  const dev = "acme/tenants/team-a/ops-dev";
  const prod = "acme/tenants/team-a/ops-prod";
  const requests = async (state = "opened"): Promise<Readonly<Record<string, unknown>>[]> => {
    const told = await gitlab.api("GET", `${GitLabSide.project(prod)}/merge_requests?state=${state}`);
    return Array.isArray(told) ? told.filter(isRecord) : [];
  };
  const paths = async (iid: unknown): Promise<unknown[]> => {
    const told = await gitlab.api("GET", `${GitLabSide.project(prod)}/merge_requests/${String(iid)}/diffs`);
    return Array.isArray(told) ? told.filter(isRecord).map((diff) => diff["new_path"]) : [];
  };
  const promoted = async (): Promise<void> => {
    expect(await runPipeline(gitlab, dev, { user: "team-a-writer" })).toMatchObject([
      { name: "promote-dev-to-prod", code: 0 },
    ]);
  };

  it("a push to dev opens a request that carries base/ and the image, and no value of dev; an owner merges it", async () => {
    const roles = "acme/tenants/team-a/roles";
    const writer = await gitlab.member("team-a-writer", `${roles}/developers`, 30);
    const owner = await gitlab.member("team-a-merger", `${roles}/owners`, 40);
    const { dir } = await gitlab.clone(dev, writer);
    await gitlab.push(dir, {
      "kustomization.yaml": "resources: [base]\ncomponents: [images]\n# the replicas of dev\n",
      "base/kustomization.yaml": "resources: [web.yaml]\n",
      "base/web.yaml": "kind: ConfigMap\n",
      "images/kustomization.yaml": "kind: Component\nimages: [{ name: web, newTag: 1.4.0-1 }]\n",
    });
    await promoted();
    const [request] = await requests();
    expect(request).toMatchObject({
      title: "Promote dev to prod",
      source_branch: "promote/dev",
      target_branch: "main",
    });
    const carried = ["base/kustomization.yaml", "base/web.yaml", "images/kustomization.yaml"];
    expect((await paths(request?.["iid"])).sort()).toEqual(carried);

    // The next push renews the open request.
    await gitlab.push(dir, { "base/web.yaml": undefined, "base/worker.yaml": "kind: ConfigMap\n" });
    await promoted();
    expect(await requests()).toHaveLength(1);
    expect((await paths(request?.["iid"])).sort()).toEqual([carried[0], "base/worker.yaml", carried[2]]);

    const merge = (token: string) =>
      gitlab.ask("PUT", `${GitLabSide.project(prod)}/merge_requests/${String(request?.["iid"])}/merge`, {}, token);
    const token = (await credentials.ofPipelines("team-a"))["promote_prod"] ?? "";
    expect((await merge(token)).status, "with the pipeline's own credential").toBe(401);
    expect((await merge(writer.password)).status, "by a developer").toBe(401);
    expect((await merge(owner.password)).status, "by an owner").toBe(200);
    expect(await gitlab.file(prod, "base/worker.yaml")).toBe("kind: ConfigMap\n");
    await expect(gitlab.file(prod, "kustomization.yaml")).rejects.toThrow("404");

    // Nothing is left to promote: no request.
    await promoted();
    expect(await requests()).toEqual([]);
  });

  it("what was taken back closes its request", async () => {
    const writer = await gitlab.member("team-a-undoer", "acme/tenants/team-a/roles/developers", 30);
    const { dir } = await gitlab.clone(dev, writer);
    await gitlab.push(dir, { "base/mistake.yaml": "kind: ConfigMap\n" });
    await promoted();
    expect(await requests()).toHaveLength(1);
    await gitlab.push(dir, { "base/mistake.yaml": undefined });
    await promoted();
    expect(await requests()).toEqual([]);
  });

  it("its credential writes to no other project, and not to main", async () => {
    const login = { username: "promotion", password: (await credentials.ofPipelines("team-a"))["promote_prod"] ?? "" };
    const own = await gitlab.clone(prod, login);
    expect(own.code, own.output).toBe(0);
    expect(await gitlab.push(own.dir)).toMatchObject({
      output: expect.stringContaining("You are not allowed to push code to protected branches"),
    });
    for (const other of ["acme/tenants/team-a/web", "acme/tenants/team-ab/ops-prod", dev]) {
      expect((await gitlab.clone(other, login)).output, other).toMatch(/not found|403/);
    }
  });
});

describe("an application's pipeline", () => {
  it("logs in to the registry with the tenant's own credential, and pushes a version that grows", async () => {
    const image = mkdtempSync(join(tmpdir(), "estate-image-"));
    // What the job's image would hold: it tells what it was asked, and nothing runs here that could build.
    writeFileSync(
      join(image, "buildah"),
      '#!/bin/sh\necho "buildah $*"\n[ "$1" != login ] || echo "$(wc -c) bytes"\n',
      {
        mode: 0o755,
      },
    );
    try {
      const [build, ...others] = await runPipeline(gitlab, "acme/tenants/team-a/web", { path: image });
      const { username = "", password = "", registry = "" } = await credentials.ofPipelines("team-a");
      expect(others).toEqual([]);
      expect(build).toMatchObject({ name: "build", code: 0 });
      expect(build?.output).toContain(`buildah login --username ${username} --password-stdin ${registry}\n`);
      expect(build?.output).toContain(`${String(password.length)} bytes`);
      expect(build?.output).toMatch(new RegExp(`buildah push ${registry}/acme-team-a/web:0\\.1\\.0-\\d+\n`));
      expect(build?.output).not.toContain(password);
    } finally {
      rmSync(image, { recursive: true, force: true });
    }
  });
});

describe("a rotation", () => {
  const image = "acme-team-a/web";
  const clones = async (login: Login): Promise<boolean> =>
    (await gitlab.clone(path("team-a", "ops-dev"), login)).code === 0;
  const rotated = (...days: readonly string[]): string => `rotate: { tenants: { team-a: [${days.join(", ")}] } }`;

  it("of one tenant makes new credentials, and the old are good beside them", async () => {
    const old = { git: await credentials.git("team-a", "dev"), pushing: await credentials.pushing("team-a") };
    const others = await credentials.git("team-ab", "dev");
    const promotion = (await credentials.ofPipelines("team-a"))["promote_prod"] ?? "";
    const may = (token: string) =>
      gitlab.ask("GET", GitLabSide.project("acme/tenants/team-a/ops-prod"), undefined, token);

    project.settings("robotDays: 1", `robotDays: 1\n    ${rotated(`"${day(-1)}"`)}`);
    const { steps } = JSON.parse((await project.succeed("preview", "--json")).stdout) as {
      readonly steps: readonly { readonly op: string; readonly urn: string }[];
    };
    expect(steps.filter(({ op }) => !["same", "create", "update"].includes(op))).toEqual([]);
    await project.succeed("up", "--yes", "--skip-preview");

    const fresh = { git: await credentials.git("team-a", "dev"), pushing: await credentials.pushing("team-a") };
    expect(fresh.git.password).not.toBe(old.git.password);
    expect(await credentials.git("team-ab", "dev")).toEqual(others);
    expect([await clones(old.git), await clones(fresh.git)]).toEqual([true, true]);
    expect((await old.pushing.pushImage(image, "2.1.0", layer)).status).toBe(201);
    expect((await fresh.pushing.pushImage(image, "2.2.0", layer)).status).toBe(201);
    const renewed = (await credentials.ofPipelines("team-a"))["promote_prod"] ?? "";
    expect(renewed).not.toBe(promotion);
    expect([(await may(promotion)).status, (await may(renewed)).status]).toEqual([200, 200]);
  });
});

describe("credentials for images that have ended", () => {
  const image = "acme-team-a/web";

  it("neither push nor pull; a later day in the settings renews them, and the new ones do both", async () => {
    const { harbor } = project.sandbox;
    const pushing = await credentials.pushing("team-a");
    const pulling = await credentials.pulling("team-a", "dev");
    expect((await pushing.pushImage(image, "3.0.0", layer)).status).toBe(201);
    expect((await pulling.pullManifest(image, "3.0.0")).status).toBe(200);

    const moved = await fetch(`${harbor.url}/-/stand-in/clock?days=1`, {
      method: "POST",
      headers: { authorization: basic(harbor) },
    });
    expect(moved.status).toBe(200);
    expect((await pushing.pushImage(image, "3.1.0", layer)).status).toBe(401);
    expect((await pulling.pullManifest(image, "3.0.0")).status).toBe(401);
    // It is the login that Harbor refuses, and not the project.
    expect([pushing.tokenStatus, pulling.tokenStatus]).toEqual([401, 401]);

    project.settings(`issued: "${day(-2)}"`, `issued: "${day(0)}"`);
    await project.succeed("up", "--yes", "--skip-preview");
    expect((await (await credentials.pushing("team-a")).pushImage(image, "3.1.0", layer)).status).toBe(201);
    expect((await (await credentials.pulling("team-a", "dev")).pullManifest(image, "3.1.0")).status).toBe(200);
    await project.succeed("preview", "--refresh", "--expect-no-changes");
  });
});
