import { parseArgs } from "node:util";
import { hasErrors } from "../config/settings";
import { builtin } from "../features";
import { formatProblem } from "../model/problem";
import { type Validation, validateProject } from "../tenants/validate";

const usage = "usage: npm run validate [-- --stack <name>]... [--format text|json]";

interface Options {
  readonly stacks?: readonly string[];
  readonly json: boolean;
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: { stack: { type: "string", multiple: true }, format: { type: "string", default: "text" } },
    });
    if (values.format !== "text" && values.format !== "json") return undefined;
    return { json: values.format === "json", ...(values.stack && { stacks: values.stack }) };
  } catch {
    return undefined;
  }
}

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

/** Checks the stack files and tenants of the folder it is run in: exit 0, or 2 with one report. */
function main(): void {
  const options = readOptions();
  if (options === undefined) {
    console.error(usage);
    process.exitCode = 2;
    return;
  }
  const { json, stacks } = options;
  const today = new Date().toISOString().slice(0, 10);
  const result = validateProject({ projectDir: process.cwd(), features: builtin, today, ...(stacks && { stacks }) });
  const ok = !hasErrors(result.problems);
  if (json) console.log(JSON.stringify({ ok, ...result }, undefined, 2));
  else printText(result);
  process.exitCode = ok ? 0 : 2;
}

main();
