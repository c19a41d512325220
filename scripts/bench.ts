import { KubernetesClient, VaultClient, type Manifest } from "@estate/clients";
import { Progress, checkout, destroy, start, wipe, type Sandbox } from "@estate/sandbox";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readerPolicy, readerRole } from "../components/vault/secrets";
import { ClusterSuite } from "../escape/suite";
import { builtin } from "../features";
import { objectAddress } from "../model/kubernetes";
import { imageRepository, secretPolicyName } from "../model/names";
import { planEstate, type EstatePlan } from "../plan/plan";
import { loadInputs } from "../tenants/inputs";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";
import { manyTenants, validateTarget } from "./bench-validate";
import { firstDeployment, spread, withWebhook, withoutWebhook, type Samples } from "./bench-loop";
import { policyCost, policyCostLine } from "./bench-policies";
import { interruptible } from "./interrupt";
import { estateNames } from "./inventory";
import { LiveEstate, LiveHome } from "./live/home";
import { copyProject } from "./project-copy";
import { pulumi, rebuild } from "./pulumi-cli";
import { tenantShares } from "./state-size";

const usage = "npm run bench [-- --only validate]";

interface Row {
  readonly what: string;
  readonly seconds: number;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}

/** Requests that a plain client has under way at once: as many as Pulumi has on two cores. */
const parallel = 8;

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: parallel }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    }),
  );
}

/** Keys as Vault spells them: `tokenTtl` is `token_ttl`. */
function wire(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const spelled = (key: string): string => key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [spelled(key), value]));
}

/** The tenants' objects and Vault entries of the plan, written by a plain parallel client: the floor to compare with. */
async function plainClient(plan: EstatePlan, sandbox: Sandbox): Promise<void> {
  const clients = new Map(
    plan.clusters.map(({ name }) => [
      name,
      KubernetesClient.fromKubeconfig({ path: sandbox.kubeconfig, context: name }),
    ]),
  );
  const vault = new VaultClient(sandbox.vault.address, sandbox.vault.token);
  const apply = (cluster: string, object: unknown): Promise<unknown> =>
    clients.get(cluster)?.apply(object as Manifest, { fieldManager: "bench", force: true }) ??
    Promise.reject(new Error(cluster));
  const homes = plan.tenants.flatMap((tenant) => tenant.homes);
  await inParallel(homes, ({ cluster, namespace }) => apply(cluster, namespace));
  await inParallel(
    homes.flatMap(({ cluster, objects }) => objects.map((object) => ({ cluster, object }))),
    ({ cluster, object }) => apply(cluster, object),
  );
  await inParallel(
    plan.tenants.flatMap((tenant) => tenant.secretReaders),
    async (reader) => {
      const { cluster, name, folders } = reader;
      const policy = secretPolicyName(plan.estate.name, cluster, name);
      await vault.request("PUT", `sys/policies/acl/${policy}`, { policy: readerPolicy(plan.estate.name, folders) });
      await vault.write(`auth/${plan.estate.name}-${cluster}/role/${name}`, {
        ...wire(readerRole(reader)),
        token_policies: [policy],
      });
    },
  );
  for (const client of clients.values()) client.close();
  vault.close();
}

