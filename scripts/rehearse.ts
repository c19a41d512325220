import {
  Progress,
  checkout,
  inTurn,
  readState,
  sandboxFolder,
  start,
  statusOf,
  stop,
  wipe,
  type Sandbox,
} from "@estate/sandbox";
import { join } from "node:path";
import { misread, readArguments } from "./arguments";
import { runCommand } from "./command";
import { interruptible } from "./interrupt";
import { estateNames, inventory, inventoryTable } from "./inventory";
import { LiveEstate, LiveHome } from "./live/home";
import { policyPack } from "./policy-pack";
import { pulumi, rebuild } from "./pulumi-cli";
import { type RehearsalProject, rehearsalProject } from "./rehearsal-project";
import { tour } from "./tour";
import { keepTranscript } from "./transcript";

const usage = "npm run rehearse [-- --stack <name>] [--keep] [--tour [--transcript <file>]] [--doubles | --plugins]";

const lookAround = (dir: string): string => `
Look around:
  eval "$(npm run -s sandbox -- env)"          KUBECONFIG, VAULT_ADDR, the Pulumi backend and PATH, for this shell
  npm run toolchain -- kubectl                 builds kubectl, if you have none
  kubectl --context dev get namespaces -l estate.dev/tenant
  kubectl --context dev -n payments-dev get quota,limits,networkpolicy,rolebinding,kustomization
  pulumi stack output accessMatrix --stack dev
  npm run sandbox -- status | logs | stop      its data stay in ${dir} until you remove them
`;

/** The stack of the sandbox itself. */
const ownStack = "dev";

