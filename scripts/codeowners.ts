import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { builtin } from "../features";
import { defaultGroup } from "../model/names";
import { EstateError } from "../model/problem";
import { codeowners, type OwnerNames } from "../review/owners";
import { hasErrors } from "../config/settings";
import { readTenantFiles } from "../tenants/files";
import { readArguments } from "./arguments";
import { Complaint } from "@estate/sandbox";
import { runCommand } from "./command";

const usage = "npm run codeowners [-- --check]";

/** The file that says how the host of this repository calls its groups. */
const settingsFile = "codeowners.yaml";

const owner = z.string().regex(/^@[\w.-]+(?:\/[\w.-]+)*$/, "write a name as the host does: @acme/platform");

const settingsSchema = z.strictObject({
  host: z.enum(["github", "gitlab"]),
  parent: z.string().regex(/^[\w.-]+(?:\/[\w.-]+)*$/),
  platform: z.array(owner).min(1),
});

function settingsOf(folder: string): OwnerNames {
  const file = join(folder, settingsFile);
  if (!existsSync(file))
    throw new Complaint("cannot write CODEOWNERS", `there is no ${settingsFile}`, "docs/pull-requests.md has its keys");
  const read = settingsSchema.safeParse(parse(readFileSync(file, "utf8")));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new Complaint(
    "cannot write CODEOWNERS",
    `${settingsFile}: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    "docs/pull-requests.md has its keys",
  );
}

/** The text of CODEOWNERS for a project's folder; throws one EstateError where a tenant's file cannot be read. */
export function ownersFile(folder: string): string {
  const { entries, problems } = readTenantFiles(join(folder, "tenants"), builtin);
  if (hasErrors(problems)) throw new EstateError(problems);
  const tenants = entries.flatMap(({ name, tenant }) =>
    tenant === undefined ? [] : [{ name, ownersGroup: tenant.access.owners?.group ?? defaultGroup(name, "owners") }],
  );
  return codeowners(tenants, settingsOf(folder));
}

/** Writes CODEOWNERS; with --check only tells whether it is stale. Both hosts read it at the root of the repository. */
function writeOwners(check: boolean): number {
  const path = join(process.cwd(), "CODEOWNERS");
  const text = ownersFile(process.cwd());
  if (!check) {
    writeFileSync(path, text);
    console.log("CODEOWNERS written");
  } else if (existsSync(path) && readFileSync(path, "utf8") === text) {
    console.log("CODEOWNERS is up to date");
  } else {
    console.error("CODEOWNERS is stale; run: npm run codeowners");
    return 1;
  }
  return 0;
}

if (require.main === module)
  void runCommand(() => writeOwners(readArguments(usage, { check: { type: "boolean", default: false } }).check));
