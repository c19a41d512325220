import { shortHash } from "../model/hash";
import type { Problem } from "../model/problem";
import { changesOf } from "./changes";
import type { Preview } from "./preview";

/** One finding of GitLab's code-quality report, with all fields that GitLab reads (docs.gitlab.com/ci/testing/code_quality). */
export interface CodeQualityFinding {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: "minor" | "major";
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

const said = ({ cause, remedy }: Problem): string => (remedy === "" ? cause : `${cause}; ${remedy}`);

/**
 * The artifact `codequality` of a GitLab job. A fingerprint says nothing of the line, so that a finding is the same one after
 * the lines above it moved; the same mistake twice in a file is counted.
 */
export function codeQuality(problems: readonly Problem[]): CodeQualityFinding[] {
  const seen = new Map<string, number>();
  return problems.map((problem) => {
    const { file, line } = problem.place;
    const key = `${problem.code}\n${file}\n${said(problem)}`;
    const number = seen.get(key) ?? 0;
    seen.set(key, number + 1);
    return {
      description: said(problem),
      check_name: problem.code,
      fingerprint: shortHash(`${key}\n${String(number)}`) + shortHash(`${String(number)}\n${key}`),
      severity: problem.severity === "error" ? "major" : "minor",
      location: { path: file, lines: { begin: line ?? 1 } },
    };
  });
}

const escapedMessage = (text: string): string =>
  text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const escapedProperty = (text: string): string => escapedMessage(text).replaceAll(":", "%3A").replaceAll(",", "%2C");

/**
 * Lines that GitHub's runner turns into annotations (docs.github.com, "Workflow commands"). All that comes from a file is
 * escaped: a line of its own would be a command.
 */
export function workflowCommands(problems: readonly Problem[]): string[] {
  return problems.map((problem) => {
    const { file, line, column } = problem.place;
    const properties = [
      `file=${escapedProperty(file)}`,
      ...(line === undefined ? [] : [`line=${String(line)}`, `col=${String(column ?? 1)}`]),
      `title=${escapedProperty(problem.code)}`,
    ].join(",");
    return `::${problem.severity} ${properties}::${escapedMessage(said(problem))}`;
  });
}

/** A line of the one report of mistakes (`formatProblem`), read back. */
const told = /^(.+?)(?::(\d+):(\d+))?: (error|warning)\[([A-Z]\d{3})\]: (.*)$/;

function problemOf(line: string): Problem[] {
  const [, file = "", row, column, severity, code = "", rest = ""] = told.exec(line.trim()) ?? [];
  if (file === "") return [];
  const at = rest.lastIndexOf("; ");
  return [
    {
      code,
      place: { file, ...(row === undefined ? {} : { line: Number(row), column: Number(column) }) },
      cause: at < 0 ? rest : rest.slice(0, at),
      remedy: at < 0 ? "" : rest.slice(at + 2),
      severity: severity === "warning" ? "warning" : "error",
    },
  ];
}

/** The code under which a policy's violation is annotated. */
const violated = "P900";

/**
 * What a preview found wrong, at the place where it is mended: mistakes that the program told with their places, and policies
 * that a resource does not keep, at the tenant's file or else at the stack's.
 */
export function previewProblems(stack: string, preview: Preview): Problem[] {
  const owners = new Map(changesOf(preview).map(({ urn, tenant }) => [urn, tenant]));
  const fileOf = (urn: string): string => {
    const tenant = owners.get(urn);
    return tenant === undefined ? `Pulumi.${stack}.yaml` : `tenants/${tenant}.yaml`;
  };
  return [
    ...preview.diagnostics.flatMap(({ message }) => message.split("\n").flatMap(problemOf)),
    ...preview.violations.map(({ policy, message, level, urn }): Problem => ({
      code: violated,
      place: { file: fileOf(urn), line: 1, column: 1 },
      cause: `policy ${policy}: ${message}`,
      remedy: level === "mandatory" ? "the run refuses it" : "see the report",
      severity: level === "mandatory" ? "error" : "warning",
    })),
  ];
}
