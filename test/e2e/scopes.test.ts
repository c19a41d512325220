import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { moveTenants } from "../../scripts/move-tenants";
import { changes, nameOf, pulumi, type PulumiResult } from "../../scripts/pulumi-cli";
import { TestProject } from "../support/project";

// One stack becomes two, platform and tenants, and nothing is replaced or deleted; each is then raised by itself.

const shard = "dev-tenants";
let project: TestProject;

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "applications: [{ name: web }]");
  project.tenant("team-ab", "environments: [dev]");
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  await project.end();
});

const run = (stack: string, ...args: readonly string[]): Promise<PulumiResult> =>
  pulumi(project.context, ...args, "--stack", stack);

async function succeed(stack: string, ...args: readonly string[]): Promise<PulumiResult> {
  const result = await run(stack, ...args);
  if (result.code !== 0) throw new Error(`${stack}: pulumi ${args.join(" ")}:\n${result.output.slice(-6000)}`);
  return result;
}

const up = (stack: string): Promise<unknown> => succeed(stack, "up", "--yes", "--skip-preview");
const clean = (stack: string): Promise<unknown> => succeed(stack, "preview", "--refresh", "--expect-no-changes");

/** What a preview would do: `<operation> <logical name>`. */
async function previewed(stack: string): Promise<string[]> {
  const { stdout } = await succeed(stack, "preview", "--json");
  return changes(stdout)
    .map(({ op, urn }) => `${op} ${nameOf(urn)}`)
    .sort();
}

const things = async (): Promise<string[]> =>
  (await project.inventory()).map(({ plane, where, what }) => `${plane} ${where} ${what}`).sort();

describe("a stack that is split", () => {
  it("gives its tenants to a stack of their own; both then have nothing to replace or delete", async () => {
    const before = await things();
    project.settings("config:\n", "config:\n  estate:scope: platform\n");
    const file = `config:\n  estate:scope: tenants\n  estate:platform: dev\n`;
    writeFileSync(join(project.dir, `Pulumi.${shard}.yaml`), file);
    const made = await pulumi(project.context, "stack", "init", shard);
    expect(made.code, made.output).toBe(0);
    const told: string[] = [];
    const move = (yes: boolean): Promise<readonly string[]> =>
      moveTenants(project.context, { from: "dev", to: shard, yes, tell: (line) => told.push(line) });
    expect(await move(false)).toEqual([]);
    expect(told).toEqual([
      `from "dev" to "${shard}": team-a, team-ab`,
      "nothing is moved yet: give --yes to move them",
    ]);
    expect(await move(true)).toEqual(["team-a", "team-ab"]);
    expect(await move(true)).toEqual([]);

    // The platform has not said yet what it hands over.
    const early = await run(shard, "preview");
    expect(early.code).not.toBe(0);
    expect(early.output).toContain(
      'stack "dev" hands nothing over; raise it first, with scope platform: pulumi up --stack dev',
    );
    expect(early.output).not.toMatch(/at .*\.ts:\d+/);

    expect(await previewed("dev")).toEqual([]);
    await up("dev");
    const rest = await previewed(shard);
    expect(rest.filter((change) => !/^(create|update|same) /.test(change))).toEqual([]);
    expect(rest.filter((change) => change.includes("team-"))).toEqual([]);
    await up(shard);
    expect(await things()).toEqual(before);
    await clean("dev");
    await clean(shard);
  });

  it("takes a new tenant without the platform's stack", async () => {
    project.tenant("team-b", "environments: [dev]");
    expect(await previewed("dev")).toEqual([]);
    await up(shard);
    await clean(shard);
    const found = (await project.inventory()).filter(({ tenant }) => tenant === "team-b");
    expect(new Set(found.map(({ plane }) => plane))).toEqual(
      new Set(["kubernetes", "gitops", "vault", "gitlab", "registry"]),
    );
  });

  it("keeps the key of the receivers' tokens out of both states in clear", async () => {
    const { stdout } = await succeed("dev", "stack", "output", "receivers", "--show-secrets");
    expect(stdout.trim().length).toBeGreaterThan(30);
    for (const stack of ["dev", shard])
      expect((await succeed(stack, "stack", "export")).stdout, stack).not.toContain(stdout.trim());
  });

  it("is told when the platform is behind the settings", async () => {
    project.settings("estate:delivery: direct", "estate:delivery: git");
    const early = await run(shard, "preview");
    expect(early.code).not.toBe(0);
    expect(early.output).toContain(
      'stack "dev" was raised with other settings: it delivers no tenant by Git; raise it first: pulumi up --stack dev',
    );
    project.settings("estate:delivery: git", "estate:delivery: direct");
    expect(await previewed(shard)).toEqual([]);
  });

  it("goes in two steps, and leaves nothing in any plane", async () => {
    await succeed(shard, "destroy", "--yes", "--skip-preview");
    expect((await project.inventory()).filter(({ tenant }) => tenant.startsWith("team-"))).toEqual([]);
    await succeed("dev", "destroy", "--yes", "--skip-preview");
    expect(await things()).toEqual([]);
  });
});
