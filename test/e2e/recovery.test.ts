import { readState } from "@estate/sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { controllerStatus } from "../../sandbox/operators/status";
import { clusterInventory, estateNames, inventory } from "../../scripts/inventory";
import { LiveEstate, LiveHome, readyOf, type Named } from "../../scripts/live/home";
import { boxesOf, succeed as succeeded, type as typed, type Ran } from "../support/commands";
import { TestProject } from "../support/project";
import { eventually } from "../support/wait";

// What is lost comes back: an object, a controller, an API server, a run, a whole cluster; by the commands of
// docs/recovery.md. Parts are killed, so the sandbox is this file's own.

let project: TestProject;
let live: LiveEstate;
let dev: LiveHome;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

beforeAll(async () => {
  project = await TestProject.start();
  project.tenant("team-a", "applications: [{ name: web }]");
  project.tenant("team-b", "environments: [dev]");
  live = new LiveEstate(project.sandbox, "acme/tenants");
  dev = new LiveHome(live, "team-a", "dev");
  const settings = "    dev:\n      role: workload\n      kind: existing\n";
  project.settings(settings, `${settings}      uid: ${await uid()}\n`);
  await project.succeed("up", "--yes", "--skip-preview");
  await dev.commit({ "kustomization.yaml": "resources: [web.yaml]\n", "web.yaml": application() });
  await dev.appears(web(), 180_000);
});

afterAll(async () => {
  live.close();
  await project.end();
});

/** The UID of the cluster dev. */
async function uid(): Promise<string> {
  const system = { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } };
  return (await dev.cluster.get(system)).metadata.uid ?? "";
}

const web = (): Named => dev.at("apps/v1", "Deployment", "web");
const delivery = (): Named => dev.at("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "operations");

/** A deployment of the tenant's own image, as guardrails and level `restricted` take it. */
function application(): string {
  const image = `${new URL(project.sandbox.harbor.url).host}/acme-team-a/web:1.0.0`;
  return `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: main
          image: ${image}
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
`;
}

/** Pushes a ConfigMap of this name beside the application. */
const push = (name: string): Promise<string> =>
  dev.commit({
    [`${name}.yaml`]: `{ apiVersion: v1, kind: ConfigMap, metadata: { name: ${name} } }\n`,
    "kustomization.yaml": `resources: [web.yaml, ${name}.yaml]\n`,
  });

const type = (command: string): Promise<Ran> => typed(project, command);
const succeed = (command: string): Promise<Ran> => succeeded(project, command);

/** The command of a section of docs/recovery.md. */
function documented(section: string): string {
  const [box] = boxesOf(project, "recovery.md", section).filter(({ language }) => language === "sh");
  if (box === undefined) throw new Error(`docs/recovery.md has no command under "${section}"`);
  return box.text;
}

/** What the cluster dev holds of the estate and its tenants. */
const held = async (): Promise<string[]> => (await clusterInventory("dev", dev.cluster)).map(({ what }) => what).sort();

/** Waits until all of it is there, the tenant's delivery is Ready, and what it brings is there. */
const back = (before: readonly string[]): Promise<number> =>
  eventually("all that was on dev before, and team-a's application", 300_000, async () => {
    try {
      const now = await held();
      const missing = before.filter((what) => !now.includes(what));
      const ready = readyOf(await dev.find(delivery()));
      const application = await dev.find(web());
      const done = missing.length === 0 && ready.startsWith("True") && application !== undefined;
      return { done, seen: `missing: ${missing.join(", ")}; delivery: ${ready}` };
    } catch (thrown) {
      return { done: false, seen: String(thrown) };
    }
  });

const wipe = "npm run sandbox -- wipe dev";
const clean = (): Promise<unknown> => project.succeed("preview", "--refresh", "--expect-no-changes");

function kill(part: { readonly pid?: number } | undefined, what: string): void {
  if (part?.pid === undefined) throw new Error(`${what} does not run`);
  process.kill(part.pid, "SIGKILL");
}

const killApiServer = (): void => kill(readState(project.sandbox.dir)?.parts["apiserver-dev"], "apiserver-dev");

describe("delivery direct", () => {
  it("a lost cluster: a pinned UID is told and changed, then one command brings everything back", async () => {
    const [before, lost] = [await held(), await uid()];
    expect((await type("npm run sandbox -- wipe deb")).output).toContain('no cluster "deb"');
    const { took: wiping, output } = await succeed(wipe);
    expect(output).toMatch(/dev: \d{3,} keys are gone from etcd/);
    expect(await held()).toEqual([]);

    const command = documented("A lost cluster");
    const refused = await type(command);
    expect(refused.code).not.toBe(0);
    const found = await uid();
    expect(refused.output).toContain(
      `error: cluster dev: context "dev" leads to a cluster whose kube-system has UID ${found}, and the settings pin ${lost}; `,
    );
    expect(await held()).toEqual([]);
    project.settings(lost, found);

    const began = Date.now();
    const { took } = await succeed(command);
    await back(before);
    say(
      `direct: dev wiped in ${seconds(wiping)}; from the command to everything back: ${seconds(Date.now() - began)}, of these Pulumi ${seconds(took)}`,
    );
  });

  it("a run whose API server dies fails and says why; run again, it makes the rest, and nothing twice", async () => {
    project.tenant("late", "environments: [dev]");
    const run = project.pulumi("up", "--yes", "--skip-preview");
    try {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "late-dev" } };
      await eventually("the new tenant's namespace", 400_000, async () => {
        const done = (await dev.cluster.find(namespace)) !== undefined;
        return { done, seen: "it is not there" };
      });
    } finally {
      killApiServer();
      await run;
    }
    const { code, output } = await run;
    expect(code).not.toBe(0);
    expect(output).toMatch(/error: .*https:\/\/127\.0\.0\.1:\d+.*(ECONNREFUSED|ECONNRESET|socket hang up)/);

    await succeed(documented("Something died"));
    await succeed(documented("A run that was cut off"));
    const shape = async (tenant: string): Promise<string[]> =>
      (await inventory(project.sandbox, estateNames(project.dir, "dev")))
        .filter((found) => found.tenant === tenant)
        .map(({ plane, where, what }) =>
          `${plane} ${where} ${what}`.replaceAll(tenant, "<tenant>").replace(/\d+$/, "<number>"),
        )
        .sort();
    await eventually("the same of late as of team-b", 180_000, async () => {
      const [late, whole] = [await shape("late"), await shape("team-b")];
      const differences = [
        ...late.filter((each) => !whole.includes(each)).map((each) => `+ ${each}`),
        ...whole.filter((each) => !late.includes(each)).map((each) => `- ${each}`),
      ];
      const done = differences.length === 0 && late.length === whole.length && late.length > 40;
      return { done, seen: `${String(late.length)} of ${String(whole.length)}; ${differences.join(", ")}` };
    });
    // The clusters' providers had the variable, and lose it again: the next run says so, and changes nothing else.
    expect(await project.previewed()).toEqual([
      "update control-plane-provider",
      "update dev-provider",
      "update dev-reader",
      "update prod-provider",
    ]);
    await project.succeed("up", "--yes", "--skip-preview");
    await clean();
  });
});

