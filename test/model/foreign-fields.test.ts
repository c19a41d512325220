import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { foreignFields } from "../../model/foreign-fields";
import { plan, tenant } from "../support/fixtures";

/** The value at a path whose last part may hold dots: `metadata.labels.kubernetes.io/metadata.name`. */
function at(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, path)) return (value as Record<string, unknown>)[path];
  const [first = "", ...rest] = path.split(".");
  return rest.length === 0 ? undefined : at((value as Record<string, unknown>)[first], rest.join("."));
}

describe("fields that others write", () => {
  const everything = {
    applications: [{ name: "web", imageUpdates: { range: "1.x" } }],
    notifications: [{ kind: "slack" }],
  };
  const planned = plan([tenant("team-a", everything), tenant("virtual", { ...everything, isolation: "vcluster" })]);
  const objects = planned.tenants.flatMap(({ homes }) => homes.flatMap((home) => [home.namespace, ...home.objects]));

  it("are never said by the plan of an active tenant", () => {
    for (const { of, path } of foreignFields) {
      for (const object of objects.filter(({ kind }) => kind === of)) {
        expect(at(object, path), `${of} ${object.metadata.name} ${path}`).toBeUndefined();
      }
    }
    // Else the loop above would look at nothing.
    const kinds = new Set(objects.map(({ kind }) => kind));
    expect(foreignFields.filter(({ of }) => !kinds.has(of)).map(({ of }) => of)).toEqual([
      "gitlab:index/repositoryFile:RepositoryFile .gitlab-ci.yml",
    ]);
    expect(at({ metadata: { labels: { "a.b/c.d": "x" } } }, "metadata.labels.a.b/c.d")).toBe("x");
  });

  it("are all in docs/architecture.md, with their writers", () => {
    const page = readFileSync(join(__dirname, "../../docs/architecture.md"), "utf8").replaceAll(/ +/g, " ");
    for (const { of, path, writer } of foreignFields) expect(page).toContain(`| ${of} | ${path} | ${writer} |`);
  });
});
