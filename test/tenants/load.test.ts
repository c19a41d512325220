import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtin } from "../../features";
import { EstateError, formatProblem } from "../../model/problem";
import { loadInputs } from "../../tenants/inputs";
import { readTenantFiles } from "../../tenants/files";
import { readTenants, type ReadTenants } from "../../tenants/load";
import { validateProject } from "../../tenants/validate";
import { settings } from "../support/fixtures";
import { type TemporaryProject, temporaryProject } from "../support/projects";

const root = join(__dirname, "../..");
const minimum = "schema: 1\ndisplayName: Team\nowner: { email: team@example.com }\n";

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => {
  project.remove();
});

function read(change: Record<string, unknown> = {}, only?: string[], folder = "tenants"): ReadTenants {
  const directory = join(project.dir, folder);
  const request = { directory, settings: settings(change), features: builtin, ...(only && { only }) };
  return readTenants(readTenantFiles(directory, builtin), request);
}

function namesOf(change: Record<string, unknown> = {}, only?: string[]): string[] {
  const { selected, problems } = read(change, only);
  if (problems.length > 0) throw new EstateError(problems);
  return selected.map(({ name }) => name);
}

function problemsOf(run: () => unknown): string[] {
  try {
    run();
    return [];
  } catch (error) {
    if (error instanceof EstateError) return error.problems.map(formatProblem);
    throw error;
  }
}

describe("readTenants", () => {
  it("names tenants as their files are named, in order, and passes over what lies beside them", () => {
    project.write("tenants/aardvark.yaml", minimum);
    for (const file of [".hidden.yaml", "schema.ts", "tenant.schema.json", "README.md", "team-b.yaml~"])
      project.write(`tenants/${file}`, "\t: ]");
    expect(namesOf()).toEqual(["aardvark", "team-a", "team-ab"]);
  });

  it("raises those that the settings and the caller want", () => {
    expect(namesOf({ tenants: { only: ["team-ab"] } })).toEqual(["team-ab"]);
    expect(namesOf({ tenants: { except: ["team-ab"] } })).toEqual(["team-a"]);
    expect(namesOf({}, ["team-ab"])).toEqual(["team-ab"]);
    expect(problemsOf(() => namesOf({}, ["team-x"])).map((line) => line.replace(/^.*?tenants:/, "tenants:"))).toEqual([
      'tenants: error[P016]: no tenant "team-x"; did you mean "team-a"?',
    ]);
  });

  it("compares names and groups of those that are left out, and nothing else of them", () => {
    project.write(
      "tenants/team-c.yaml",
      `${minimum}profile: elsewhere\nenvironments: [elsewhere]\naccess:\n  owners: { group: a-leads }\n`,
    );
    project.write("tenants/team-a-dev.yaml", minimum);
    const lines = problemsOf(() => namesOf({ tenants: { only: ["team-a"] } }));
    expect(lines.map((line) => line.replace(/: .*?\[(.*?)\].*/, " $1"))).toEqual([
      "tenants/team-a-dev.yaml N009",
      "tenants/team-a.yaml:8:20 R004",
      "tenants/team-c.yaml:7:20 R004",
    ]);
  });

  it("asks nothing of a tombstone but its name", () => {
    const groups = "access:\n  owners: { group: a-leads }\n";
    project.write("tenants/gone.yaml", `${minimum}profile: elsewhere\n${groups}lifecycle: { state: removed }\n`);
    expect(namesOf()).toEqual(["gone", "team-a", "team-ab"]);
    project.write("tenants/gone-dev.yaml", minimum);
    expect(problemsOf(() => namesOf())).toEqual([
      'tenants/gone-dev.yaml: error[N009]: "gone-dev" is also a namespace of tenants/gone.yaml; rename one of the two',
    ]);
  });

  it("lets tenants share a group when each of them says so", () => {
    const shared = `${minimum}access:\n  operations: { group: on-call, shared: true }\n`;
    project.write("tenants/team-c.yaml", shared);
    project.write("tenants/team-d.yaml", shared.replace("displayName: Team", "displayName: Another team"));
    expect(namesOf()).toEqual(["team-a", "team-ab", "team-c", "team-d"]);
  });

  it.each([
    ["te\u0430m", 'character 3 of the name is U+0430, which looks like "a"; rename it to "team"'],
    ["caf\u00e9", 'character 4 of the name is U+00E9, which looks like "e"; rename it to "cafe"'],
    ["team\u200bc", 'character 5 of the name is U+200B; rename it to "teamc"'],
    ["\u{1d4c9}eam", 'character 1 of the name is U+1D4C9, which looks like "t"; rename it to "team"'],
  ])("sees letters that only look like ours: %j", (name, text) => {
    project.write(`tenants/${name}.yaml`, minimum);
    expect(problemsOf(() => namesOf()).map((line) => line.replace(/^.*N003\]: /, ""))).toEqual([text]);
  });

  it("tells when there is no folder", () => {
    expect(read({}, undefined, "nowhere").problems.map(formatProblem)).toEqual([
      "nowhere: error[Y011]: no such folder; create it; it holds one file per tenant",
    ]);
  });
});

describe("loadInputs", () => {
  const environment = { HOME: "/nonexistent" };

  it("tells the problems of settings, tenants, clusters and Vault at once", () => {
    project.write(
      "Pulumi.dev.yaml",
      stackFile()
        .replace("  estate:vault: { address: https://vault.example.com }\n", "")
        .replace("promotesFrom: dev", "promotesFrom: prod"),
    );
    project.write("tenants/team-c.yaml", "schema: 1\n");
    const lines = problemsOf(() =>
      loadInputs({ projectDir: project.dir, stack: "dev", features: builtin, environment }),
    );
    const codes = lines.map((line) => /\[(....)\]/.exec(line)?.[1]);
    expect(codes).toEqual(["P018", "P018", "P003", "P003", "P003", "P010", "K004", "K004"]);
    expect(lines[2]).toMatch(/^Pulumi.dev.yaml:8:20: /);
  });

  function stackFile(): string {
    return project.read("Pulumi.dev.yaml");
  }
});

describe("validateProject", () => {
  it("passes the examples in the stacks of this repository", () => {
    // Named, because a person's own stacks may lie beside them.
    const stacks = ["dev", "prod"];
    const result = validateProject({ projectDir: root, features: builtin, today: "2026-01-01", stacks });
    expect(result.problems.map(formatProblem)).toEqual([]);
    expect(result.tenants).toBeGreaterThanOrEqual(4);
  });

  it("warns of ended exceptions, from the day after", () => {
    const lines = (today: string): string[] =>
      validateProject({ projectDir: project.dir, features: builtin, today }).problems.map(formatProblem);
    expect(lines("2099-06-30")).toEqual([]);
    expect(lines("2099-07-01")).toEqual([
      'tenants/team-a.yaml:10:119: warning[P013]: the exception from "network.allowInternet" ended on 2099-06-30; remove it, or have it approved again',
    ]);
  });
});
