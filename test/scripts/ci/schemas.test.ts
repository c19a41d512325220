import Ajv from "ajv";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { plan, tenant } from "../../support/fixtures";

// The pipelines' files have the form that their hosts read: a key that is misspelled is passed over by a runner, or stops a
// pipeline that nobody has started yet.

const root = join(__dirname, "../../..");
const ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateFormats: false });

function schema(name: string): (text: string) => string[] {
  const check = ajv.compile(
    JSON.parse(readFileSync(join(root, "test/fixtures/schemas", `${name}.json`), "utf8")) as object,
  );
  return (text) => {
    // As GitLab's own schema has it: a mapping of the one key.
    const value: unknown = parse(text.replaceAll(/!reference (\[[^\]]+\])/g, '{ "!reference": $1 }'), { merge: true });
    return check(value)
      ? []
      : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ""}`);
  };
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const [gitlab, workflow, action] = [schema("gitlab-ci"), schema("github-workflows"), schema("github-actions")];

const files = [
  [".gitlab-ci.yml", gitlab] as const,
  ...readdirSync(join(root, ".github/workflows")).map((name) => [`.github/workflows/${name}`, workflow] as const),
  ...readdirSync(join(root, ".github/actions")).map((name) => [`.github/actions/${name}/action.yml`, action] as const),
];

describe("a pipeline's file has the form that its host reads", () => {
  it("all of them", () => {
    expect(files.length).toBeGreaterThanOrEqual(6);
  });

  it.each(files)("%s", (path, check) => {
    expect(check(read(path))).toEqual([]);
  });

  it("those that tenants' projects run", () => {
    const { pipelines } = plan([tenant("team-a", { applications: [{ name: "web" }] })]);
    const texts = Object.entries(pipelines).filter(([path]) => path.endsWith(".yml"));
    expect(texts.map(([path]) => path).sort()).toEqual(["application.yml", "promotion.yml"]);
    for (const [path, text] of texts) expect([path, gitlab(text)]).toEqual([path, []]);
  });

  it.each([
    [".gitlab-ci.yml", gitlab, "    expire_in: 1 day", "    expires_in: 1 day"],
    [".gitlab-ci.yml", gitlab, "  interruptible: false", "  interruptible: 7"],
    [".github/workflows/estate-preview.yml", workflow, "    runs-on:", "    run-on:"],
    [".github/actions/estate/action.yml", action, "  using: composite", "  using: composit"],
  ])("a slip in %s is told", (path, check, written, slip) => {
    const text = read(path);
    expect(text).toContain(written);
    expect(check(text.replace(written, slip))).not.toEqual([]);
  });
});
