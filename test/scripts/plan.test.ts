import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatProblem } from "../../model/problem";
import { compared } from "../../scripts/estate/plan";
import { type TemporaryProject, temporaryProject } from "../support/projects";

// What `estate plan` says of files and a ref of Git, where a run would ask its state.

let project: TemporaryProject;

function git(...args: readonly string[]): void {
  const who = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false"];
  execFileSync("git", [...who, ...args], { cwd: project.dir, stdio: "pipe" });
}

function settings(find: string, replacement: string): void {
  const text = project.read("Pulumi.dev.yaml");
  expect(text).toContain(find);
  project.write("Pulumi.dev.yaml", text.replace(find, replacement));
}

function tenant(name: string, ...lines: readonly string[]): void {
  const required = ["schema: 1", `displayName: ${name}`, "owner: { email: c@example.com }"];
  project.write(`tenants/${name}.yaml`, [...required, ...lines, ""].join("\n"));
}

const refused = (ref: string | undefined = "HEAD"): string[] =>
  compared(project.dir, "dev", ref, "2026-11-22").refused.map(formatProblem);
const codes = (): (string | undefined)[] => refused().map((line) => /error\[(\w+)\]/.exec(line)?.[1]);

beforeEach(() => {
  project = temporaryProject();
  tenant("team-c");
  tenant("team-d", "lifecycle: { state: retiring, keepDataUntil: '2999-01-01' }");
  git("init", "-q");
  git("add", "-A");
  git("commit", "-qm", "as it was");
});
afterEach(() => {
  project.remove();
});

describe("a plan against a ref", () => {
  it("refuses a file that is gone, tells what it held, and the next step", () => {
    rmSync(join(project.dir, "tenants/team-c.yaml"));
    expect(refused()).toEqual([
      expect.stringContaining(
        'tenants/team-c.yaml: error[L001]: the file of tenant "team-c" is gone, and this stack still holds it: active, ' +
          "dev/team-c-dev, prod/team-c-prod; bring it back (not committed yet: git restore tenants/team-c.yaml; ",
      ),
    ]);
    expect(compared(project.dir, "dev", "HEAD").difference.tenants).toMatchObject([
      { tenant: "team-c", states: { before: "active" }, created: [], changed: [] },
    ]);
  });

  it("refuses nothing where nothing was before, or nothing changes", () => {
    rmSync(join(project.dir, "tenants/team-c.yaml"));
    expect(compared(project.dir, "dev", undefined).refused).toEqual([]);
    git("restore", "tenants/team-c.yaml");
    expect(refused()).toEqual([]);
  });

  it.each([
    [
      "a name that changes",
      "L002",
      () => {
        rmSync(join(project.dir, "tenants/team-c.yaml"));
        tenant("team-e", "formerName: team-c");
      },
    ],
    [
      "a tenant that the stack is told to leave out",
      "L003",
      () => settings("  estate:name:", "  estate:tenants: { except: [team-c] }\n  estate:name:"),
    ],
    ["a removal in one step", "L004", () => tenant("team-c", "lifecycle: { state: removed }")],
    [
      "a removal before its day",
      "L005",
      () => tenant("team-d", "lifecycle: { state: removed, keepDataUntil: '2999-01-01' }"),
    ],
    ["an environment that goes", "L006", () => tenant("team-c", "environments: [dev]")],
    ["a cluster that goes in one step", "L007", () => settings("clusters: [dev]", "clusters: [prod]")],
  ])("refuses %s", (_what, code, change) => {
    change();
    expect(codes()).toEqual([code]);
  });

  it("refuses a cluster that goes without leave, and lets it go with it", () => {
    settings("clusters: [dev]", "clusters: [dev, prod]");
    expect(codes()).toEqual([]);
    git("commit", "-qam", "on both");
    settings("clusters: [dev, prod]", "clusters: [prod]");
    expect(codes()).toEqual(["L008"]);
    settings("clusters: [prod] }", "clusters: [prod], leaves: [dev] }");
    expect(codes()).toEqual([]);
  });

  it("refuses nothing of a tenant that goes step by step", () => {
    for (const state of ["suspended", "retiring", "removed"]) {
      tenant("team-c", `lifecycle: { state: ${state} }`);
      expect([state, codes()]).toEqual([state, []]);
      git("commit", "-qam", state);
    }
  });
});
