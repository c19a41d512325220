import { GitLabClient, KubernetesClient, VaultClient } from "@estate/clients";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Found } from "../../scripts/inventory";
import { Credentials } from "../support/credentials";
import { GitLabSide } from "../../scripts/live/gitlab";
import { TestProject } from "../support/project";

// Two estates, each on clusters of its own, with one Vault, one GitLab and one Harbor; their tenants have the same names.

const names = ["acme", "globex"] as const;
type Name = (typeof names)[number];

/** One of the two, and what it holds. */
interface Side {
  readonly project: TestProject;
  readonly dev: KubernetesClient;
  readonly credentials: Credentials;
}

const sides = new Map<Name, Side>();
let gitlab: GitLabSide;
let groups: GitLabClient;
let vault: VaultClient;

const side = (name: Name): Side => {
  const found = sides.get(name);
  if (found === undefined) throw new Error(`${name} was not started`);
  return found;
};
const held = async (name: Name): Promise<string[]> =>
  (await side(name).project.inventory()).map((found: Found) => JSON.stringify(found)).sort();
const up = (name: Name) => side(name).project.succeed("up", "--yes", "--skip-preview");
const clean = (name: Name) => side(name).project.succeed("preview", "--refresh", "--expect-no-changes");
const numberOf = async (path: string): Promise<number> =>
  Number((await groups.read(`groups/${encodeURIComponent(path)}`))?.["id"]);

function begin(name: Name, project: TestProject, services: TestProject): void {
  const { harbor } = services.sandbox;
  project.tenant("team-a", "environments: [dev]", "applications: [{ name: web }]");
  project.tenant("team-ab", "environments: [dev]");
  const dev = KubernetesClient.fromKubeconfig({ path: project.sandbox.kubeconfig, context: "dev" });
  sides.set(name, { project, dev, credentials: new Credentials(vault, harbor.url, name) });
}

beforeAll(async () => {
  const first = await TestProject.start();
  vault = new VaultClient(first.sandbox.vault.address, first.sandbox.vault.token);
  gitlab = new GitLabSide(first.sandbox.gitlab);
  groups = new GitLabClient(first.sandbox.gitlab.url, first.sandbox.gitlab.token);
  begin("acme", first, first);
  const second = await TestProject.start({ services: first.sandbox });
  second.settings("estate:name: acme", "estate:name: globex");
  second.settings("platform.example.com", "platform.example.org");
  begin("globex", second, first);
  await up("acme");
});

afterAll(async () => {
  vault.close();
  groups.close();
  gitlab.end();
  for (const { project, dev } of [...sides.values()].reverse()) {
    dev.close();
    await project.end();
  }
});

