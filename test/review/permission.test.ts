import { describe, expect, it } from "vitest";
import { type ChangeFacts, isData, permissionOf } from "../../review/permission";

const facts = (change: Partial<ChangeFacts>): ChangeFacts => ({
  paths: ["tenants/payments.yaml"],
  fork: false,
  target: "main",
  deployed: "main",
  labelled: false,
  ...change,
});

const data = ["tenants/payments.yaml", "tenants/search.yaml", "CODEOWNERS"];
const code = ["tenants/payments.yaml", "index.ts"];

describe("what a change may run", () => {
  it.each([
    // fork, labelled, paths -> run, program, role
    [false, false, data, true, "main", "read-only", "it touches tenants' files alone: main's program reads them"],
    [false, true, data, true, "main", "read-only", "it touches tenants' files alone: main's program reads them"],
    [true, false, data, false, "main", "none", "it comes from a fork: a maintainer looks at it and sets the label"],
    [true, true, data, true, "main", "read-only", "it touches tenants' files alone: main's program reads them"],
    [
      false,
      false,
      code,
      false,
      "main",
      "none",
      "it changes code (index.ts): a maintainer looks at this commit and sets the label",
    ],
    [
      false,
      true,
      code,
      true,
      "head",
      "read-only",
      "it changes code (index.ts), and a maintainer has set the label on this commit",
    ],
    [
      true,
      false,
      code,
      false,
      "main",
      "none",
      "it comes from a fork and changes code (index.ts): a fork's code never runs with a credential",
    ],
    [
      true,
      true,
      code,
      false,
      "main",
      "none",
      "it comes from a fork and changes code (index.ts): a fork's code never runs with a credential",
    ],
  ] as const)("fork %j, labelled %j, %j", (fork, labelled, paths, run, program, role, reason) => {
    expect(permissionOf(facts({ fork, labelled, paths }))).toEqual({ run, program, role, reason });
  });

  it("says of many files how many", () => {
    expect(permissionOf(facts({ paths: ["a.ts", "b.ts", "c.ts"] })).reason).toContain("(a.ts and 2 more)");
  });

  it.each([
    [{ target: "release" }, "it goes into release, and only main is applied"],
    [{ paths: [] }, "it changes no file"],
  ])("%j runs nothing", (change, reason) => {
    expect(permissionOf(facts({ ...change, labelled: true }))).toEqual({
      run: false,
      program: "main",
      role: "none",
      reason,
    });
  });

  it("lets no fork's code run with a credential, whatever else is so", () => {
    for (const labelled of [true, false])
      for (const path of [
        ".gitlab-ci.yml",
        ".github/workflows/x.yml",
        "package.json",
        "tenants/load.ts",
        "Pulumi.dev.yaml",
      ])
        expect(permissionOf(facts({ fork: true, labelled, paths: [path] })).role).toBe("none");
  });
});

describe("data", () => {
  it.each([
    ["tenants/payments.yaml", true],
    ["tenants/team-a.yaml", true],
    ["CODEOWNERS", true],
    ["tenants/load.ts", false],
    ["tenants/tenant.schema.json", false],
    ["tenants/deep/er.yaml", false],
    ["tenants/../index.ts", false],
    ["tenants/.hidden.yaml", false],
    ["tenants/payments.yaml.ts", false],
    ["tenants/payments.yml", false],
    ["tenants/payments.yaml\n", false],
    ["other/tenants/payments.yaml", false],
    ["Pulumi.dev.yaml", false],
    ["codeowners.yaml", false],
    ["(more files than the host tells)", false],
  ])("%j: %j", (path, expected) => {
    expect(isData(path)).toBe(expected);
  });
});
