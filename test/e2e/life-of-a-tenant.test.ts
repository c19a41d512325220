import { KubernetesClient, VaultClient, type Manifest } from "@estate/clients";
import { ensureTools, silent } from "@estate/sandbox";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addDays } from "../../model/date";
import { GitLabSide, type Login } from "../../scripts/live/gitlab";
import { edit, succeed, type Ran } from "../support/commands";
import { Credentials } from "../support/credentials";
import { expectExample } from "../support/examples";
import { succeedGit } from "../support/git";
import { codesOf, outputOf } from "../support/gitlab-runner";
import { MergeRequests } from "../support/merge-requests";
import { followPage, type Way } from "../support/pages";
import { TestProject } from "../support/project";
import { line, propose, reviewed, type Step } from "../support/proposals";
import { leaks } from "../support/secrets";

// The life of a tenant: the pages of docs/how-to are followed on one estate, one after the other, by their own commands. Steps that
// people propose go by merge requests and this repository's own pipelines; the comments they get are docs/examples.

let project: TestProject;
let requests: MergeRequests;
let vault: VaultClient;
let gitlab: GitLabSide;
const clusters = new Map<string, KubernetesClient>();
const more: Record<string, string> = {};

const today = new Date().toISOString().slice(0, 10);
const up = "pulumi up --stack dev --yes --skip-preview";

const cluster = (name: string): KubernetesClient => {
  const client = clusters.get(name);
  if (client === undefined) throw new Error(`no client for ${name}`);
  return client;
};
const typed = (command: string): Promise<Ran> => succeed(project, command, more);
const follow = (page: string, way: Way): Promise<string> => followPage(project, page, way, typed);

beforeAll(async () => {
  project = await TestProject.start();
  project.settings(/issued: "[^"]*"/, `issued: "${addDays(today, -2)}"`);
  project.tenant("team-a", "environments: [dev]");
  for (const context of Object.keys(project.sandbox.clusters))
    clusters.set(context, KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context }));
  vault = new VaultClient(project.sandbox.vault.address, project.sandbox.vault.token);
  gitlab = new GitLabSide(project.sandbox.gitlab);
  const { folders } = await ensureTools(["kubectl"], silent);
  const { PULUMI_SKIP_CHECKPOINTS = "" } = project.context.env;
  more["PATH"] = [project.context.env["PATH"] ?? "", ...folders, process.env["PATH"] ?? ""].join(delimiter);
  more["PULUMI_SKIP_CHECKPOINTS"] = PULUMI_SKIP_CHECKPOINTS;
  await typed("npm run -s codeowners");
  // The first one writes the key of the stack's secrets into its file, which is committed with the rest.
  await project.succeed("up", "--yes", "--skip-preview");
  requests = await MergeRequests.start(project);
});

afterAll(async () => {
  for (const client of clusters.values()) client.close();
  vault.close();
  gitlab.end();
  requests.end();
  await project.end();
});

let branches = 0;
/** A branch of one's own. */
const branch = (): Promise<string> =>
  succeedGit(project.dir, "checkout", "--quiet", "-b", `change-${String((branches += 1))}`, "main");

const examples = new Map<string, string>();

/** A page's steps, each by a merge request. */
const byRequests = (...steps: readonly Step[]): Pick<Way, "before" | "apply"> => ({
  before: async () =>
    (await succeedGit(project.dir, "rev-parse", "--abbrev-ref", "HEAD")) === "main" ? branch() : undefined,
  apply: async (command, time) => {
    // What the pipeline's job says of itself.
    expect(command).toBe(up);
    const step = steps[time];
    if (step === undefined) throw new Error(`a step ${String(time + 1)} on the page that nobody awaits`);
    const comment = await propose(requests, step);
    if (step.example !== undefined) examples.set(step.example, comment);
  },
});

/** A page's steps as they are typed; then what they changed is in the repository. */
const byHand: Pick<Way, "before" | "apply"> = {
  before: () => succeedGit(project.dir, "checkout", "--quiet", "main"),
  apply: (command) => typed(command),
};

/** Roles are replaced by lesser ones, and the reconciler's goes. */
const suspension = line("search", "0 new, 4 changed, 1 deleted, 5 replaced");

const file = (): string => join(project.dir, "tenants", "search.yaml");
const homeIn = (name: string): Promise<Manifest | undefined> =>
  cluster(name).find({ apiVersion: "v1", kind: "Namespace", metadata: { name: "search-dev" } });
