import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { migrate, migrations as released, tenantSchemaVersion, type Migration } from "../../tenants/migrations";
import { misread, readArguments } from "../arguments";
import { print, type Command } from "./command";

const usage = "estate migrate [--check]";

/** Takes all tenant files of a folder to the newest form; with `check` it only tells. Gives the lines of its report. */
export function migrateFolder(
  directory: string,
  check: boolean,
  migrations: readonly Migration[] = released,
): readonly string[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith(".yaml") && !file.startsWith("."))
    .sort()
    .flatMap((file) => {
      const path = join(directory, file);
      const migrated = migrate(readFileSync(path, "utf8"), migrations);
      if (migrated === undefined) return [];
      if (!check) writeFileSync(path, migrated.text);
      const what = migrated.steps.map((step) => step.what).join("; ");
      return [`tenants/${file}: schema ${String(migrated.from)} -> ${String(migrations.length + 1)}: ${what}`];
    });
}

/** Takes tenant files of an older form to this program's: 2 with `--check` where there are some. */
export const migrateCommand: Command = {
  name: "migrate",
  usage,
  summary: "takes tenant files of an older form to this program's (--check: only tells, exit code 2)",
  run: (args) => {
    const { check } = readArguments(usage, { check: { type: "boolean", default: false } }, args);
    const directory = join(process.cwd(), "tenants");
    let lines;
    try {
      lines = migrateFolder(directory, check);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === "ENOENT") throw misread(usage, `no folder ${directory}`);
      throw thrown;
    }
    for (const line of lines) print(line);
    const form = `the form of schema ${String(tenantSchemaVersion)}`;
    if (lines.length === 0) print(`all tenant files have ${form}, or are told by \`npx estate validate\``);
    else print(check ? `${String(lines.length)} do not have ${form}` : `${String(lines.length)} have ${form} now`);
    return check && lines.length > 0 ? 2 : 0;
  },
};
