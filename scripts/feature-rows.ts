import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { builtin } from "../features";
import { readArguments } from "./arguments";
import { runCommand } from "./command";

const usage = "npm run feature-rows";
const root = join(__dirname, "..");
const file = "test/features/rows.test.ts";

interface Result {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly title: string;
      readonly status: string;
      readonly ancestorTitles: readonly string[];
    }[];
  }[];
}

/** Titles of the rows by whether they hold, with one feature taken out. */
async function rows(without: string | undefined): Promise<{ readonly failed: string[]; readonly passed: string[] }> {
  const { stdout } = await promisify(execFile)(
    "npx",
    ["vitest", "run", "--project", "unit", "--reporter", "json", file],
    { cwd: root, maxBuffer: 1 << 26, env: { ...process.env, ESTATE_WITHOUT_FEATURE: without ?? "" } },
  ).catch((error: unknown) => error as { stdout: string });
  const { testResults } = JSON.parse(stdout.slice(stdout.indexOf("{"))) as Result;
  const all = testResults.flatMap(({ assertionResults }) => assertionResults);
  // A file that broke before its first row says nothing about rows.
  if (all.length === 0) throw new Error(testResults.map(({ message }) => message).join("\n"));
  const of = (status: string): string[] =>
    all.filter((one) => one.status === status).map(({ title }) => title.replace(/:.*/, ""));
  return { failed: of("failed"), passed: of("passed") };
}

/** The feature that owns each row, as docs/features.md says. */
function owners(page: string): ReadonlyMap<string, string> {
  const found = [...page.matchAll(/^\| ([FX]\d+)\s*\|[^|]*\| `([A-Za-z]+)`\s*\|/gm)];
  return new Map(found.map(([, row = "", feature = ""]) => [row, feature]));
}

/** Takes each feature out of the list in turn: exactly its own rows of docs/features.md may fail. */
async function check(): Promise<number> {
  readArguments(usage, {});
  const said = owners(readFileSync(join(root, "docs/features.md"), "utf8"));
  const { failed: broken, passed } = await rows(undefined);
  if (broken.length > 0) throw new Error(`with all features these fail: ${broken.join(", ")}`);
  const wrong: string[] = [];
  const unsaid = passed.filter((row) => !said.has(row));
  if (unsaid.length > 0) wrong.push(`no feature is named in docs/features.md for ${unsaid.join(", ")}`);
  for (const { key } of builtin) {
    const { failed } = await rows(key);
    const own = [...said].flatMap(([row, feature]) => (feature === key ? [row] : []));
    process.stdout.write(`without ${key}: ${failed.join(", ")}\n`);
    if (own.length === 0) wrong.push(`feature ${key} owns no row`);
    if ([...failed].sort().join() !== [...own].sort().join())
      wrong.push(`without ${key} should fail: ${own.join(", ")}`);
  }
  process.stdout.write(wrong.length === 0 ? `each of ${String(builtin.length)} features owns what it says\n` : "");
  for (const line of wrong) process.stdout.write(`${line}\n`);
  return wrong.length === 0 ? 0 : 1;
}

void runCommand(check);
