import type { Manifest } from "@estate/clients";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fluxControllers, type FluxControllerName } from "../model/controllers";
import type { Toolchain } from "../sandbox";
import { kubeconfigText } from "../sandbox/kubeconfig";
import { controllerRun, dataFolder, listenersOf } from "../sandbox/operators/arguments";
import { modestGo } from "../sandbox/operators/operator";
import { awaitReady, launch, logFile, textOf, type Part } from "../sandbox/part";
import { choosePorts } from "../sandbox/ports";
import { endProcess, isRunning } from "../sandbox/process";
import type { GuardedCluster } from "./guarded-cluster";

/** Where controllers run, and what they run by. */
export interface Workplace {
  readonly cluster: GuardedCluster;
  /** Holds a folder for each run. */
  readonly folder: string;
  readonly tools: Toolchain;
  /** The plan's own FluxInstance: its arguments are the controllers'. */
  readonly instance: Manifest;
  /** What else a controller finds in its environment, by the label of the run. */
  readonly environment: (label: string) => Readonly<Record<string, string>>;
}

/** A controller of Flux that runs as its own ServiceAccount, with the rights that its installation brings. */
export interface RunningController {
  /** Its name, and the flag that it runs without: no other run has the same. */
  readonly label: string;
  /** What it listens on besides its health: `http://127.0.0.1:<port>`. */
  readonly address: (listener: string) => string;
  /** All that it has logged. */
  readonly log: () => string;
  /** Ends it. An error when it had died before. */
  readonly end: () => Promise<void>;
}

const namespace = "flux-system";

/** A controller's flags that keep tenants apart, without their values. */
export function flagsOf(name: FluxControllerName): string[] {
  const controller = fluxControllers.find((candidate) => candidate.name === name);
  if (controller === undefined) throw new Error(`${name} is not in the table of controllers`);
  const { multitenant, impersonates, workloadIdentity } = controller;
  return [
    ...multitenant.map((flag) => flag.replace(/=.*/, "")),
    ...Object.keys(impersonates),
    ...Object.keys(workloadIdentity),
  ];
}

/** These arguments without a flag; an error when it is not there exactly once, because then nothing would be taken out. */
function argumentsWithout(args: readonly string[], flag: string): string[] {
  const left = args.filter((argument) => !argument.startsWith(`${flag}=`));
  if (left.length !== args.length - 1)
    throw new Error(`${flag} stands ${String(args.length - left.length)} times in the plan's arguments, not once`);
  return left;
}

/** The kubeconfig of a controller's own ServiceAccount, as a file. */
async function identity(cluster: GuardedCluster, name: string, folder: string): Promise<string> {
  const file = join(folder, "kubeconfig");
  const entry = {
    context: "dev",
    server: cluster.client.server.origin,
    ca: readFileSync(cluster.certificate, "utf8"),
    user: name,
    token: await cluster.client.tokenRequest(namespace, name, [], 3600),
  };
  writeFileSync(file, kubeconfigText([entry]), { mode: 0o600 });
  return file;
}

/**
 * Starts a controller with exactly the arguments of the plan's FluxInstance, without one flag when it is named, and waits
 * until it is ready.
 *
 * @throws when it does not become ready: what was awaited and seen, with the end of its log
 */
export async function startController(
  { cluster, folder: root, tools, instance, environment }: Workplace,
  name: FluxControllerName,
  without?: string,
): Promise<RunningController> {
  const label = without === undefined ? name : `${name}${without}`;
  const folder = join(root, label);
  const temporary = join(folder, "tmp");
  for (const each of [temporary, dataFolder(folder)]) mkdirSync(each, { recursive: true, mode: 0o700 });
  const ports: Readonly<Record<string, number>> = await choosePorts(listenersOf(name), folder, {});
  // Each runs alone: there is nobody to send events to.
  const run = controllerRun(name, instance, (of, listener) => (of === name ? ports[listener] : undefined), folder);
  if (run.ignored.length > 0) throw new Error(`not simulated of the FluxInstance: ${run.ignored.join(", ")}`);
  const part: Part = {
    name,
    file: tools.file(name),
    args: without === undefined ? run.args : argumentsWithout(run.args, without),
    env: {
      TMPDIR: temporary,
      KUBECONFIG: await identity(cluster, name, folder),
      RUNTIME_NAMESPACE: namespace,
      ...modestGo,
      ...environment(label),
    },
    awaited: `${label} ready`,
    boundMs: 60_000,
    look: async () => {
      for (const address of run.ready) {
        const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) });
        await answer.arrayBuffer();
        if (answer.status !== 200) return `${String(answer.status)} from ${address}`;
      }
      return undefined;
    },
  };
  const process = launch(folder, part);
  const log = (): string => textOf(logFile(folder, name)) ?? "";
  try {
    await awaitReady(folder, part, process);
  } catch (thrown) {
    await endProcess(process, 10_000);
    throw thrown;
  }
  return {
    label,
    address: (listener) => `http://127.0.0.1:${String(ports[listener] ?? 0)}`,
    log,
    end: async () => {
      const alive = isRunning(process);
      await endProcess(process, 10_000);
      if (!alive) throw new Error(`${label} died while it was tried; the end of its log: ${log().slice(-2_000)}`);
    },
  };
}
