import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ci, hostOf, quietly, valueLines } from "../../../scripts/ci/main";

const folder = mkdtempSync(join(tmpdir(), "estate-ci-"));
let told = "";

beforeEach(() => {
  told = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    told += String(chunk);
    return true;
  });
  // The pipelines that run this very test are on one of the hosts.
  for (const name of ["GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_OUTPUT", "CI_SERVER_URL"]) vi.stubEnv(name, undefined);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const withVariables = (variables: Readonly<Record<string, string>>): void => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
};

/** A command's exit code, or what it complained about: both as a promise. */
const run = async (...args: readonly string[]): Promise<number> => ci(args);

describe("values for later jobs", () => {
  it("cannot be made by a path of the change", () => {
    const reason = "it changes code (a\nrun=true\r$CI_JOB_TOKEN)";
    expect(valueLines({ run: "false", reason }, (key) => key)).toBe(
      "run=false\nreason=it changes code (a run=true CI_JOB_TOKEN)\n",
    );
  });

  it("cannot be made by a report in the log", () => {
    expect(quietly("::add-mask::x\n", "t")).toBe("::stop-commands::t\n::add-mask::x\n\n::t::\n");
  });
});

describe("npm run ci", () => {
  it("names the stacks in their order, for the runner too", async () => {
    const outputs = join(folder, "outputs");
    withVariables({ GITHUB_OUTPUT: outputs });
    expect(await run("stacks", "--only", "prod,prod-tenants")).toBe(0);
    const expected = 'first=["prod"]\nthen=["prod-tenants"]\nall=["prod","prod-tenants"]\n';
    expect([told, readFileSync(outputs, "utf8")]).toEqual([expected, expected]);
  });

  const gitlab = {
    GITLAB_CI: "true",
    CI_SERVER_URL: "http://127.0.0.1:9",
    CI_PROJECT_ID: "1",
    CI_DEFAULT_BRANCH: "main",
    ESTATE_REVIEW_TOKEN: "t",
    CI_MERGE_REQUEST_IID: "1",
  };

  it.each([
    ["<!-- estate-preview:other -->\n", "the file is no report of this stack"],
    // This one is taken: it gets as far as the host, which is not there.
    ["<!-- estate-preview:dev -->\n", "ECONNREFUSED"],
  ])("comments with a report of the stack alone: %j", async (text, refusal) => {
    const file = join(folder, "report.md");
    writeFileSync(file, text);
    withVariables(gitlab);
    await expect(run("comment", "--stack", "dev", "--file", file)).rejects.toThrow(refusal);
  });

  it.each([
    [[], {}, "no command"],
    [["fly"], {}, 'no command "fly"'],
    [["constructor"], {}, 'no command "constructor"'],
    [["preview", "--out", "x"], {}, "--stack is missing"],
    [["preview", "--stack", "dev", "--out", "x", "--host", "x"], {}, 'no host "x"'],
    [["permission"], {}, "neither GITHUB_ACTIONS nor GITLAB_CI is true"],
    [["permission"], { GITLAB_CI: "true" }, "the variable CI_SERVER_URL is not set"],
  ])("%j with %j is told in one line", async (args, variables, complaint) => {
    withVariables(variables);
    await expect(run(...args)).rejects.toThrow(complaint);
  });
});

it("knows the host by what only it sets", () => {
  const gitlab = { GITLAB_CI: "true", CI_SERVER_URL: "http://x", CI_PROJECT_ID: "1", CI_DEFAULT_BRANCH: "main" };
  expect(hostOf({ ...gitlab, ESTATE_REVIEW_TOKEN: "t" }).kind).toBe("gitlab");
  const github = { GITHUB_ACTIONS: "true", GITHUB_API_URL: "http://x", GITHUB_REPOSITORY: "a/b", GITHUB_TOKEN: "t" };
  expect(hostOf(github).kind).toBe("github");
});
