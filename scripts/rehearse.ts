import { KubernetesClient, VaultClient } from "@estate/clients";
import { Progress, checkout, open, readState, sandboxFolder, start, statusOf, type Sandbox } from "@estate/sandbox";
import { parseArgs } from "node:util";
import { runCommand } from "./command";
import { clusterInventory, inventoryTable, vaultInventory, type Found } from "./inventory";
import { pulumi } from "./pulumi-cli";

/** What is there in the back ends, asked of them and not of Pulumi's state. */
export async function readBack(sandbox: Sandbox, estate: string): Promise<Found[]> {
  const vault = new VaultClient(sandbox.vault.address, sandbox.vault.token);
  const clients = Object.keys(sandbox.clusters).map((name) => ({
    name,
    client: KubernetesClient.fromKubeconfig({ path: sandbox.kubeconfig, context: name }),
  }));
  try {
    const found = await Promise.all([
      ...clients.map(({ name, client }) => clusterInventory(name, client)),
      vaultInventory(estate, vault),
    ]);
    return found.flat();
  } finally {
    vault.close();
    for (const { client } of clients) client.close();
  }
}

const lookAround = (dir: string): string => `
Look around:
  eval "$(npm run -s sandbox -- env)"          KUBECONFIG, VAULT_ADDR, the Pulumi backend and PATH, for this shell
  npm run toolchain -- kubectl                 builds kubectl, if you have none
  kubectl --context dev get namespaces -l estate.dev/tenant
  kubectl --context dev -n payments-dev get quota,limits,networkpolicy,rolebinding,kustomization
  pulumi stack output accessMatrix --stack dev
  npm run sandbox -- status | logs | stop      its data stay in ${dir} until you remove them
`;

function isRunning(dir: string): boolean {
  const state = readState(dir);
  return state !== undefined && statusOf(dir, state).some((part) => part.state === "running");
}

async function step(
  title: string,
  work: () => Promise<{ readonly code: number; readonly seconds: number }>,
): Promise<boolean> {
  process.stdout.write(`\n== ${title}\n`);
  const { code, seconds } = await work();
  process.stdout.write(
    `== ${title}: ${code === 0 ? "done" : `failed with exit code ${String(code)}`} in ${seconds.toFixed(1)} s\n`,
  );
  return code === 0;
}

/** Toolchain, sandbox, `up`, a refreshed preview without changes, and what the back ends then hold. */
export async function rehearse(options: {
  readonly keep: boolean;
  readonly plugins?: "real" | "doubles";
}): Promise<number> {
  const dir = sandboxFolder();
  const wasRunning = isRunning(dir);
  const sandbox = await start({
    reporter: new Progress(),
    ...(options.plugins === undefined ? {} : { plugins: options.plugins }),
  });
  try {
    const context = { cwd: checkout, env: sandbox.env(), show: true };
    const up = () => pulumi(context, "up", "--stack", "dev", "--yes", "--skip-preview", "--suppress-outputs");
    const preview = () => pulumi(context, "preview", "--stack", "dev", "--refresh", "--expect-no-changes");
    if (!(await step("pulumi up --stack dev", up))) return 1;
    if (!(await step("pulumi preview --refresh --expect-no-changes", preview))) return 1;
    const name = await pulumi({ ...context, show: false }, "config", "get", "--stack", "dev", "estate:name");
    process.stdout.write(
      `\nWhat the clusters and Vault hold now, by tenant and plane:\n\n${inventoryTable(await readBack(sandbox, name.stdout.trim()))}\n`,
    );
    if (options.keep || wasRunning) process.stdout.write(lookAround(dir));
    else
      process.stdout.write(
        "\nThe sandbox is stopped now; `npm run rehearse -- --keep` leaves it running to look around.\n",
      );
    return 0;
  } finally {
    if (!options.keep && !wasRunning) await open(dir).stop();
  }
}

if (require.main === module) {
  const { values } = parseArgs({
    options: {
      keep: { type: "boolean", default: false },
      doubles: { type: "boolean", default: false },
      plugins: { type: "boolean", default: false },
    },
  });
  const plugins = values.doubles ? "doubles" : values.plugins ? "real" : undefined;
  void runCommand(() => rehearse({ keep: values.keep, ...(plugins === undefined ? {} : { plugins }) }));
}
