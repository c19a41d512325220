import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { permissionOf } from "../../../review/permission";
import { marker } from "../../../review/report";
import { gitlabHost } from "../../../scripts/ci/gitlab";
import { type Host, MissingVariable, type Variables } from "../../../scripts/ci/host";
import { person, rigOf, type Rig } from "../../sandbox/gitlab/client";

// The jobs' part on GitLab, against the sandbox's stand-in.

let rig: Rig;
let project: number;
let robot: { token: string; id: number };
let variables: Variables;
const people: Record<string, { token: string; id: number }> = {};

const api = "projects/acme%2Festate";
const branchOf = (name: string): string => `change-${name}`;

/** A merge request that changes these files; gives its number. */
async function propose(name: string, files: Readonly<Record<string, string>>, at = api): Promise<string> {
  await rig.done("POST", `${at}/repository/commits`, {
    branch: branchOf(name),
    start_branch: "main",
    commit_message: name,
    actions: Object.entries(files).map(([path, content]) => ({ action: "create", file_path: path, content })),
  });
  const request = await rig.done("POST", `${at}/merge_requests`, {
    source_branch: branchOf(name),
    target_branch: "main",
    title: name,
    target_project_id: project,
  });
  return String(request["iid"]);
}

const push = (name: string): Promise<unknown> =>
  rig.done("POST", `${api}/repository/commits`, {
    branch: branchOf(name),
    commit_message: "more",
    actions: [{ action: "create", file_path: "more.ts", content: "1" }],
  });

const label = (iid: string, who: string, change: Readonly<Record<string, string>> = { add_labels: "preview" }) =>
  rig.done("PUT", `${api}/merge_requests/${iid}`, change, people[who]?.token);

async function asking<T>(iid: string, work: (host: Host) => Promise<T>): Promise<T> {
  const host = gitlabHost({ ...variables, CI_MERGE_REQUEST_IID: iid });
  try {
    return await work(host);
  } finally {
    host.close();
  }
}

const change = (iid: string) => asking(iid, (host) => host.change("preview"));

beforeAll(async () => {
  rig = await rigOf();
  const group = await rig.done("POST", "groups", { name: "acme", path: "acme" });
  const made = await rig.done("POST", "projects", {
    name: "estate",
    namespace_id: group["id"],
    initialize_with_readme: true,
  });
  project = Number(made["id"]);
  for (const [name, level] of [
    ["robot", 30],
    ["dora", 30],
    ["max", 40],
  ] as const) {
    people[name] = await person(rig, name);
    await rig.done("POST", `${api}/members`, { user_id: people[name].id, access_level: level });
  }
  robot = people["robot"] ?? { token: "", id: 0 };
  variables = {
    CI_SERVER_URL: rig.url,
    CI_PROJECT_ID: String(project),
    CI_DEFAULT_BRANCH: "main",
    ESTATE_REVIEW_TOKEN: robot.token,
  };
});

afterAll(() => rig.close());

