import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasErrors } from "../../config/settings";
import { builtin } from "../../features";
import { EstateError, formatProblem } from "../../model/problem";
import { newTenantProblems, tenantText } from "../../tenants/new-tenant";
import { nameProblems } from "../../tenants/name";
import { misread, readOperands } from "../arguments";
import { type Ask, onTerminal } from "./ask";
import { print, type Command } from "./command";

const usage =
  "estate tenant add [<name>] [--display-name <text>] [--owner <e-mail>] [--cost-center <text>] [--profile <name>] [--isolation namespace|vcluster] [--environment <name>]... [--application <name>]...";

function badName(name: string): string | undefined {
  const [problem] = nameProblems(name, [], { file: `tenants/${name}.yaml` });
  return problem === undefined ? undefined : formatProblem(problem);
}

/**
 * Writes a new tenant's file, once nothing is wrong with it. What is not given is asked for; where nobody is there to ask, that
 * is a mistake of the command line.
 */
export async function addTenant(args: readonly string[], projectDir: string, ask: Ask | undefined): Promise<number> {
  const { values, operands } = readOperands(
    usage,
    {
      "display-name": { type: "string" },
      owner: { type: "string" },
      "cost-center": { type: "string" },
      profile: { type: "string" },
      isolation: { type: "string" },
      environment: { type: "string", multiple: true },
      application: { type: "string", multiple: true },
    },
    ask !== undefined && args[0]?.startsWith("-") !== false ? [] : ["name"],
    args,
  );
  const needed = async (given: string | undefined, option: string, answer: () => Promise<string> | undefined) => {
    const value = given ?? (await answer());
    if (value === undefined) throw misread(usage, `no ${option}, and no terminal to ask on`);
    return value;
  };
  const given = (operands as { readonly name?: string }).name;
  const name = await needed(given, "<name>", () => ask?.("Name (a-z, 0-9, -)", "", badName));
  const form = nameProblems(name, [], { file: `tenants/${name}.yaml` });
  if (form.length > 0) throw new EstateError(form);
  const title = name.replace(/(^|-)(.)/g, (_, dash: string, letter: string) => `${dash && " "}${letter.toUpperCase()}`);
  const displayName = await needed(values["display-name"], "--display-name", () =>
    ask?.("Name as people write it", title),
  );
  const owner = await needed(values.owner, "--owner", () => ask?.("E-mail of who answers for it"));
  const {
    "cost-center": costCenter,
    profile,
    isolation,
    environment: environments,
    application: applications,
  } = values;
  const text = tenantText({
    displayName,
    owner,
    ...(costCenter === undefined ? {} : { costCenter }),
    ...(profile === undefined ? {} : { profile }),
    ...(isolation === undefined ? {} : { isolation }),
    ...(environments === undefined ? {} : { environments }),
    ...(applications === undefined ? {} : { applications }),
  });
  const problems = newTenantProblems({ projectDir, features: builtin, name, text });
  if (hasErrors(problems)) throw new EstateError(problems);
  for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`);
  const file = `tenants/${name}.yaml`;
  mkdirSync(join(projectDir, "tenants"), { recursive: true });
  // Never over a file that came meanwhile.
  writeFileSync(join(projectDir, file), text, { flag: "wx" });
  print(`${file} written`);
  print(`Next:\n  npx estate plan          # what it will make\n  git add ${file}   # and a merge request`);
  return 0;
}

/** `estate tenant add`. */
export const tenantAdd: Command = {
  name: "tenant add",
  usage,
  summary: "writes a new tenant's file; asks on a terminal for what is not given",
  run: (args) => onTerminal((ask) => addTenant(args, process.cwd(), ask)),
};
