import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type TemporaryProject, temporaryProject } from "../support/projects";

const root = join(__dirname, "../..");

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => {
  project.remove();
});

function validate(...options: string[]) {
  const main = join(root, "scripts/validate.ts");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", require.resolve("tsx"), main, ...options],
    { cwd: project.dir, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("npm run validate", () => {
  it("counts what it checked", () => {
    expect(validate()).toEqual({ status: 0, stdout: "ok: 1 stack file and 2 tenants\n", stderr: "" });
  });

  it("ends with 2 and one report", () => {
    project.write(
      "tenants/team-c.yaml",
      "schema: 1\ndisplayName: C\nowner: { email: c@example.com }\nproflie: large\n",
    );
    expect(validate("--stack", "dev")).toEqual({
      status: 2,
      stdout: "",
      stderr:
        'tenants/team-c.yaml:4:1: error[K001]: unknown key "proflie"; did you mean "profile"?\n1 problem found in 1 stack file and 3 tenants\n',
    });
  });

  it("prints JSON for other programs", () => {
    const { status, stdout, stderr } = validate("--stack", "nowhere", "--format", "json");
    expect({ status, stderr }).toEqual({ status: 2, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, problems: [{ code: "P015", severity: "error" }] });
  });

  it("explains itself when asked for something else", () => {
    expect(validate("--frmat", "json")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("usage:") as unknown,
    });
  });
});
