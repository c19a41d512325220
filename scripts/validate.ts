import { hasErrors } from "../config/settings";
import { builtin } from "../features";
import { formatProblem } from "../model/problem";
import { codeQuality, workflowCommands } from "../review/annotations";
import { type Validation, validateProject } from "../tenants/validate";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";
import type { Command } from "./estate/command";

const usage = "estate validate [--stack <name>]... [--format text|json|github|gitlab | --json]";

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}

function printText({ problems, stacks, tenants }: Validation): void {
  for (const problem of problems) console.error(formatProblem(problem));
  const errors = problems.filter(({ severity }) => severity === "error").length;
  const warnings = problems.length - errors;
  const what = `${count(stacks.length, "stack file")} and ${count(tenants, "tenant")}`;
  const remark = warnings === 0 ? "" : `, ${count(warnings, "warning")}`;
  if (errors > 0) console.error(`${count(errors, "problem")} found in ${what}${remark}`);
  else console.log(`ok: ${what}${remark}`);
}

/** Checks the stack files and tenants of the folder it is run in: 0, or 2 with one report. */
function validate(args: readonly string[]): number {
  const {
    stack: stacks,
    json,
    ...given
  } = readArguments(
    usage,
    {
      stack: { type: "string", multiple: true },
      format: { type: "string", default: "text" },
      json: { type: "boolean", default: false },
    },
    args,
  );
  const format = json ? "json" : given.format;
  if (!["text", "json", "github", "gitlab"].includes(format)) throw misread(usage, `no format "${format}"`);
  const today = new Date().toISOString().slice(0, 10);
  const result = validateProject({ projectDir: process.cwd(), features: builtin, today, ...(stacks && { stacks }) });
  const ok = !hasErrors(result.problems);
  if (format === "json") console.log(JSON.stringify({ ok, ...result }, undefined, 2));
  else if (format === "gitlab") console.log(JSON.stringify(codeQuality(result.problems), undefined, 2));
  else printText(result);
  // The runner takes the lines out of the log, so people read the text beside them.
  if (format === "github") for (const line of workflowCommands(result.problems)) console.log(line);
  return ok ? 0 : 2;
}

/** Checks all files: for people, editors and CI. */
export const validateCommand: Command = {
  name: "validate",
  usage,
  summary: "checks settings and all tenant files, without any cluster",
  run: validate,
};

if (require.main === module) void runCommand(() => validate(process.argv.slice(2)));
