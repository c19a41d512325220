import {
  Progress,
  checkout,
  inTurn,
  readState,
  sandboxFolder,
  start,
  statusOf,
  stop,
  type Sandbox,
} from "@estate/sandbox";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";
import { interruptible } from "./interrupt";
import { estateNames, inventory, inventoryTable } from "./inventory";
import { pulumi } from "./pulumi-cli";

const usage = "npm run rehearse [-- --keep] [--doubles | --plugins]";

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

/** What a rehearsal does and leaves. */
export interface RehearsalOptions {
  /** Leaves the sandbox running. */
  readonly keep: boolean;
  readonly plugins?: "real" | "doubles";
  /** Cancels what is under way; the sandbox is stopped then as at any other end. */
  readonly signal?: AbortSignal;
}

/**
 * Toolchain, sandbox, `up`, a refreshed preview without changes, and what the back ends then hold. A sandbox that did not
 * run before is stopped however it ends, unless it is to be kept.
 */
export function rehearse({ keep, plugins, signal }: RehearsalOptions): Promise<number> {
  const dir = sandboxFolder();
  const reporter = new Progress();
  return inTurn(dir, reporter, async () => {
    const stays = keep || isRunning(dir);
    try {
      signal?.throwIfAborted();
      const options = { ...(plugins === undefined ? {} : { plugins }), ...(signal === undefined ? {} : { signal }) };
      const code = await raise(await start({ dir, reporter, ...options }), signal);
      signal?.throwIfAborted();
      if (code === 0) process.stdout.write(stays ? lookAround(dir) : stopping);
      return code;
    } finally {
      if (!stays) await stop(dir, reporter);
    }
  });
}

const stopping = "\nThe sandbox is stopped now; `npm run rehearse -- --keep` leaves it running to look around.\n";

async function raise(sandbox: Sandbox, signal: AbortSignal | undefined): Promise<number> {
  const context = { cwd: checkout, env: sandbox.env(), show: true, ...(signal === undefined ? {} : { signal }) };
  const up = () => pulumi(context, "up", "--stack", "dev", "--yes", "--skip-preview", "--suppress-outputs");
  const preview = () => pulumi(context, "preview", "--stack", "dev", "--refresh", "--expect-no-changes");
  if (!(await step("pulumi up --stack dev", up))) return 1;
  if (!(await step("pulumi preview --refresh --expect-no-changes", preview))) return 1;
  const found = await inventory(sandbox, estateNames(checkout, "dev"));
  process.stdout.write(`\nWhat is there now, by tenant and plane:\n\n${inventoryTable(found)}\n`);
  return 0;
}

if (require.main === module) {
  void runCommand(() => {
    const { keep, doubles, plugins } = readArguments(usage, {
      keep: { type: "boolean", default: false },
      doubles: { type: "boolean", default: false },
      plugins: { type: "boolean", default: false },
    });
    if (doubles && plugins) throw misread(usage, "--doubles and --plugins exclude each other");
    const choice = doubles ? "doubles" : plugins ? "real" : undefined;
    return interruptible((signal) => rehearse({ keep, signal, ...(choice === undefined ? {} : { plugins: choice }) }));
  });
}