describe("delivery git", () => {
  const quota = (): Named => dev.at("v1", "ResourceQuota", "tenant");
  const binding = (): Named => dev.at("rbac.authorization.k8s.io/v1", "RoleBinding", "developers");
  const wall = (): Named => dev.at("networking.k8s.io/v1", "NetworkPolicy", "default-deny");

  it("drift: Flux puts back a quota, a RoleBinding and a NetworkPolicy that an admin deletes", async () => {
    project.settings("estate:delivery: direct", "estate:delivery: handover");
    await project.succeed("up", "--yes", "--skip-preview");
    project.settings("estate:delivery: handover", "estate:delivery: git");
    await project.succeed("up", "--yes", "--skip-preview");

    const gone = [quota(), binding(), wall()];
    const before = await Promise.all(gone.map((object) => dev.find(object)));
    for (const object of gone) await dev.cluster.delete(object);
    const tenants = {
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name: "tenants", namespace: "flux-system" },
    };
    const annotations = { "reconcile.fluxcd.io/requestedAt": new Date().toISOString() };
    await dev.cluster.patch(tenants, { metadata: { annotations } });
    const took = await eventually("the quota, the RoleBinding and the NetworkPolicy again", 120_000, async () => {
      const now = await Promise.all(gone.map((object) => dev.find(object)));
      const missing = gone.filter((_, index) => now[index] === undefined).map(({ kind }) => kind);
      return { done: missing.length === 0, seen: `missing: ${missing.join(", ")}` };
    });
    say(`drift: put back ${seconds(took)} after Flux was asked to look at once; by itself it looks every 5 minutes`);
    const after = await Promise.all(gone.map((object) => dev.find(object)));
    after.forEach((object, index) => {
      expect(object?.metadata.uid).not.toBe(before[index]?.metadata.uid);
      for (const field of ["spec", "roleRef", "subjects"]) expect(object?.[field]).toEqual(before[index]?.[field]);
    });
  });

  it("an API server killed during a push, and a source-controller: started again, what was pushed arrives", async () => {
    const pushed = push("during");
    killApiServer();
    await pushed;
    await succeed(documented("Something died"));
    const took = await dev.appears(dev.at("v1", "ConfigMap", "during"), 240_000);
    say(`a push during the death of the API server arrived ${seconds(took)} after its start`);

    await push("after");
    const name = "source-controller-dev";
    kill(
      controllerStatus(project.sandbox.dir).find((controller) => controller.name === name),
      name,
    );
    const next = await dev.appears(dev.at("v1", "ConfigMap", "after"), 240_000);
    say(`a push before the death of source-controller arrived ${seconds(next)} after it, with no hand on it`);
  });

  it("a lost cluster: the same command brings everything back, and pushes arrive", async () => {
    const [before, lost] = [await held(), await uid()];
    const { took: wiping } = await succeed(wipe);
    project.settings(lost, await uid());
    const began = Date.now();
    const { took } = await succeed(documented("A lost cluster"));
    await back(before);
    say(
      `git: dev wiped in ${seconds(wiping)}; from the command to everything back: ${seconds(Date.now() - began)}, of these Pulumi ${seconds(took)}`,
    );
    await push("again");
    const arrived = await dev.appears(dev.at("v1", "ConfigMap", "again"));
    say(`a push to the rebuilt cluster arrived in ${seconds(arrived)}`);
    await clean();
  });
});
