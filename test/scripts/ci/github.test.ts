import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { githubHost } from "../../../scripts/ci/github";
import type { Host } from "../../../scripts/ci/host";

// A recorder with the paths, fields and answers of GitHub's REST API (docs.github.com/rest, version 2022-11-28).

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly token: string;
}

let server: Server;
let url: string;
let folder: string;
let asked: Asked[] = [];
let answers: Record<string, unknown> = {};

/** A list in pages, as GitHub gives it. */
function paged(list: readonly unknown[], query: URLSearchParams): unknown[] {
  const size = Number(query.get("per_page") ?? 30);
  const page = Number(query.get("page") ?? 1);
  return list.slice((page - 1) * size, page * size);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "github-"));
  server = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      const address = new URL(request.url ?? "/", "http://127.0.0.1");
      const key = `${request.method ?? ""} ${address.pathname}`;
      const body: unknown = text === "" ? undefined : JSON.parse(text);
      asked.push({
        method: request.method ?? "",
        path: `${address.pathname}${address.search}`,
        body,
        token: request.headers.authorization ?? "",
      });
      const answer = answers[key];
      response.setHeader("Content-Type", "application/json");
      if (answer === undefined) {
        response.statusCode = 404;
        response.end(JSON.stringify({ message: "Not Found", documentation_url: "https://docs.github.com/rest" }));
        return;
      }
      response.statusCode = request.method === "POST" ? 201 : 200;
      response.end(JSON.stringify(Array.isArray(answer) ? paged(answer, address.searchParams) : answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${String(typeof address === "object" ? address?.port : "")}`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  asked = [];
  answers = {};
});

const repository = "/repos/acme/estate";
const sha = "a".repeat(40);

function event(
  change: Readonly<Record<string, unknown>> = {},
  request: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    action: "opened",
    repository: { default_branch: "main" },
    sender: { login: "somebody" },
    pull_request: {
      number: 7,
      changed_files: 1,
      head: { sha, repo: { id: 1 } },
      base: { ref: "main", repo: { id: 1 } },
      ...request,
    },
    ...change,
  };
}

async function asking<T>(told: unknown, work: (host: Host) => Promise<T>): Promise<T> {
  const file = join(folder, "event.json");
  writeFileSync(file, JSON.stringify(told));
  const host = githubHost({
    GITHUB_API_URL: url,
    GITHUB_REPOSITORY: "acme/estate",
    GITHUB_TOKEN: "ghs_token",
    GITHUB_EVENT_PATH: file,
  });
  try {
    return await work(host);
  } finally {
    host.close();
  }
}

const change = (told: unknown) => asking(told, (host) => host.change("preview"));

describe("what is known of a pull request", () => {
  beforeEach(() => {
    answers[`GET ${repository}/pulls/7/files`] = [{ filename: "tenants/a.yaml", status: "modified" }];
  });

  it("is told with the workflow's own token", async () => {
    expect(await change(event())).toEqual({
      head: sha,
      fork: false,
      target: "main",
      paths: ["tenants/a.yaml"],
      labelled: false,
    });
    expect(asked.map(({ token }) => token)).toEqual(["Bearer ghs_token"]);
  });

  it("names both sides of a rename", async () => {
    answers[`GET ${repository}/pulls/7/files`] = [
      { filename: "tenants/a.yaml", previous_filename: "index.ts", status: "renamed" },
    ];
    expect((await change(event())).paths).toEqual(["tenants/a.yaml", "index.ts"]);
  });

  it("counts as code where GitHub does not tell all files", async () => {
    expect((await change(event({}, { changed_files: 3001 }))).paths).toEqual([
      "tenants/a.yaml",
      "(more files than the host tells)",
    ]);
  });

  it.each([
    ["of another repository", { head: { sha, repo: { id: 2 } } }, true],
    ["that was deleted", { head: { sha, repo: null } }, true],
    ["of its own", {}, false],
  ])("knows a branch %s", async (_what, request, fork) => {
    expect((await change(event({}, request))).fork).toBe(fork);
  });

  const labelled = { action: "labeled", label: { name: "preview" }, sender: { login: "max" } };
  it.each([
    ["a maintainer's label", labelled, { permission: "write", role_name: "maintain" }, true],
    ["an administrator's label", labelled, { permission: "admin", role_name: "admin" }, true],
    ["the label of somebody who writes", labelled, { permission: "write", role_name: "write" }, false],
    ["the label of somebody who sorts", labelled, { permission: "read", role_name: "triage" }, false],
    ["the label of nobody known", labelled, undefined, false],
    ["another label", { ...labelled, label: { name: "bug" } }, { role_name: "admin" }, false],
    ["a push after the label", { ...labelled, action: "synchronize" }, { role_name: "admin" }, false],
  ])("%s", async (_what, told, right, expected) => {
    if (right !== undefined) answers[`GET ${repository}/collaborators/max/permission`] = right;
    expect((await change(event(told))).labelled).toBe(expected);
  });
});

describe("a comment", () => {
  const comments = `${repository}/issues/7/comments`;
  const mark = "<!-- estate-preview:dev -->";
  const write = () => asking(event(), (host) => host.comment(mark, `${mark}\nnew`));
  const others = Array.from({ length: 120 }, (_, id) => ({ id, body: "a word", user: { login: "x" } }));

  it("is written where there is none of its own", async () => {
    answers[`GET ${comments}`] = [...others, { id: 500, body: `${mark}\nof a stranger`, user: { login: "stranger" } }];
    answers[`POST ${comments}`] = { id: 501, html_url: "https://github.example.com/c/501" };
    expect(await write()).toBe("https://github.example.com/c/501");
    expect(asked.at(-1)).toMatchObject({ method: "POST", path: comments, body: { body: `${mark}\nnew` } });
  });

  it("is edited in place, on whatever page it stands", async () => {
    answers[`GET ${comments}`] = [...others, { id: 501, body: `${mark}\nold`, user: { login: "github-actions[bot]" } }];
    answers[`PATCH ${repository}/issues/comments/501`] = { id: 501, html_url: "https://github.example.com/c/501" };
    expect(await write()).toBe("https://github.example.com/c/501");
    expect(asked.map(({ method }) => method)).toEqual(["GET", "GET", "PATCH"]);
  });
});

describe("a proposal", () => {
  const proposal = { branch: "estate/x", title: "Remove", body: "why", files: { "tenants/a.yaml": "schema: 1\n" } };
  const propose = () => asking(event(), (host) => host.propose(proposal));
  beforeEach(() => {
    answers[`GET ${repository}/git/ref/heads/main`] = { object: { sha: "main-commit" } };
    answers[`GET ${repository}/git/commits/main-commit`] = { tree: { sha: "main-tree" } };
    answers[`POST ${repository}/git/trees`] = { sha: "new-tree" };
    answers[`POST ${repository}/git/commits`] = { sha: "new-commit" };
    answers[`POST ${repository}/git/refs`] = { ref: "refs/heads/estate/x" };
    answers[`PATCH ${repository}/git/refs/heads/estate/x`] = { ref: "refs/heads/estate/x" };
    answers[`GET ${repository}/pulls`] = [];
    answers[`POST ${repository}/pulls`] = { number: 9, html_url: "https://github.example.com/9" };
    answers[`PATCH ${repository}/pulls/9`] = { number: 9, html_url: "https://github.example.com/9" };
  });
  const writes = () =>
    asked.filter(({ method }) => method !== "GET").map(({ method, path, body }) => [method, path, body]);
  const commit = [
    [
      "POST",
      `${repository}/git/trees`,
      {
        base_tree: "main-tree",
        tree: [{ path: "tenants/a.yaml", mode: "100644", type: "blob", content: "schema: 1\n" }],
      },
    ],
    ["POST", `${repository}/git/commits`, { message: "Remove", tree: "new-tree", parents: ["main-commit"] }],
  ];

  it("opens a pull request on a new branch", async () => {
    expect(await propose()).toBe("https://github.example.com/9");
    expect(writes()).toEqual([
      ...commit,
      ["POST", `${repository}/git/refs`, { ref: "refs/heads/estate/x", sha: "new-commit" }],
      ["POST", `${repository}/pulls`, { title: "Remove", body: "why", head: "estate/x", base: "main" }],
    ]);
  });

  it("renews the branch and the pull request that are there", async () => {
    answers[`GET ${repository}/git/ref/heads/estate/x`] = { object: { sha: "old" } };
    answers[`GET ${repository}/pulls`] = [{ number: 9 }];
    await propose();
    expect(writes()).toEqual([
      ...commit,
      ["PATCH", `${repository}/git/refs/heads/estate/x`, { sha: "new-commit", force: true }],
      ["PATCH", `${repository}/pulls/9`, { title: "Remove", body: "why" }],
    ]);
    expect(asked.some(({ path }) => path.startsWith(`${repository}/pulls?state=open&head=acme%3Aestate%2Fx&`))).toBe(
      true,
    );
  });
});