async function pods(): Promise<unknown> {
  const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "tenant", namespace: "search-dev" } };
  return ((await cluster("dev").get(quota))["spec"] as { readonly hard: Readonly<Record<string, string>> }).hard[
    "pods"
  ];
}
const planes = async (): Promise<string[]> =>
  [
    ...new Set((await project.inventory()).filter(({ tenant }) => tenant === "search").map(({ plane }) => plane)),
  ].sort();

describe("the pages of docs/how-to, on one estate", { timeout: 1_800_000 }, () => {
  it("add.md", async () => {
    const lines = [line("search", "\\d\\d new, 0 changed, 0 deleted")];
    expect(await follow("add.md", byRequests({ example: "add", lines }))).toContain("search-developers");
    expect(await planes()).toEqual(["gitlab", "gitops", "kubernetes", "registry", "vault"]);
  });

  it("change.md", async () => {
    const lines = [line("search", "0 new, [1-9] changed, 0 deleted")];
    await follow("change.md", byRequests({ example: "change", lines }));
    expect(await pods()).toBe("200");
    expect((await homeIn("dev"))?.metadata.labels).toMatchObject({ "estate.dev/cost-center": "4711" });
  });

  it("rotate.md: new ones beside the old, and the old are dead after the next rotation", async () => {
    const credentials = new Credentials(vault, project.sandbox.harbor.url);
    const clones = async (login: Login): Promise<boolean> =>
      (await gitlab.clone("acme/tenants/search/ops-dev", login)).code === 0;
    const taken = async () => ({
      git: await credentials.git("search", "dev"),
      pushing: await credentials.pushing("search"),
    });
    const pushes = async ({ pushing }: Awaited<ReturnType<typeof taken>>, tag: string): Promise<number> =>
      (await pushing.pushImage("acme-search/index", tag, Buffer.from(tag))).status;
    const [old, before] = [await taken(), await typed("npx estate credentials --stack dev --all --json")];
    await follow("rotate.md", {
      ...byHand,
      days: { "2026-12-10": addDays(today, -1), "2027-01-20": today },
      apply: async (command, time) => {
        await typed(command);
        const fresh = await taken();
        expect(fresh.git.password).not.toBe(old.git.password);
        expect(await clones(fresh.git)).toBe(true);
        expect(await pushes(fresh, `2.${String(time)}.0`)).toBe(201);
        expect(await clones(old.git), "the old one reads until the next rotation").toBe(time === 0);
        expect(await pushes(old, `1.${String(time)}.0`)).toBe(time === 0 ? 201 : 401);
      },
    });
    expect(old.pushing.tokenStatus).toBe(401);
    expect((await typed("npx estate credentials --stack dev --all --json")).output).not.toBe(before.output);
    await requests.push("rotated");
  });

  it("break-glass.md; the pipeline of the night tells what was changed by hand", async () => {
    const nightly = async (box: number): Promise<void> => {
      if (box !== 2) return;
      const runs = await requests.night();
      expect(codesOf(runs), outputOf(runs)).toEqual({ drift: 3, "ended-exceptions": 0 });
      expect(readFileSync(join(requests.runner.checkout, "drift-dev.md"), "utf8")).toContain(
        "- `~ dev/search-dev/ResourceQuota/tenant` ResourceQuota (somebody changed it)\n  - `spec.hard.pods`: `250` → `200`",
      );
    };
    const output = await follow("break-glass.md", { ...byHand, before: nightly });
    expect(output).toContain("resourcequota/tenant patched");
    expect(output).toMatch(/"250" => "200"/);
    expect(await pods()).toBe("200");
  });

  it("restore.md", async () => {
    const before = project.resources();
    await follow("restore.md", byHand);
    expect(project.resources()).toEqual(before);
  });

  it("upgrade.md", async () => {
    expect(await follow("upgrade.md", byHand)).toMatch(/Vault .*: unsealed/);
  });

  it("suspend.md; a file that is deleted stops with the next step, which then goes on in the same request", async () => {
    await branch();
    rmSync(file());
    await typed("npm run -s codeowners");
    await requests.push("search goes");
    const iid = await requests.open("search goes");
    const { runs, note } = await reviewed(requests, iid, { preview: 2 });
    const [found, ...others] = runs.find(({ name }) => name === "preview")?.annotations ?? [];
    expect(others).toEqual([]);
    expect(found).toMatchObject({
      check_name: "L001",
      location: { path: "tenants/search.yaml", lines: { begin: 1 } },
      description: expect.stringContaining(
        'the file of tenant "search" is gone, and this stack still holds it: active, dev/search-dev; bring it back',
      ) as string,
    });
    expect(note.body).toContain("What would change is not known.");
    expect(note.body).toContain("tenants/search.yaml: error[L001]: the file of tenant");
    expect(note.body).not.toMatch(/at .*\.ts:\d+/);
    examples.set("deleted-file", note.body);
    const [, remedy = ""] =
      /; committed: (git checkout .* -- tenants\/search\.yaml)\)/.exec(found?.description ?? "") ?? [];
    await typed(`${remedy}; npm run -s codeowners`);
    expect(existsSync(file())).toBe(true);

    const open = { iid, note: note.id };
    const told = await follow(
      "suspend.md",
      byRequests(
        { example: "suspend", lines: [suspension], open },
        {
          example: "active-again",
          lines: [line("search", "1 new, 4 changed, 0 deleted, 5 replaced", "\\*\\*yes\\*\\*")],
        },
      ),
    );
    expect(told).toContain("tenants/search.yaml: active -> suspended");
    expect(await pods()).toBe("200");
  });

  it("move.md, to another cluster; in one step it stops with the next one, and code waits for a maintainer", async () => {
    await branch();
    edit(project, "# Pulumi.dev.yaml\nestate:environments:\n  dev:\n    clusters: [prod]\n    leaves: [dev]\n");
    await requests.push("dev moves");
    const iid = await requests.open("dev moves");
    const waiting = await requests.pipeline(iid);
    expect(outputOf(waiting)).toContain("no preview, it changes code (Pulumi.dev.yaml)");
    expect(await requests.notes(iid)).toEqual([]);
    await requests.label(iid);
    const { runs, note } = await reviewed(requests, iid, { preview: 2 });
    expect(runs.find(({ name }) => name === "preview")?.annotations).toMatchObject([
      {
        check_name: "L007",
        location: { path: "Pulumi.dev.yaml" },
        description: expect.stringContaining(
          'environment "dev" leaves cluster "dev" in one step, and has no other home yet for search, team-a; write clusters: [dev, prod], run pulumi up',
        ) as string,
      },
    ]);
    examples.set("move-in-one-step", note.body);

    await succeedGit(project.dir, "checkout", "--quiet", "main", "--", "Pulumi.dev.yaml");
    const lines = (counts: string): RegExp[] => [
      line("search", counts, "no", "team-a"),
      line("team-a", counts, "no", "search"),
      // What clusters tell controllers of the environments on them.
      line("platform", "0 new, [12] changed, 0 deleted", "no", "search, team-a"),
    ];
    await follow("move.md", {
      section: "To another cluster",
      ...byRequests(
        {
          example: "move-to-both",
          lines: lines("\\d\\d new, 1 changed, 0 deleted"),
          code: true,
          open: { iid, note: note.id },
        },
        { example: "move-away", lines: lines("0 new, \\d changed, \\d\\d deleted"), code: true },
      ),
    });
    expect([await homeIn("dev"), (await homeIn("prod"))?.metadata.name]).toEqual([undefined, "search-dev"]);
  });

  it("remove.md, and nothing is left to do for the night", async () => {
    const told = await follow(
      "remove.md",
      byRequests(
        { lines: [suspension] },
        { example: "retire", lines: [line("search", "0 new, 0 changed, [1-9]\\d deleted")] },
        { example: "remove", lines: [line("search", "0 new, 0 changed, [1-9]\\d deleted")] },
      ),
    );
    for (const step of ["active -> suspended", "suspended -> retiring", "retiring -> removed"])
      expect(told).toContain(`tenants/search.yaml: ${step}`);
    expect(await planes()).toEqual([]);
    const runs = await requests.night();
    expect(codesOf(runs), readFileSync(join(requests.runner.checkout, "drift-dev.md"), "utf8")).toEqual({
      drift: 0,
      "ended-exceptions": 0,
    });
  });
});

describe("the comments", () => {
  it("are those of docs/examples", () => {
    expect(examples.size).toBe(10);
    for (const [name, comment] of examples) expectExample(name, comment, today);
  });

  it("tell no credential, and neither does what the jobs left beside them", () => {
    const planted = {
      vault: project.sandbox.vault.token,
      gitlab: project.sandbox.gitlab.token,
      harbor: project.sandbox.harbor.password,
    };
    expect(leaks(project.folder, planted, [/^sandbox\//, /^(project|runner\/checkout)\/\.git\//])).toEqual([]);
  });
});
