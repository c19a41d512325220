import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseDocument } from "yaml";
import { clusterInventory } from "../../scripts/inventory";
import { LiveEstate, LiveHome } from "../../scripts/live/home";
import { TestProject } from "../support/project";

// A cluster is replaced by another one, as docs/aws.md tells: it comes up beside the first, takes the tenants over, and the
// first goes. The sandbox's third cluster plays the new one.

let project: TestProject;
let live: LiveEstate;
let blue: LiveHome;
let green: LiveHome;

/** The clusters that there are, those of the environment, and those that tenants' homes may go from. */
function settle(clusters: readonly string[], environment: readonly string[], leaves?: readonly string[]): void {
  const file = join(project.dir, "Pulumi.dev.yaml");
  // Not by plain data: a date would lose its quotes.
  const stack = parseDocument(readFileSync(file, "utf8"));
  const known: Record<string, unknown> = {
    "control-plane": { role: "control-plane", kind: "existing" },
    blue: { role: "workload", kind: "existing", context: "dev" },
    green: { role: "workload", kind: "existing", context: "prod" },
  };
  stack.setIn(["config", "estate:clusters"], Object.fromEntries(clusters.map((name) => [name, known[name]])));
  stack.setIn(["config", "estate:environments"], { dev: { clusters: environment, leaves } });
  writeFileSync(file, stack.toString());
}

const up = (): Promise<unknown> => project.succeed("up", "--yes", "--skip-preview");
const application = (home: LiveHome) => home.at("v1", "ConfigMap", "application");

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a");
  live = new LiveEstate(project.sandbox, "acme/tenants");
  blue = new LiveHome(live, "team-a", "dev", "dev");
  green = new LiveHome(live, "team-a", "dev", "prod");
  settle(["control-plane", "blue"], ["blue"]);
  await up();
  await blue.commit({
    "kustomization.yaml": "resources: [application.yaml]\n",
    "application.yaml": "{ apiVersion: v1, kind: ConfigMap, metadata: { name: application } }\n",
  });
  await blue.appears(application(blue), 180_000);
});

afterAll(async () => {
  live.close();
  await project.end();
});

describe("a cluster that is replaced, blue to green", () => {
  it("1. the new one comes up with the platform on it and no tenant", async () => {
    settle(["control-plane", "blue", "green"], ["blue"]);
    const changes = await project.previewed();
    expect(changes.filter((change) => !change.startsWith("create "))).toEqual([]);
    expect(changes.filter((change) => change.includes("team-a"))).toEqual([]);
    await up();
    const found = await clusterInventory("prod", green.cluster);
    expect(found.length).toBeGreaterThan(50);
    expect(new Set(found.map(({ tenant }) => tenant))).toEqual(new Set(["platform"]));
  });

  it("2. every tenant has its home on both, from the same repository; not on the new one alone", async () => {
    settle(["control-plane", "blue", "green"], ["green"], ["blue"]);
    const refused = await project.pulumi("preview");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(
      'error[L007]: environment "dev" leaves cluster "blue" in one step, and has no other home yet for team-a; ' +
        "write clusters: [blue, green], run pulumi up, and move what volumes hold; then clusters: [green] with leaves: [blue]",
    );
    settle(["control-plane", "blue", "green"], ["blue", "green"]);
    const changes = await project.previewed();
    expect(changes.filter((change) => /^(delete|replace)/.test(change))).toEqual([]);
    await up();
    await green.appears(application(green), 180_000);
    expect(await blue.find(application(blue))).toBeDefined();
  });

  it("3. the first one loses its tenants, and nothing else is touched", async () => {
    settle(["control-plane", "blue", "green"], ["green"]);
    const refused = await project.pulumi("preview");
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(
      'error[L008]: environment "dev" leaves cluster "blue", where this stack still holds team-a; ',
    );
    settle(["control-plane", "blue", "green"], ["green"], ["blue"]);
    const changes = await project.previewed();
    const deletions = changes.filter((change) => change.startsWith("delete "));
    expect(deletions.length).toBeGreaterThan(15);
    expect(deletions.filter((change) => !/^delete (blue\/|gitlab\/team-a\/ops-dev-hook-blue$)/.test(change))).toEqual(
      [],
    );
    expect(changes.filter((change) => /^(create|replace)/.test(change))).toEqual([]);
    await up();
    expect((await clusterInventory("dev", blue.cluster)).filter(({ tenant }) => tenant === "team-a")).toEqual([]);
    expect(await green.find(application(green))).toBeDefined();
  });

  it("4. it goes, and nothing of the estate is left on it", async () => {
    settle(["control-plane", "green"], ["green"]);
    await up();
    expect(await clusterInventory("dev", blue.cluster)).toEqual([]);
    await project.succeed("preview", "--refresh", "--expect-no-changes");
    await green.commit({
      "kustomization.yaml": "resources: [application.yaml, after.yaml]\n",
      "after.yaml": "{ apiVersion: v1, kind: ConfigMap, metadata: { name: after } }\n",
    });
    await green.appears(green.at("v1", "ConfigMap", "after"), 120_000);
  });
});
