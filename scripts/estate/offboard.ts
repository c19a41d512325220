import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Complaint } from "@estate/sandbox/complaint";
import { hasErrors } from "../../config/settings";
import { suggestion } from "../../config/suggestion";
import { mistake } from "../../config/mistake";
import { builtin } from "../../features";
import { isDate } from "../../model/date";
import type { LifecycleState } from "../../model/home";
import { EstateError } from "../../model/problem";
import { readTenantFiles } from "../../tenants/files";
import { nextState, withState } from "../../tenants/lifecycle";
import { misread, readOperands } from "../arguments";
import { print, type Command } from "./command";

const usage = "estate offboard <tenant> [--stack <name>] [--keep-data-until <YYYY-MM-DD>] [--dry-run]";

/** What a state does when it is applied, and what undoes it. */
const meaning: Readonly<Record<LifecycleState, string>> = {
  active: "everything is as it was",
  suspended:
    "delivery is paused, no pod may run, people only look; data and credentials stay. Write `active` to take it back",
  retiring:
    "nobody gets in any more, and its credentials for Vault, repositories and images end; data and namespaces stay. Write `active` to take it back: credentials are made anew",
  removed:
    "namespaces with all that is in them, groups, projects and images go, and do not come back. The file stays and keeps the name: never delete it",
};

/** Walks a tenant one step on its way out: active, suspended, retiring, removed. */
export const offboardCommand: Command = {
  name: "offboard",
  usage,
  summary: "takes a tenant one step further on its way out, and says the next",
  run: (args) => {
    const { values, operands } = readOperands(
      usage,
      {
        stack: { type: "string", default: "dev" },
        "keep-data-until": { type: "string" },
        "dry-run": { type: "boolean", default: false },
      },
      ["tenant"],
      args,
    );
    const { tenant: name } = operands;
    const projectDir = process.cwd();
    const files = readTenantFiles(join(projectDir, "tenants"), builtin);
    const entry = files.entries.find((own) => own.name === name);
    if (entry === undefined)
      throw new EstateError([
        mistake(
          "P016",
          { file: "tenants" },
          `no tenant "${name}"`,
          suggestion(
            name,
            files.entries.map((own) => own.name),
          ),
        ),
      ]);
    const own = files.problems.filter(({ place }) => place.file === entry.file);
    if (hasErrors(own) || entry.tenant === undefined) throw new EstateError(own);
    const { state } = entry.tenant.lifecycle;
    const next = nextState(state);
    if (next === undefined) {
      print(`tenant ${name} is removed. ${entry.file} stays: it keeps the name, and says so to whoever wants it again`);
      return 0;
    }
    const until = values["keep-data-until"];
    if (until !== undefined && !isDate(until)) throw misread(usage, `"${until}" is no day: write YYYY-MM-DD`);
    if (until !== undefined && next !== "retiring")
      throw misread(usage, "--keep-data-until belongs to the step from suspended to retiring");
    const today = new Date().toISOString().slice(0, 10);
    const kept = entry.tenant.lifecycle.keepDataUntil;
    if (next === "removed" && kept !== undefined && kept >= today)
      throw new Complaint(
        `tenant ${name} is not removed yet`,
        `its data is kept until ${kept}, by keepDataUntil`,
        "come back after that day, or change the day in its file",
      );
    const path = join(projectDir, entry.file);
    const text = withState(readFileSync(path, "utf8"), next, until);
    if (!values["dry-run"]) writeFileSync(path, text);
    print(`${entry.file}: ${state} -> ${next}${values["dry-run"] ? " (not written)" : ""}`);
    print(`When it is applied: ${meaning[next]}.`);
    const after = nextState(next);
    print("Next:");
    print(`  npx estate plan --stack ${values.stack}`);
    print(
      `  git commit -m "${name}: ${next}" ${entry.file}   # a merge request, and pulumi up --stack ${values.stack} once it is merged`,
    );
    if (next === "removed")
      print(
        "  Where estate:protect is true, Pulumi stops before what it protects and names it: pulumi state unprotect <URN>, for each, first.",
      );
    if (after !== undefined) print(`  npx estate offboard ${name}   # then, and not before: ${next} -> ${after}`);
    return 0;
  },
};