/** Deletes everything that the plain client will write, wherever it is, so that it writes it anew. */
async function removeTenants(plan: EstatePlan, sandbox: Sandbox): Promise<void> {
  const homes = plan.tenants.flatMap((tenant) => tenant.homes);
  await Promise.all(
    plan.clusters.map(async ({ name }) => {
      const client = KubernetesClient.fromKubeconfig({ path: sandbox.kubeconfig, context: name });
      const here = homes.filter((home) => home.cluster === name);
      const namespaces = here.map(({ namespace }) => namespace);
      // A namespace takes with it what is in it; releases for the GitOps engine stand in the engine's.
      const elsewhere = here.flatMap(({ namespace, objects }) =>
        objects.filter((object) => object.metadata.namespace !== namespace.metadata.name),
      );
      const going = [...elsewhere, ...namespaces].map((object) => object as unknown as Manifest);
      await inParallel(going, (object) => client.delete(object));
      await inParallel(going, (object) => gone(client, object));
      client.close();
    }),
  );
  const vault = new VaultClient(sandbox.vault.address, sandbox.vault.token);
  await inParallel(
    plan.tenants.flatMap((tenant) => tenant.secretReaders),
    async ({ cluster, name }) => {
      await vault.delete(`sys/policies/acl/${secretPolicyName(plan.estate.name, cluster, name)}`);
      await vault.delete(`auth/${plan.estate.name}-${cluster}/role/${name}`);
    },
  );
  vault.close();
}

async function gone(client: KubernetesClient, object: Manifest): Promise<void> {
  for (let tries = 0; tries < 480; tries += 1) {
    if ((await client.find(object)) === undefined) return;
    await sleep(250);
  }
  throw new Error(`${object.kind} ${object.metadata.name ?? ""} on ${client.context} does not go`);
}

const newcomer = `schema: 1
displayName: Newcomer
owner: { email: newcomer@example.com }
environments: [dev]
`;

/** The escape suite's mutations on a cluster of its own: how long it takes to know that no line is superfluous. */
async function mutations(note: (what: string, work: () => Promise<unknown>) => Promise<void>): Promise<void> {
  const suite = await ClusterSuite.start();
  try {
    await note("each rule of roles and each binding taken out once", () => suite.mutateRights());
    await suite.grantWorstCase();
    await note("each line of the admission policies taken out once", () => suite.mutatePolicies());
  } finally {
    await suite.end();
  }
}

/** The loop: what is pushed comes to its namespace, a new tenant comes to its first object, and a lost cluster comes back. */
async function loop(
  project: string,
  sandbox: Sandbox,
  run: (...args: readonly string[]) => () => Promise<void>,
  note: (what: string, work: () => Promise<unknown>) => Promise<void>,
): Promise<readonly Samples[]> {
  const names = estateNames(project, "dev");
  const live = new LiveEstate(sandbox, names.parentPath);
  try {
    const [home, ...others] = ["payments", "storefront"].map((tenant) => new LiveHome(live, tenant, "dev"));
    if (home === undefined) throw new Error("no home to measure");
    const samples = [await withWebhook(home, 20), await withoutWebhook([home, ...others], 20)];
    const fresh = new LiveHome(live, "newcomer", "dev");
    await note("new tenant's file to the first Deployment in its namespace", async () => {
      writeFileSync(join(project, "tenants", "newcomer.yaml"), newcomer);
      await run("up", "--yes", "--skip-preview")();
      const estate = { name: names.name, registry: { kind: "harbor" as const, url: sandbox.harbor.url } };
      await firstDeployment(fresh, `${imageRepository(estate, fresh.tenant, "first")}:1.0.0`);
    });
    await note("cluster lost to everything back", async () => {
      await wipe("dev", { dir: sandbox.dir, reporter: new Progress() });
      await run(...rebuild)();
      await home.appears(home.at("v1", "ConfigMap", "bench"), 240_000);
      await fresh.appears(fresh.at("apps/v1", "Deployment", "first"), 240_000);
    });
    return samples;
  } finally {
    live.close();
  }
}