describe("what is known of a merge request", () => {
  it("names the paths of both sides of a rename, and that it comes from the project itself", async () => {
    await rig.done("POST", `${api}/repository/commits`, {
      branch: "main",
      commit_message: "a file",
      actions: [
        { action: "create", file_path: "index.ts", content: "a long enough text to be known again\n".repeat(9) },
      ],
    });
    await rig.done("POST", `${api}/repository/commits`, {
      branch: branchOf("rename"),
      start_branch: "main",
      commit_message: "rename",
      actions: [{ action: "move", file_path: "tenants/a.yaml", previous_path: "index.ts" }],
    });
    const request = await rig.done("POST", `${api}/merge_requests`, {
      source_branch: branchOf("rename"),
      target_branch: "main",
      title: "rename",
    });
    const known = await change(String(request["iid"]));
    expect(known).toMatchObject({ fork: false, target: "main", labelled: false });
    expect([...known.paths].sort()).toEqual(["index.ts", "tenants/a.yaml"]);
    expect(known.head).toBe(request["sha"]);
  });

  it("knows a fork", async () => {
    const fork = { path: "estate-fork", name: "estate-fork", namespace_path: "acme" };
    await rig.done("POST", `${api}/fork`, fork);
    const iid = await propose("of-a-fork", { "tenants/b.yaml": "schema: 1\n" }, "projects/acme%2Festate-fork");
    expect(await change(iid)).toMatchObject({ fork: true, paths: ["tenants/b.yaml"] });
  });

  let code: string;
  let name: string;
  let count = 0;
  beforeEach(async () => {
    name = `code-${String((count += 1))}`;
    code = await propose(name, { [`${name}.ts`]: "1" });
  });

  it("counts a maintainer's label", async () => {
    expect((await change(code)).labelled).toBe(false);
    await label(code, "max");
    const known = await change(code);
    expect(known.labelled).toBe(true);
    expect(permissionOf({ ...known, deployed: "main" })).toMatchObject({
      run: true,
      program: "head",
      role: "read-only",
    });
  });

  it("counts no developer's label, although the host lets them set it", async () => {
    await label(code, "dora");
    const known = await change(code);
    expect(known.labelled).toBe(false);
    expect(permissionOf({ ...known, deployed: "main" }).reason).toContain("a maintainer looks at this commit");
  });

  it("counts no label that was there before the last push, until it is set again", async () => {
    await label(code, "max");
    await push(name);
    expect((await change(code)).labelled).toBe(false);
    await label(code, "max", { remove_labels: "preview" });
    expect((await change(code)).labelled).toBe(false);
    await label(code, "max");
    expect((await change(code)).labelled).toBe(true);
  });
});

describe("a comment", () => {
  const notes = async (iid: string): Promise<string[]> => {
    const pages = [1, 2, 3].map((page) =>
      rig.call("GET", `${api}/merge_requests/${iid}/notes?sort=asc&per_page=100&page=${String(page)}`),
    );
    return (await Promise.all(pages)).flatMap(({ list }) => list.map(({ body }) => String(body)));
  };

  it("is edited in place, one for each stack, among others' that look like it", async () => {
    const iid = await propose("comment", { "tenants/c.yaml": "schema: 1\n" });
    const [dev, prod] = [marker("dev"), marker("prod")];
    await rig.done(
      "POST",
      `${api}/merge_requests/${iid}/notes`,
      { body: `${dev}\nof somebody else` },
      people["dora"]?.token,
    );
    for (let other = 0; other < 101; other += 1)
      await rig.done(
        "POST",
        `${api}/merge_requests/${iid}/notes`,
        { body: `note ${String(other)}` },
        people["dora"]?.token,
      );
    const first = await asking(iid, (host) => host.comment(dev, `${dev}\nfirst`));
    await asking(iid, (host) => host.comment(prod, `${prod}\nfirst`));
    for (let other = 0; other < 101; other += 1)
      await rig.done(
        "POST",
        `${api}/merge_requests/${iid}/notes`,
        { body: `later ${String(other)}` },
        people["dora"]?.token,
      );
    expect(await asking(iid, (host) => host.comment(dev, `${dev}\nsecond`))).toBe(first);
    const own = (await notes(iid)).filter((body) => body.startsWith("<!--"));
    expect(own).toEqual([`${dev}\nof somebody else`, `${dev}\nsecond`, `${prod}\nfirst`]);
  });
});

describe("a proposal", () => {
  it("is one merge request, renewed until it is merged", async () => {
    const first = { branch: "estate/ended-exceptions", title: "Remove", body: "a", files: { "README.md": "one\n" } };
    const address = await asking("1", (host) => host.propose(first));
    expect(await asking("1", (host) => host.propose({ ...first, body: "b", files: { "README.md": "two\n" } }))).toBe(
      address,
    );
    const open = await rig.call("GET", `${api}/merge_requests?state=opened&source_branch=estate%2Fended-exceptions`);
    expect(open.list.map(({ description, target_branch: target }) => [description, target])).toEqual([["b", "main"]]);
    const diffs = await rig.call("GET", `${api}/merge_requests/${String(open.list[0]?.["iid"])}/diffs`);
    expect(diffs.list.map(({ diff }) => diff)).toEqual([expect.stringContaining("+two")]);
  });
});

it("says which variable a job lacks", () => {
  expect(() => gitlabHost({ ...variables, ESTATE_REVIEW_TOKEN: "" })).toThrow(
    new MissingVariable("ESTATE_REVIEW_TOKEN"),
  );
});
