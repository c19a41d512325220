import { Progress } from "@estate/sandbox";
import { hasErrors } from "../../config/settings";
import { builtin } from "../../features";
import { EstateError, formatProblem } from "../../model/problem";
import { planEstate } from "../../plan/plan";
import { loadInputs } from "../../tenants/inputs";
import { readOperands } from "../arguments";
import { examine } from "../doctor/doctor";
import { print, type Command } from "./command";

const usage = "estate doctor [--stack <name>] [--json]";

/** Asks every system of a stack whether a run would get through, and writes to none. */
export const doctorCommand: Command = {
  name: "doctor",
  usage,
  summary: "whether clusters, Vault, GitLab and the registry are there, and this login enough",
  run: async (args) => {
    const { values } = readOperands(
      usage,
      { stack: { type: "string", default: "dev" }, json: { type: "boolean", default: false } },
      [],
      args,
    );
    const inputs = loadInputs({
      projectDir: process.cwd(),
      stack: values.stack,
      features: builtin,
      environment: process.env,
    });
    const plan = planEstate({ ...inputs, features: builtin });
    const task = new Progress().begin("asking every system");
    const findings = await examine({ plan, access: inputs.access, environment: process.env }).finally(() =>
      task.end(""),
    );
    const checks = findings.flatMap((each) => each.checks);
    const problems = findings.flatMap((each) => each.problems);
    if (values.json) {
      print(JSON.stringify({ ok: !hasErrors(problems), checks, problems }, undefined, 2));
      return hasErrors(problems) ? 2 : 0;
    }
    for (const { what, seen } of checks) print(`ok  ${what}: ${seen}`);
    if (hasErrors(problems)) throw new EstateError(problems);
    for (const each of problems) process.stderr.write(`${formatProblem(each)}\n`);
    return 0;
  },
};