async function bench(only: string | undefined, signal: AbortSignal): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "estate-bench-"));
  const project = join(folder, "project");
  copyProject(checkout, project);
  const rows: Row[] = [];
  const note = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    const seconds = await timed(work);
    rows.push({ what, seconds });
    process.stderr.write(`${what}: ${seconds.toFixed(1)} s\n`);
  };
  const sandboxDir = join(folder, "sandbox");
  let sandbox: Sandbox | undefined;
  try {
    const validate = manyTenants(join(folder, "many"), 1000);
    await note(`estate validate of 1000 tenant files (target ${String(validateTarget)} s)`, validate);
    if (only === "validate") return 0;
    await note("sandbox start", async () => {
      sandbox = await start({ dir: sandboxDir, plugins: "doubles", reporter: new Progress(), signal });
    });
    if (sandbox === undefined) throw new Error("no sandbox");
    const running: Sandbox = sandbox;
    const context = { cwd: project, env: running.env(), signal };
    const run =
      (...args: readonly string[]) =>
      async () => {
        const { code, output } = await pulumi(context, ...args, "--stack", "dev");
        signal.throwIfAborted();
        if (code !== 0) throw new Error(`pulumi ${args.join(" ")} failed:\n${output.slice(-4000)}`);
      };
    await note("preview from nothing", run("preview"));
    await note("up from nothing", run("up", "--yes", "--skip-preview"));
    await note("no-op up", run("up", "--yes", "--skip-preview"));
    const payments = join(project, "tenants", "payments.yaml");
    writeFileSync(payments, readFileSync(payments, "utf8").replace('value: "80"', 'value: "81"'));
    await note("preview of one tenant's change", run("preview"));
    await note("up of one tenant's change", run("up", "--yes", "--skip-preview"));

    const samples = await loop(project, running, run, note);
    await mutations(note);

    const inputs = loadInputs({
      projectDir: project,
      stack: "dev",
      features: builtin,
      environment: { ...process.env, ...context.env },
    });
    const plan = planEstate({ ...inputs, features: builtin });
    const objects = plan.tenants.flatMap(({ homes }) =>
      homes.flatMap((home) => [home.namespace, ...home.objects].map(objectAddress)),
    ).length;
    const state = readFileSync(join(sandboxDir, "pulumi", ".pulumi", "stacks", "estate", "dev.json"), "utf8");
    const dev = KubernetesClient.fromKubeconfig({ path: running.kubeconfig, context: "dev" });
    const guardrails = plan.clusters.find(({ name }) => name === "dev")?.platform.guardrails ?? [];
    const cost = await policyCost(dev, "payments-dev", guardrails, inParallel);
    dev.close();
    await removeTenants(plan, running);
    signal.throwIfAborted();
    await note(`the tenants' ${String(objects)} objects and Vault entries by a plain client`, () =>
      plainClient(plan, running),
    );

    process.stdout.write(
      `${policyCostLine(cost)}\n${samples.map((each) => `${each.what}: median ${spread(each).median.toFixed(1)} s, worst ${spread(each).worst.toFixed(1)} s`).join("\n")}\n`,
    );
    const floor = rows.at(-1)?.seconds ?? 1;
    const tenants = plan.tenants.length;
    process.stdout.write(
      [
        `${String(tenants)} tenants, ${String(objects)} objects, ${String(cpus().length)} cores; ratios to the plain client in the same run:`,
        ...rows.map(
          ({ what, seconds }) =>
            `  ${what.padEnd(64)} ${seconds.toFixed(1).padStart(7)} s  ${(seconds / floor).toFixed(1).padStart(6)} x`,
        ),
        `  bytes of the state: ${String(state.length)}`,
        ...[...tenantShares(state)].map(
          ([tenant, { resources, bytes }]) =>
            `  state of ${tenant}: ${String(resources)} resources, ${(bytes / 1000).toFixed(0)} kB`,
        ),
        "",
      ].join("\n"),
    );
    return 0;
  } finally {
    // By its folder: a start that failed or was interrupted gave no handle, and left parts running.
    await destroy(sandboxDir);
    rmSync(folder, { recursive: true, force: true });
  }
}

void runCommand(() => {
  const { only } = readArguments(usage, { only: { type: "string" } });
  if (only !== undefined && only !== "validate") throw misread(usage, `no part "${only}"`);
  return interruptible((signal) => bench(only, signal));
});
