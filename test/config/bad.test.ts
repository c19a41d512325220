import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readSettings } from "../../config/settings";
import { builtin } from "../../features";
import { formatProblem, type Problem, sortProblems } from "../../model/problem";
import { readTenantFiles } from "../../tenants/files";
import { heldBy } from "../../tenants/held";
import { checkLosses } from "../../tenants/losses";
import { validateProject } from "../../tenants/validate";
import { fixtureFiles, type TemporaryProject, temporaryProject } from "../support/projects";

// Each folder of test/bad lays its files over the good project. expect.txt is the whole report; the files of `twin`
// differ in the mistake alone and must pass.
const folder = join(__dirname, "../bad");

let project: TemporaryProject;
beforeEach(() => {
  project = temporaryProject();
});
afterEach(() => {
  project.remove();
});

const today = "2026-01-01";

/** What a run would lose, where a case says by held.json what its stack held: the stack's outputs. */
function losses(files: ReadonlyMap<string, Uint8Array>): readonly Problem[] {
  const output = files.get("held.json");
  if (output === undefined) return [];
  const held = heldBy(JSON.parse(Buffer.from(output).toString()) as Readonly<Record<string, unknown>>);
  const { settings, source } = readSettings({ projectDir: project.dir, stack: "dev", features: builtin });
  if (settings === undefined || source === undefined) throw new Error("the settings of the case cannot be read");
  const { entries } = readTenantFiles(join(project.dir, "tenants"), builtin);
  return checkLosses({ held, entries, settings, places: source, today });
}

function report(files: ReadonlyMap<string, Uint8Array>): string[] {
  for (const [file, content] of files) project.write(file, content);
  const { problems } = validateProject({ projectDir: project.dir, features: builtin, today });
  return sortProblems([...problems, ...losses(files)]).map(formatProblem);
}

it("passes the good project", () => {
  expect(report(new Map())).toEqual([]);
});

const slugs = readdirSync(folder).sort();

describe.each(slugs)("bad/%s", (slug) => {
  it("is told with place, code, cause and remedy", () => {
    const files = fixtureFiles(join(folder, slug));
    const text = `${report(new Map([...files].filter(([name]) => !name.startsWith("twin/")))).join("\n")}\n`;
    const expected = join(folder, slug, "expect.txt");
    // For a new case: write what is told, then read it.
    if (process.env["WRITE_EXPECTATIONS"] !== undefined && !existsSync(expected)) writeFileSync(expected, text);
    expect(text).toBe(readFileSync(expected, "utf8"));
  });
});

describe.each(slugs.filter((slug) => existsSync(join(folder, slug, "twin"))))("the twin of bad/%s", (slug) => {
  it("passes", () => {
    expect(report(fixtureFiles(join(folder, slug, "twin")))).toEqual([]);
  });
});
