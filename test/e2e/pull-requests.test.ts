import { GitLabClient, KubernetesClient } from "@estate/clients";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { permissionOf } from "../../review/permission";
import { marker } from "../../review/report";
import { takeData } from "../../scripts/ci/data";
import { gitlabHost } from "../../scripts/ci/gitlab";
import { type PreviewOutcome, previewStack } from "../../scripts/ci/preview";
import { git } from "../../scripts/live/git";
import { TestProject } from "../support/project";
import { leaks } from "../support/secrets";

// A merge request goes its way through the pipelines' own functions: what it may run, its data, its preview, its comment, the
// apply after the merge, and the night after that. The repository lies in the sandbox's GitLab.

let project: TestProject;
let gitlab: GitLabClient;
let repository: Record<string, unknown>;
const clusters: KubernetesClient[] = [];
const people: GitLabClient[] = [];

const address = (): string => {
  const url = new URL(`${project.sandbox.gitlab.url}/estate.git`);
  url.username = "root";
  url.password = project.sandbox.gitlab.token;
  url.pathname = `/${String(repository["path_with_namespace"])}.git`;
  return url.href;
};

async function run(...args: readonly string[]): Promise<string> {
  const { code, output } = await git(project.dir, ...args);
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${output}`);
  return output.trim();
}

/** The stack file is the test's own from the start, and its key changes with the first `up`. */
const commit = async (message: string): Promise<void> => {
  await run("add", "--all");
  await run("commit", "--quiet", "-m", message);
};

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "environments: [dev]", "applications: [{ name: web }]");
  gitlab = new GitLabClient(project.sandbox.gitlab.url, project.sandbox.gitlab.token);
  repository = await gitlab.write("POST", "projects", { name: "estate", path: "estate" });
  await project.succeed("up", "--yes", "--skip-preview");
  await run("init", "--quiet", "--initial-branch=main");
  await run("config", "core.hooksPath", "/dev/null");
  await commit("the estate");
  await run("push", "--quiet", address(), "main");
});

afterAll(async () => {
  gitlab.close();
  for (const client of [...clusters, ...people]) client.close();
  await project.end();
});

/** A branch with a change, and its merge request. */
async function propose(branch: string, change: () => void): Promise<string> {
  await run("checkout", "--quiet", "-b", branch, "main");
  change();
  await commit(branch);
  await run("push", "--quiet", address(), branch);
  await run("checkout", "--quiet", "main");
  const request = await gitlab.write("POST", `projects/${String(repository["id"])}/merge_requests`, {
    source_branch: branch,
    target_branch: "main",
    title: branch,
  });
  return String(request["iid"]);
}

const host = (iid: string) =>
  gitlabHost({
    CI_SERVER_URL: project.sandbox.gitlab.url,
    CI_PROJECT_ID: String(repository["id"]),
    CI_DEFAULT_BRANCH: "main",
    CI_MERGE_REQUEST_IID: iid,
    ESTATE_REVIEW_TOKEN: project.sandbox.gitlab.token,
  });

const report = (): string => join(project.folder, "report.md");

const preview = (drift = false): Promise<PreviewOutcome> =>
  previewStack(project.context, { stack: "dev", out: report(), drift, host: "gitlab", where: "the job's artifact" });

const notes = async (iid: string): Promise<string[]> =>
  (await gitlab.list(`projects/${String(repository["id"])}/merge_requests/${iid}/notes`)).map(({ body }) =>
    String(body),
  );

/** Somebody who is a maintainer of the repository, and so a member, which an administrator is not. */
async function maintainer(): Promise<GitLabClient> {
  const user = await gitlab.write("POST", "users", {
    username: "max",
    name: "max",
    email: "max@example.com",
    force_random_password: true,
  });
  const id = String(user["id"]);
  await gitlab.write("POST", `projects/${String(repository["id"])}/members`, { user_id: user["id"], access_level: 40 });
  const token = await gitlab.write("POST", `users/${id}/personal_access_tokens`, { name: "t", scopes: ["api"] });
  people.push(new GitLabClient(project.sandbox.gitlab.url, String(token["token"])));
  return people.at(-1) ?? gitlab;
}

describe("a merge request that adds a tenant", () => {
  let iid: string;

  it("is previewed by main's program on its data, and told in one comment that is edited in place", async () => {
    iid = await propose("add-payments", () => project.tenant("payments", "environments: [dev]"));
    const hosted = host(iid);
    const change = await hosted.change("preview");
    expect(permissionOf({ ...change, deployed: hosted.deployed })).toMatchObject({
      run: true,
      program: "main",
      role: "read-only",
    });
    expect(takeData(project.dir, change.head)).toEqual(["tenants/payments.yaml"]);
    expect(await preview()).toEqual({ code: 0, lines: [] });
    const text = readFileSync(`${report()}.comment`, "utf8");
    expect(text).toMatch(
      /^- \*\*payments\*\*: \d+ new, 0 changed, 0 deleted; access widened: no; other tenants: none$/m,
    );
    const first = await hosted.comment(marker("dev"), text);
    expect(await hosted.comment(marker("dev"), text)).toBe(first);
    hosted.close();
    expect(await notes(iid)).toEqual([text]);
  });

  it("tells no credential: neither in its reports nor in what is left beside them", () => {
    const planted = {
      vault: project.sandbox.vault.token,
      gitlab: project.sandbox.gitlab.token,
      harbor: project.sandbox.harbor.password,
    };
    const found = leaks(project.folder, planted, [/^sandbox\//, /^project\/\.git\//]);
    expect(found).toEqual([]);
    expect(readFileSync(report(), "utf8")).toContain("payments");
  });

  it("is applied after the merge, and nothing is left to do", async () => {
    await commit("the tenant");
    await project.succeed("up", "--yes", "--skip-preview");
    await preview();
    expect(readFileSync(report(), "utf8")).toContain("Nothing changes.");
  });
});

describe("a merge request that changes code", () => {
  it("runs nothing before a maintainer's label on its commit", async () => {
    const iid = await propose("change-code", () =>
      project.settings("estate:delivery: direct", "estate:delivery: handover"),
    );
    const hosted = host(iid);
    const before = await hosted.change("preview");
    expect(permissionOf({ ...before, deployed: "main" })).toMatchObject({ run: false, role: "none" });
    expect(() => takeData(project.dir, before.head)).toThrow("Pulumi.dev.yaml is no tenant's file");
    const label = { add_labels: "preview" };
    await (await maintainer()).write("PUT", `projects/${String(repository["id"])}/merge_requests/${iid}`, label);
    const after = await hosted.change("preview");
    expect(permissionOf({ ...after, deployed: "main" })).toMatchObject({
      run: true,
      program: "head",
      role: "read-only",
    });
    hosted.close();
  });
});

describe("the night", () => {
  it("finds what somebody changed by hand, and then nothing more", async () => {
    expect((await preview(true)).code).toBe(0);
    const client = KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context: "dev" });
    clusters.push(client);
    const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "tenant", namespace: "team-a-dev" } };
    await client.patch(quota, { spec: { hard: { pods: "999" } } });
    expect((await preview(true)).code).toBe(3);
    expect(readFileSync(report(), "utf8")).toContain(
      "- `~ dev/team-a-dev/ResourceQuota/tenant` ResourceQuota (somebody changed it)\n  - `spec.hard.pods`: `999` → `50`",
    );
  });
});
