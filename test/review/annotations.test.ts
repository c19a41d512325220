import { describe, expect, it } from "vitest";
import type { Problem } from "../../model/problem";
import { codeQuality, previewProblems, workflowCommands } from "../../review/annotations";
import { event, previewOf, recorded } from "./recorded";

const problem = (change: Partial<Problem> = {}): Problem => ({
  code: "K001",
  place: { file: "tenants/a.yaml", line: 4, column: 2 },
  cause: 'unknown key "x"',
  remedy: "remove it",
  severity: "error",
  ...change,
});

describe("GitHub's workflow commands", () => {
  it("stand at file, line and column", () => {
    expect(workflowCommands([problem(), problem({ severity: "warning", place: { file: "Pulumi.dev.yaml" } })])).toEqual(
      [
        '::error file=tenants/a.yaml,line=4,col=2,title=K001::unknown key "x"; remove it',
        '::warning file=Pulumi.dev.yaml,title=K001::unknown key "x"; remove it',
      ],
    );
  });

  it("cannot be made by what a file says", () => {
    const [line = ""] = workflowCommands([
      problem({ cause: "100%\n::set-output name=x::y", place: { file: "tenants/a,line=1::b.yaml", line: 1 } }),
    ]);
    expect(line).toBe(
      "::error file=tenants/a%2Cline=1%3A%3Ab.yaml,line=1,col=1,title=K001::100%25%0A::set-output name=x::y; remove it",
    );
  });
});

describe("GitLab's code quality", () => {
  it("has the fields that GitLab reads", () => {
    const [finding] = codeQuality([problem()]);
    expect(finding).toEqual({
      description: 'unknown key "x"; remove it',
      check_name: "K001",
      fingerprint: expect.stringMatching(/^[0-9a-z]{16}$/),
      severity: "major",
      location: { path: "tenants/a.yaml", lines: { begin: 4 } },
    });
  });

  it("knows a finding again after its line moved, and keeps two of one kind apart", () => {
    const prints = (...problems: readonly Problem[]) => codeQuality(problems).map(({ fingerprint }) => fingerprint);
    const moved = problem({ place: { file: "tenants/a.yaml", line: 9 } });
    expect(prints(problem())).toEqual(prints(moved));
    expect(new Set(prints(problem(), moved, problem({ cause: "other" }))).size).toBe(3);
  });
});

describe("what a preview found wrong", () => {
  it("stands at file and line, as the program told it", () => {
    expect(previewProblems("dev", recorded("broken"))).toEqual([
      {
        code: "K001",
        place: { file: "tenants/team-a.yaml", line: 5, column: 1 },
        cause: 'unknown key "aplications"',
        remedy: 'did you mean "applications"?',
        severity: "error",
      },
    ]);
    expect(previewProblems("dev", recorded("quota"))).toEqual([]);
  });

  const violation = (resourceUrn: string, enforcementLevel: string): string =>
    JSON.stringify({ sequence: 3, policyEvent: { policyName: "p", message: "m", enforcementLevel, resourceUrn } });

  it("stands at the tenant's file for a policy, and at the stack's for the platform's own", () => {
    const step = event("create", "gitlab:index/group:Group", "g");
    const urn = /"urn":"([^"]+)"/.exec(step)?.[1] ?? "";
    const found = previewProblems(
      "dev",
      previewOf(step, violation(urn, "mandatory"), violation("urn:pulumi:dev::estate::a:b:C::x", "advisory")),
    );
    expect(found.map(({ place, severity, cause }) => [place.file, severity, cause])).toEqual([
      ["tenants/payments.yaml", "error", "policy p: m"],
      ["Pulumi.dev.yaml", "warning", "policy p: m"],
    ]);
  });
});