describe("a second estate that takes something of the first", () => {
  /** Runs it with other settings, which are taken back: it must fail and change nothing of the first; gives its output. */
  async function refused(find: string, replacement: string, ...more: readonly string[]): Promise<string> {
    const { project } = side("globex");
    const before = await held("acme");
    project.settings(find, replacement);
    // Even a run that goes on after each refusal takes nothing over.
    const { code, output } = await project.pulumi("up", "--yes", "--skip-preview", "--continue-on-error", ...more);
    project.settings(replacement, find);
    expect(code).toBe(1);
    expect(await held("acme")).toEqual(before);
    return output;
  }
  const parent = "parent: acme/tenants";

  // First, while the second estate has nothing: later its own mounts would be renamed, and that refused.
  it("its name: Vault and Harbor make a mount and a project once", async () => {
    const named = ["estate:name: globex", "estate:name: acme"] as const;
    expect(await refused(...named)).toMatch(/acme-team-a[\s\S]*(already exists|409)/);
    // What hangs on a project that is not there ends even a run that goes on, so Vault is asked by one without projects.
    const beside = await refused(...named, "--exclude", "**registry/**", "--exclude-dependents");
    expect(beside).toMatch(/path is already in use at acme\//);
  });

  it("its parent group, by path: GitLab makes a path once", async () => {
    expect(await refused(parent, parent)).toMatch(/gitlab-parent-acme[\s\S]*has already been taken/);
  });

  it("its parent group, by number: the first one's platform group is there", async () => {
    const id = await numberOf("acme/tenants");
    const output = await refused(parent, `${parent}\n    parentId: ${String(id)}`);
    expect(output).toMatch(/gitlab-platform[\s\S]*has already been taken/);
    expect(
      side("globex")
        .project.resources()
        .filter((resource) => resource.includes("gitlab/team-a")),
    ).toEqual([]);
  });

  it("its parent's path, with the number of a group of its own: Vault would trust the first one's pipelines", async () => {
    const { id } = await groups.write("POST", "groups", { name: "spare", path: "spare", visibility: "internal" });
    const output = await refused(parent, `${parent}\n    parentId: ${String(id)}`);
    expect(output).toContain(
      `estate:gitlab: the group with parentId ${String(id)} is "spare", and parent says "acme/tenants"; let both name one group`,
    );
    expect(Object.keys((await vault.read("sys/auth"))?.data ?? {})).not.toContain("globex-ci/");
  });
});

describe("two estates", () => {
  it("come up beside each other, and neither has anything to change after the other", async () => {
    side("globex").project.settings("parent: acme/tenants", "parent: globex/tenants");
    const before = await held("acme");
    await up("globex");
    expect(await held("acme")).toEqual(before);
    // What one has, the other has too, under names of its own.
    const renamed = before.map((line) => line.replaceAll("acme", "globex").replaceAll("example.com", "example.org"));
    expect(await held("globex")).toEqual(renamed.sort());
    for (const name of names) await clean(name);
  });
});

describe.each([
  ["acme", "globex"],
  ["globex", "acme"],
] as const)("a credential of %s, beside %s", (own, other) => {
  const repository = (estate: Name): string => `${estate}/tenants/team-a/ops-dev`;
  const image = (estate: Name): string => `${estate}-team-a/web`;

  it("reads its own repository, and not the other's", async () => {
    const login = await side(own).credentials.git("team-a", "dev");
    expect(await gitlab.clone(repository(own), login)).toMatchObject({ code: 0 });
    const refused = await gitlab.clone(repository(other), login);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toMatch(/HTTP Basic: Access denied/);
  });

  it("pushes to and pulls from its own images, and not the other's", async () => {
    const pushing = await side(own).credentials.pushing("team-a");
    const pulling = await side(own).credentials.pulling("team-a", "dev");
    const theirs = await side(other).credentials.pushing("team-a");
    expect((await pushing.pushImage(image(own), "1.0.0", Buffer.from(own))).status).toBe(201);
    expect((await theirs.pushImage(image(other), "1.0.0", Buffer.from(other))).status).toBe(201);
    expect((await pulling.pullManifest(image(own), "1.0.0")).status).toBe(200);
    for (const client of [pushing, pulling]) {
      const pulled = await client.pullManifest(image(other), "1.0.0");
      expect([pulled.status, pulled.text]).toEqual([401, expect.stringContaining("UNAUTHORIZED")]);
      // It was let in, and given nothing there: no token opens what is the other's.
      expect(client.tokenStatus).toBe(200);
    }
    expect((await pushing.pushImage(image(other), "2.0.0", Buffer.from(own))).status).toBe(401);
  });

  it("of a cluster opens its own tenant's secrets, and not the other's", async () => {
    const { dev, credentials } = side(own);
    const token = (): Promise<string> => dev.tokenRequest("team-a-dev", "secret-reader", ["vault"], 600);
    const reader = await credentials.login(`${own}-dev`, "team-a-dev", await token());
    expect((await reader.read(`${own}/data/team-a/dev/delivery`))?.data["data"]).toHaveProperty("password");
    await expect(reader.read(`${other}/data/team-a/dev/delivery`)).rejects.toThrow(/403.*permission denied/s);
    await expect(credentials.login(`${other}-dev`, "team-a-dev", await token())).rejects.toThrow(
      /400.*(signature|no known key)/s,
    );
    reader.close();
  });

  it("of a pipeline opens its own tenant's secrets, and not the other's", async () => {
    const { credentials } = side(own);
    const job = async (): Promise<string> => (await gitlab.job(`${own}/tenants/team-a/web`)).idToken;
    const pipeline = await credentials.login(`${own}-ci`, "team-a", await job());
    expect((await pipeline.read(`${own}/data/team-a/ci/credentials`))?.data["data"]).toHaveProperty("password");
    await expect(pipeline.read(`${other}/data/team-a/ci/credentials`)).rejects.toThrow(/403.*permission denied/s);
    await expect(credentials.login(`${other}-ci`, "team-a", await job())).rejects.toThrow(/400.*project_path/s);
    pipeline.close();
  });
});

describe("destroying one of two", () => {
  it("leaves nothing of it, and the other as it was: equal, clean, and with credentials that work", async () => {
    const parent = await numberOf("acme/tenants");
    const before = await held("globex");
    await side("acme").project.succeed("destroy", "--yes", "--skip-preview");
    expect(await side("acme").project.inventory(parent)).toEqual([]);
    expect(await held("globex")).toEqual(before);
    await clean("globex");
    const { credentials } = side("globex");
    expect(await gitlab.clone("globex/tenants/team-a/ops-dev", await credentials.git("team-a", "dev"))).toMatchObject({
      code: 0,
    });
    expect((await (await credentials.pulling("team-a", "dev")).pullManifest("globex-team-a/web", "1.0.0")).status).toBe(
      200,
    );
  });
});
