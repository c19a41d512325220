import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readOperands } from "../../scripts/arguments";
import { accessMarkdown } from "../../scripts/estate/access";
import { type TemporaryProject, temporaryProject } from "../support/projects";

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => {
  project.remove();
});

const estate = (...args: readonly string[]) => project.estate(...args);

function git(...args: readonly string[]): void {
  const who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...who, ...args], { cwd: project.dir, stdio: "pipe" });
}

function commit(): void {
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "as it was");
}

describe("words by their places", () => {
  it("are read beside options", () => {
    const options = { stack: { type: "string" } } as const;
    expect(readOperands("x", options, ["tenant"], ["a", "--stack", "dev"])).toEqual({
      values: { stack: "dev" },
      operands: { tenant: "a" },
    });
  });

  it.each([
    [[], "no <tenant>; usage: x"],
    [["a", "b"], "Unexpected argument 'b'; usage: x"],
  ])("of %j are told", (args, line) => {
    expect(() => readOperands("x", {}, ["tenant"], args)).toThrow(line);
  });
});

describe("estate", { timeout: 120_000 }, () => {
  it("tells its commands, and what it does not know", () => {
    expect(estate("help")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/tenant add .*\n.*validate/) as string,
    });
    expect(estate("offborad")).toEqual({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^cannot read the command line: no command "offborad"; usage: estate <command>.*\n$/,
      ) as string,
    });
  });

  it("validates as npm run validate does", () => {
    expect(estate("validate")).toEqual({ status: 0, stdout: "ok: 1 stack file and 2 tenants\n", stderr: "" });
    const { status, stdout } = estate("validate", "--json", "--stack", "nowhere");
    expect([status, (JSON.parse(stdout) as { problems: { code: string }[] }).problems[0]?.code]).toEqual([2, "P015"]);
  });

  it("adds a tenant that validates", () => {
    const given = [
      "--display-name",
      "Search",
      "--owner",
      "s@example.com",
      "--cost-center",
      "4711",
      "--application",
      "index",
    ];
    expect(estate("tenant", "add", "search", ...given)).toMatchObject({ status: 0, stderr: "" });
    expect(project.read("tenants/search.yaml")).toBe(
      [
        "# yaml-language-server: $schema=./tenant.schema.json",
        "schema: 1",
        "displayName: Search",
        "owner: { email: s@example.com }",
        'costCenter: "4711"',
        "applications:",
        "  - { name: index }",
        "",
      ].join("\n"),
    );
    expect(estate("validate")).toMatchObject({ status: 0, stdout: "ok: 1 stack file and 3 tenants\n" });
  });

  it.each([
    [
      "a name that is taken",
      ["team-a"],
      /tenants\/team-a\.yaml: error\[N005\]: tenant "team-a" again; it is defined in/,
    ],
    ["a name of another form", ["Team_A"], /error\[N00[12]\]/],
    ["a reserved name", ["kube-tools"], /error\[N007\]: "kube-tools" is reserved for the platform/],
    [
      "a profile that there is not",
      ["search", "--profile", "standart"],
      /:5:10: error\[K008\]: .*did you mean "standard"/,
    ],
    ["a display name that GitLab refuses", ["search", "--display-name", "R&D"], /error\[T016\]/],
  ])("refuses %s, and writes nothing", (_, words, line) => {
    const given = ["--display-name", "Search", "--owner", "s@example.com"];
    const { status, stderr } = estate("tenant", "add", ...given, ...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(line);
    expect(existsSync(join(project.dir, "tenants/search.yaml"))).toBe(false);
  });

  it("does not ask where there is no terminal", () => {
    expect(estate("tenant", "add", "search")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("no --display-name, and no terminal to ask on") as string,
    });
  });

  it("walks a tenant out step by step, and keeps its file's comments", () => {
    project.write("tenants/team-c.yaml", "# ours\nschema: 1\ndisplayName: C\nowner: { email: c@example.com } # who\n");
    expect(estate("offboard", "team-c")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(
        /team-c\.yaml: active -> suspended\n(?:.*\n)*.*npx estate offboard team-c/,
      ) as string,
    });
    expect(project.read("tenants/team-c.yaml")).toBe(
      "# ours\nschema: 1\ndisplayName: C\nowner: { email: c@example.com } # who\nlifecycle: { state: suspended }\n",
    );
    expect(estate("offboard", "team-c", "--keep-data-until", "2999-01-01").stdout).toContain("suspended -> retiring");
    expect(estate("offboard", "team-c")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("its data is kept until 2999-01-01") as string,
    });
    expect(estate("validate").status).toBe(0);
    expect(estate("offboard", "team-d")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("error[P016]") as string,
    });
  });

  it("tells what files change of those of a ref, and leaves the checkout as it is", () => {
    commit();
    expect(estate("plan").stdout).toBe("nothing changes\ntenants that nothing changes for: 2\n");
    expect(estate("access", "--diff", "HEAD").stdout).toBe("access does not change\n");
    project.write("tenants/team-c.yaml", "schema: 1\ndisplayName: C\nowner: { email: c@example.com }\n");
    expect(estate("plan").stdout).toMatch(
      /^team-c: \d+ new, 0 changed, 0 deleted; access widened: no; other tenants: none; a new tenant\n/,
    );
    const rows = JSON.parse(estate("access", "--diff", "HEAD", "--format", "json").stdout) as {
      tenant: string;
      change: string;
    }[];
    expect(new Set(rows.map(({ tenant, change }) => `${tenant} ${change}`))).toEqual(new Set(["team-c more"]));
    expect(execFileSync("git", ["status", "--porcelain"], { cwd: project.dir, encoding: "utf8" })).toBe(
      "?? tenants/team-c.yaml\n",
    );
    expect(estate("plan", "--ref", "nowhere")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("git rev-parse failed") as string,
    });
  });

  it("refuses what would be lost in one step, and tells it to programs, too", () => {
    project.write("tenants/team-c.yaml", "schema: 1\ndisplayName: C\nowner: { email: c@example.com }\n");
    commit();
    rmSync(join(project.dir, "tenants/team-c.yaml"));
    const told = estate("plan", "--json");
    expect(told.status).toBe(2);
    expect(told.stderr).toContain('tenants/team-c.yaml: error[L001]: the file of tenant "team-c" is gone');
    const { refused } = JSON.parse(told.stdout) as { readonly refused: readonly unknown[] };
    expect(refused).toMatchObject([{ code: "L001", place: { file: "tenants/team-c.yaml" } }]);
  });

  it("ends with 3 when credentials end soon, and with 0 otherwise", () => {
    const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const issued = (text: string): void => {
      project.write("Pulumi.dev.yaml", project.read("Pulumi.dev.yaml").replace(/issued: "[^"]*"/, `issued: "${text}"`));
    };
    issued(day(-80));
    expect(estate("credentials")).toMatchObject({
      status: 3,
      stdout: expect.stringContaining("robot ci of registry project") as string,
    });
    // A rotation was due 45 days after they were made.
    expect(estate("credentials", "--within", "5d")).toMatchObject({
      status: 3,
      stdout: expect.stringMatching(/0 of \d+ credentials end within 5 days [^]*rotate: all: \["/) as string,
    });
    issued(day(-20));
    expect(estate("credentials", "--within", "5d").status).toBe(0);
    issued(day(0));
    expect(estate("credentials").status).toBe(0);
    expect(estate("credentials", "--within", "soon")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('"soon" is no number of days') as string,
    });
  });
});

it("writes tables of Markdown in which a bar ends no cell", () => {
  const row = { tenant: "a", who: "x|y", may: "view", plane: "gitlab", where: "g" } as const;
  expect(accessMarkdown([row], false)).toBe(
    "| tenant | who | may | plane | where |\n| --- | --- | --- | --- | --- |\n| a | x\\|y | view | gitlab | g |",
  );
});
