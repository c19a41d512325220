import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { builtin } from "../../features";
import { formatProblem } from "../../model/problem";
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

function report(files: ReadonlyMap<string, Uint8Array>): string[] {
  for (const [file, content] of files) project.write(file, content);
  return validateProject({ projectDir: project.dir, features: builtin, today: "2026-01-01" }).problems.map(
    formatProblem,
  );
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