const lookAroundOther = (stack: string, dir: string, folder: string): string => `
Look around:
  eval "$(npm run -s sandbox -- env --dir ${dir})"
  cd ${folder} && pulumi preview --stack ${stack}   the copy that was raised: no account on AWS, no credentials
  npm run sandbox -- status | logs | stop --dir ${dir}
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
  /** The stack that is raised; `dev` when absent. Any other is raised from a copy of the project, in a sandbox of its own. */
  readonly stack?: string;
  /** Leaves the sandbox running. */
  readonly keep: boolean;
  readonly plugins?: "real" | "doubles";
  /** Plays the tour once the estate is there; what it tells is kept in the file that is named, too (`keepTranscript`). */
  readonly tour?: { readonly transcript?: string };
  /** Cancels what is under way; the sandbox is stopped then as at any other end. */
  readonly signal?: AbortSignal;
}

/**
 * Toolchain, sandbox, `up`, a refreshed preview without changes, and what the back ends then hold. A sandbox that did not
 * run before is stopped however it ends, unless it is to be kept.
 */
export function rehearse({ stack = ownStack, keep, plugins, tour: asked, signal }: RehearsalOptions): Promise<number> {
  const dir = folderOf(stack);
  const reporter = new Progress();
  return inTurn(dir, reporter, async () => {
    const stays = keep || isRunning(dir);
    try {
      signal?.throwIfAborted();
      const options = { ...(plugins === undefined ? {} : { plugins }), ...(signal === undefined ? {} : { signal }) };
      const sandbox = await start({ dir, reporter, ...options });
      const project =
        stack === ownStack ? { folder: checkout, stacks: [stack] } : await rehearsalProject(sandbox, stack, signal);
      const code = await raise(sandbox, project, signal);
      signal?.throwIfAborted();
      if (code === 0 && asked !== undefined) await guided(sandbox, asked, reporter, signal);
      if (code === 0)
        process.stdout.write(
          stays ? (stack === ownStack ? lookAround(dir) : lookAroundOther(stack, dir, project.folder)) : stopping,
        );
      return code;
    } finally {
      if (!stays) await stop(dir, reporter);
    }
  });
}

const stopping = "\nThe sandbox is stopped now; `npm run rehearse -- --keep` leaves it running to look around.\n";

/** Two stacks would be two estates on the same clusters: each has a sandbox of its own, unless ESTATE_SANDBOX names one. */
function folderOf(stack: string): string {
  if (stack === ownStack || process.env["ESTATE_SANDBOX"]) return sandboxFolder();
  return sandboxFolder(`${sandboxFolder()}-${stack}`);
}

async function raise(
  sandbox: Sandbox,
  { folder, stacks }: RehearsalProject,
  signal: AbortSignal | undefined,
): Promise<number> {
  const pack = await policyPack(join(sandbox.dir, "policy"));
  const own = { cwd: folder, env: sandbox.env(), show: true, ...(signal === undefined ? {} : { signal }) };
  const context = pack.within(own);
  for (const stack of stacks) {
    const options = ["--stack", stack, "--yes", "--skip-preview", "--suppress-outputs", ...pack.args];
    const up = () => pulumi(context, "up", ...options);
    if (!(await step(`pulumi up --stack ${stack}`, up))) return 1;
  }
  for (const stack of stacks) {
    const preview = () =>
      pulumi(context, "preview", "--stack", stack, "--refresh", "--expect-no-changes", ...pack.args);
    const which = stacks.length === 1 ? "" : ` --stack ${stack}`;
    if (!(await step(`pulumi preview --refresh --expect-no-changes${which}`, preview))) return 1;
  }
  const found = await inventory(sandbox, estateNames(folder, stacks[0] ?? ownStack));
  process.stdout.write(`\nWhat is there now, by tenant and plane:\n\n${inventoryTable(found)}\n`);
  return 0;
}

/** The tour, with the first of the example tenants. */
async function guided(
  sandbox: Sandbox,
  { transcript }: { readonly transcript?: string },
  reporter: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  const names = estateNames(checkout, "dev");
  const live = new LiveEstate(sandbox, names.parentPath);
  const told: string[] = [];
  try {
    await tour({
      live,
      estate: names.name,
      home: new LiveHome(live, "payments", "dev"),
      next: new LiveHome(live, "payments", "prod"),
      foreign: "storefront-dev",
      application: "checkout",
      hands: {
        wipe: async (cluster) => {
          await wipe(cluster, { dir: sandbox.dir, reporter });
        },
        recover: async () => {
          const context = { cwd: checkout, env: sandbox.env(), ...(signal === undefined ? {} : { signal }) };
          const { code, output } = await pulumi(context, ...rebuild, "--stack", "dev");
          if (code !== 0) throw new Error(`pulumi ${rebuild.join(" ")} failed:\n${output.slice(-4000)}`);
        },
      },
      tell: (line) => {
        told.push(line);
        process.stdout.write(`${line}\n`);
      },
    });
  } finally {
    live.close();
  }
  if (transcript !== undefined) keepTranscript(transcript, told);
}

if (require.main === module) {
  void runCommand(() => {
    const {
      stack,
      keep,
      doubles,
      plugins,
      tour: toured,
      transcript,
    } = readArguments(usage, {
      stack: { type: "string", default: ownStack },
      keep: { type: "boolean", default: false },
      doubles: { type: "boolean", default: false },
      plugins: { type: "boolean", default: false },
      tour: { type: "boolean", default: false },
      transcript: { type: "string" },
    });
    if (doubles && plugins) throw misread(usage, "--doubles and --plugins exclude each other");
    const choice = doubles ? "doubles" : plugins ? "real" : undefined;
    if (toured && stack !== ownStack) throw misread(usage, `--tour goes with stack ${ownStack}`);
    if (transcript !== undefined && !toured) throw misread(usage, "--transcript needs --tour");
    return interruptible((signal) =>
      rehearse({
        stack,
        keep,
        signal,
        ...(choice === undefined ? {} : { plugins: choice }),
        ...(toured ? { tour: transcript === undefined ? {} : { transcript } } : {}),
      }),
    );
  });
}
