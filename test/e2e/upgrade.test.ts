import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { releasesFolder } from "../../scripts/release-fixture";
import { hostsOf, stateAt } from "../../scripts/release-state";
import { changes, nameOf, type PreviewStep } from "../../scripts/pulumi-cli";
import { TestProject } from "../support/project";

// Each release's example estate, as that release raised it: the engine previews this program over its state. A preview of a
// change asks the API server for a dry run, so the objects must be there: this program raises them first, under a state of its
// own, which the release's then takes the place of. Keys of another sandbox are differences, and updates.

const releases = readdirSync(releasesFolder);

let project: TestProject;
beforeAll(async () => {
  project = await TestProject.start();
});
afterAll(() => project.end());

/** Raises a release's files, and makes the stack's state that of the release. */
async function become(release: string): Promise<number> {
  const kept = join(releasesFolder, release);
  const settings = join(project.dir, "Pulumi.dev.yaml");
  writeFileSync(settings, readFileSync(join(kept, "Pulumi.dev.yaml")));
  for (const name of readdirSync(join(kept, "tenants")))
    writeFileSync(join(project.dir, "tenants", name), readFileSync(join(kept, "tenants", name)));
  // Those of the release's day have ended one day, and cannot be made.
  project.settings(/issued: "[^"]*"/, `issued: "${new Date().toISOString().slice(0, 10)}"`);
  await project.succeed("up", "--yes", "--skip-preview");
  writeFileSync(settings, readFileSync(join(kept, "Pulumi.dev.yaml")));
  const packed = gunzipSync(readFileSync(join(kept, "state.json.gz"))).toString();
  const state = stateAt(packed, hostsOf(project.sandbox));
  const file = join(project.dir, "state.json");
  writeFileSync(file, state);
  await project.succeed("stack", "import", "--file", file);
  const { deployment } = JSON.parse(state) as { readonly deployment: { readonly resources: readonly unknown[] } };
  return deployment.resources.length;
}

async function preview(): Promise<{ readonly same: number; readonly changed: readonly PreviewStep[] }> {
  const { stdout } = await project.succeed("preview", "--json");
  const { changeSummary = {} } = JSON.parse(stdout) as { readonly changeSummary?: Readonly<Record<string, number>> };
  return { same: changeSummary["same"] ?? 0, changed: changes(stdout) };
}

/** What the next program takes from a release's estate on purpose; docs/upgrades.md says why. */
const meant: Readonly<Record<string, readonly string[]>> = {
  // A level of access changes by replacement, and that of a tenant on its way out is another one now: Reporter.
  "0.1.0": ["replace gitlab/ledger-share-developers", "replace gitlab/ledger-share-owners"],
};

/** What takes something away. */
const losses = (steps: readonly PreviewStep[]): string[] =>
  steps.filter(({ op }) => !["create", "update"].includes(op)).map(({ op, urn }) => `${op} ${nameOf(urn)}`);

describe.each(releases)("over the example estate of release %s", (release) => {
  it("this program replaces and deletes nothing else than what is meant", async () => {
    const resources = await become(release);
    expect(resources).toBeGreaterThan(300);
    const { same, changed } = await preview();
    // It was this state that was compared, and not another estate that is all new.
    expect(same).toBeGreaterThan(resources / 2);
    expect(losses(changed).sort()).toEqual(meant[release] ?? []);
  });

  it("what would be replaced or deleted is seen", async () => {
    project.settings(/issued: "[^"]*"/, 'issued: "2027-01-01"');
    project.removeTenant("ledger");
    project.tenant("ledger", "lifecycle: { state: removed }");
    // Otherwise a removal in one step is refused, and nothing is previewed.
    project.settings("config:\n", "config:\n  estate:tenants: { letGo: [ledger] }\n");
    const lost = losses((await preview()).changed);
    expect(lost).toContain("delete dev/Namespace/ledger-dev");
    expect(lost).toContainEqual(expect.stringMatching(/^replace registry\/acme-payments-robot-ci$/));
  });
});
