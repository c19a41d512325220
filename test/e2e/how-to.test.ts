import { KubernetesClient, type Manifest } from "@estate/clients";
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../../model/date";
import { boxesOf, edit, succeed, type, type Ran } from "../support/commands";
import { TestProject } from "../support/project";

// The pages of docs/how-to, one after the other on one estate, by their own commands and settings.

let project: TestProject;
let dev: KubernetesClient;
let prod: KubernetesClient;

const today = new Date().toISOString().slice(0, 10);
// The engine writes the state once: no command here is killed.
const faster = { PULUMI_SKIP_CHECKPOINTS: "true" };

beforeAll(async () => {
  project = await TestProject.start();
  project.settings(/issued: "[^"]*"/, `issued: "${addDays(today, -1)}"`);
  const client = (context: string) => KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context });
  [dev, prod] = [client("dev"), client("prod")];
  await succeed(
    project,
    "git init -q -b main; git config user.name test; git config user.email test@example.com; git add -A; git commit -qm start",
  );
  await project.succeed("up", "--yes", "--skip-preview");
});

afterAll(async () => {
  for (const client of [dev, prod]) client.close();
  await project.end();
});

/** Does what a page says, box by box; gives what its commands told. */
async function follow(page: string, section?: string): Promise<string> {
  const boxes = boxesOf(project, `how-to/${page}`, section);
  const told: Ran[] = [];
  for (const { language, text } of boxes) {
    if (language === "yaml") edit(project, text);
    if (language === "sh") told.push(await succeed(project, text, faster));
  }
  expect(told.length, `commands on ${page}`).toBeGreaterThan(0);
  return told.map(({ output }) => output).join("\n");
}

const namespace: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "search-dev" } };
const quota: Manifest = {
  apiVersion: "v1",
  kind: "ResourceQuota",
  metadata: { name: "tenant", namespace: "search-dev" },
};
const pods = async (): Promise<unknown> =>
  ((await dev.get(quota))["spec"] as { readonly hard: Readonly<Record<string, string>> }).hard["pods"];
const planes = async (): Promise<string[]> =>
  [
    ...new Set((await project.inventory()).filter(({ tenant }) => tenant === "search").map(({ plane }) => plane)),
  ].sort();
const preview = (): Promise<Ran> => type(project, "pulumi preview --stack dev");

describe("the pages of docs/how-to", () => {
  it("add.md", async () => {
    const told = await follow("add.md");
    expect(told).toContain("search-developers");
    expect(await planes()).toEqual(["gitlab", "gitops", "kubernetes", "registry", "vault"]);
  });

  it("change.md", async () => {
    await follow("change.md");
    expect(await pods()).toBe("200");
    expect((await dev.get(namespace)).metadata.labels).toMatchObject({ "estate.dev/cost-center": "4711" });
  });

  it("a file that is deleted, and one that is renamed, stop with the next step; nothing is lost", async () => {
    const [file, other] = ["search", "find"].map((name) => join(project.dir, "tenants", `${name}.yaml`)) as [
      string,
      string,
    ];
    rmSync(file);
    const gone = await preview();
    expect(gone.code).not.toBe(0);
    expect(gone.output).toContain(
      'tenants/search.yaml: error[L001]: the file of tenant "search" is gone, and this stack still holds it: active, dev/search-dev; ' +
        "bring it back (not committed yet: git restore tenants/search.yaml; ",
    );
    expect(gone.output).not.toMatch(/at .*\.ts:\d+/);
    await succeed(project, "git restore tenants/search.yaml");
    renameSync(file, other);
    edit(project, "# tenants/find.yaml\nformerName: search\n");
    const renamed = await preview();
    expect(renamed.code).not.toBe(0);
    expect(renamed.output).toMatch(
      /tenants\/find\.yaml:\d+:\d+: error\[L002\]: what tenant "search" has cannot take another name, and this stack still holds it/,
    );
    rmSync(other);
    await succeed(project, "git restore tenants/search.yaml");
    expect(await planes()).toEqual(["gitlab", "gitops", "kubernetes", "registry", "vault"]);
  });

  it("rotate.md", async () => {
    const ends = async (): Promise<string> =>
      (await succeed(project, "npx estate credentials --stack dev --all --json")).output;
    const before = await ends();
    await follow("rotate.md");
    expect(await ends()).not.toBe(before);
    expect(readFileSync(join(project.dir, "Pulumi.dev.yaml"), "utf8")).toContain(`issued: "${today}"`);
  });

  it("break-glass.md", async () => {
    const told = await follow("break-glass.md");
    expect(told).toContain("resourcequota/tenant patched");
    expect(told).toMatch(/"250" => "200"/);
    expect(await pods()).toBe("200");
  });

  it("restore.md", async () => {
    const before = project.resources();
    await follow("restore.md");
    expect(project.resources()).toEqual(before);
  });

  it("upgrade.md", async () => {
    const told = await follow("upgrade.md");
    expect(told).toMatch(/Vault .*: unsealed/);
    await project.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("suspend.md", async () => {
    const told = await follow("suspend.md");
    expect(told).toContain("tenants/search.yaml: active -> suspended");
    expect(await pods()).toBe("200");
  });

  it("remove.md", async () => {
    edit(project, "# tenants/search.yaml\nlifecycle:\n  state: removed\n");
    const hasty = await preview();
    expect(hasty.code).not.toBe(0);
    expect(hasty.output).toContain(
      'error[L004]: tenant "search" is active in this stack, and would be removed in one step; ',
    );
    edit(project, "# tenants/search.yaml\nlifecycle:\n  state: active\n");
    const told = await follow("remove.md");
    for (const step of ["active -> suspended", "suspended -> retiring", "retiring -> removed"])
      expect(told).toContain(`tenants/search.yaml: ${step}`);
    expect(await planes()).toEqual([]);
    await project.succeed("preview", "--refresh", "--expect-no-changes");
  });

  it("move.md", async () => {
    await succeed(project, "npx estate tenant add next --display-name Next --owner n@example.com --environment dev");
    await project.succeed("up", "--yes", "--skip-preview");
    const home: Manifest = { apiVersion: "v1", kind: "Namespace", metadata: { name: "next-dev" } };
    expect(await dev.find(home)).toBeDefined();
    expect(await prod.find(home)).toBeUndefined();
    const told = await follow("move.md", "To another cluster");
    expect(told).not.toMatch(/replace/);
    expect(await dev.find(home)).toBeUndefined();
    expect(await prod.find(home)).toBeDefined();
  });
});
