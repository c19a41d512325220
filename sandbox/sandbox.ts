import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { bundle, bundleDoubles } from "./bundles";
import {
  adminEntry,
  apiServerPart,
  clusterNames,
  clusterOf,
  controllerManagerPart,
  prepareCluster,
  writeControllerManagerKubeconfig,
  type Cluster,
  type ClusterName,
} from "./cluster";
import { environmentOf, kubeconfigFile, processEnvironment } from "./environment";
import { etcdPart } from "./etcd";
import { ensureGroup, tenantsParent } from "./gitlab-groups";
import type { Edition } from "./gitlab/model";
import { gitlabAddress, gitlabPart, gitlabTokenFile } from "./gitlab/part";
import { harborAddress, harborPart, registryPart } from "./harbor/part";
import { authorityFile, ensureAuthority } from "./ingress/authority";
import { hostTable } from "./ingress/hosts";
import { ingressPart } from "./ingress/part";
import { proxyHost } from "./ingress/server";
import { kmsPart } from "./kms/part";
import { kubeconfigText } from "./kubeconfig";
import { withLock } from "./lock";
import { operatorsPart } from "./operators/part";
import { awaitReady, launch, textOf, type Part } from "./part";
import { checkout, sandboxFolder } from "./place";
import { choosePorts, isFree } from "./ports";
import { isRunning } from "./process";
import { silent, type Reporter } from "./progress";
import { ensureStack, preparePulumi, realPluginsCanBeHad, type PulumiRun } from "./pulumi";
import { lockFile, portNames, readState, stateOf, writeState, type PortName, type SandboxState } from "./state";
import { destroy, stop, stopParts } from "./stop";
import { ensureTools, type Toolchain } from "./toolchain/ensure";
import { manifestsFolder } from "./toolchain/manifests";
import { sandboxTools } from "./toolchain/tools";
import { vaultAddress, vaultPart } from "./vault";

/** How a sandbox is started. */
export interface StartOptions {
  /** Its folder; default `ESTATE_SANDBOX`, else `.sandbox/` in the checkout. */
  readonly dir?: string;
  /** Forces the doubles or the real provider plugins; else found out once and remembered. */
  readonly plugins?: "real" | "doubles";
  /** What GitLab's stand-in is licensed for, from its next start on; else as before, at first the free edition. */
  readonly gitlabEdition?: Edition;
  readonly reporter?: Reporter;
  /** Ends the start where it is; the parts that run by then are left running. */
  readonly signal?: AbortSignal;
}

/** A running sandbox. */
export interface Sandbox {
  readonly dir: string;
  /** The kubeconfig's file; its contexts are the clusters' names. */
  readonly kubeconfig: string;
  readonly clusters: Readonly<Record<ClusterName, Cluster>>;
  readonly vault: { readonly address: string; readonly token: string };
  readonly gitlab: { readonly url: string; readonly token: string };
  /** Docker clients log in at the same address. */
  readonly harbor: { readonly url: string; readonly username: string; readonly password: string };
  /** The whole environment for a child process, PATH included. */
  env(): Record<string, string>;
  /** Ends its processes and keeps its data. */
  stop(): Promise<void>;
  /** Ends its processes and removes its folder. */
  destroy(): Promise<void>;
}

/** Starts what does not run yet, and waits until everything is ready. */
export async function start(options: StartOptions = {}): Promise<Sandbox> {
  const dir = sandboxFolder(options.dir);
  const reporter = options.reporter ?? silent;
  const onWait = (pid: number): void => reporter.line(`process ${String(pid)} is at work on ${dir}; waiting for it`);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return withLock(lockFile(dir), { onWait, pollMs: 100 }, () => new Starter(dir, options, reporter).run());
}

/** One run of `start`. */
class Starter {
  private state: SandboxState;

  constructor(
    private readonly dir: string,
    private readonly options: StartOptions,
    private readonly reporter: Reporter,
  ) {
    this.state = readState(dir) ?? { ports: {}, parts: {} };
  }

  async run(): Promise<Sandbox> {
    const toolchain = await ensureTools(sandboxTools, this.reporter);
    const manifests = await manifestsFolder();
    const ports = await this.settlePorts();
    this.remember({ ports, toolFolders: toolchain.folders, manifests });
    const clusters = clusterNames.map((name) => clusterOf(this.dir, name, ports[name]));
    clusters.forEach(prepareCluster);
    ensureAuthority(this.dir);
    const internet = {
      HTTPS_PROXY: `https://${proxyHost}:${String(ports.ingress)}`,
      SSL_CERT_FILE: authorityFile(this.dir),
    };
    const vault = this.bring(
      vaultPart(this.dir, toolchain.file("vault"), ports.vault, ports["vault-cluster"], internet),
    );
    const pulumi = this.settlePulumi(toolchain);
    const standIns = [
      this.bringIngress(ports),
      this.bringGitLab(ports),
      this.bringHarbor(toolchain, ports),
      this.bringKms(ports),
    ];
    await allOf([vault, pulumi, ...standIns, this.bringClusters(clusters, toolchain, ports)]);
    const sandbox = handle(this.dir, this.state);
    const operators = await this.bundleOf("operators");
    await this.bring(
      operatorsPart(this.dir, operators, clusterNames, {
        kubeconfig: sandbox.kubeconfig,
        manifests,
        controllers: toolchain,
      }),
    );
    return sandbox;
  }

  private async bringIngress({ ingress }: Record<PortName, number>): Promise<void> {
    await this.bring(ingressPart(this.dir, await this.bundleOf("ingress"), ingress));
  }

  private async bringKms({ kms }: Record<PortName, number>): Promise<void> {
    await this.bring(kmsPart(this.dir, await this.bundleOf("kms"), kms));
  }

  private async bringGitLab(ports: Record<PortName, number>): Promise<void> {
    const gitlabEdition = this.options.gitlabEdition ?? this.state.gitlabEdition ?? "ce";
    this.remember({ gitlabEdition });
    const targets = { hosts: hostTable(ports.ingress), authority: authorityFile(this.dir) };
    await this.bring(gitlabPart(this.dir, await this.bundleOf("gitlab"), ports.gitlab, gitlabEdition, targets));
    const token = textOf(gitlabTokenFile(this.dir)) ?? "";
    await ensureGroup(gitlabAddress(ports.gitlab), token, tenantsParent);
  }

  private async bringHarbor(toolchain: Toolchain, ports: Record<PortName, number>): Promise<void> {
    const registry = this.bring(registryPart(this.dir, toolchain.file("registry"), ports.registry, ports.harbor));
    const harbor = harborPart(this.dir, await this.bundleOf("harbor"), ports.harbor, ports.registry);
    await allOf([registry, this.bring(harbor)]);
  }

  /** The program of a stand-in. Its file's name says that it is no double: those of GitLab and Harbor have their names. */
  private bundleOf(name: string): Promise<string> {
    return bundle(this.dir, join(checkout, "sandbox", name, "main.ts"), `stand-in-${name}`);
  }

  private async bringClusters(
    clusters: readonly Cluster[],
    toolchain: Toolchain,
    ports: Record<PortName, number>,
  ): Promise<void> {
    await this.bring(etcdPart(this.dir, toolchain.file("etcd"), ports.etcd, ports["etcd-peer"]));
    await allOf(
      clusters.map(async (cluster) => {
        await this.bring(apiServerPart(cluster, toolchain.file("kube-apiserver"), ports.etcd));
        writeControllerManagerKubeconfig(cluster);
        await this.bring(controllerManagerPart(cluster, toolchain.file("kube-controller-manager")));
      }),
    );
    const entries = clusters.map(adminEntry).filter((entry) => entry !== undefined);
    writeFileSync(kubeconfigFile(this.dir), kubeconfigText(entries), { mode: 0o600 });
  }

  /** Starts a part unless it runs, and waits for it either way: a running Vault may be sealed. */
  private async bring(part: Part): Promise<void> {
    const task = this.reporter.begin(`${part.name}: waiting for ${part.awaited}`);
    let done = "";
    try {
      done = await this.settle(part);
    } finally {
      task.end(done);
    }
  }

  /** Gives what was done, in words. */
  private async settle(part: Part): Promise<string> {
    const { signal } = this.options;
    const before = this.state.parts[part.name];
    if (before !== undefined && isRunning(before)) {
      try {
        await awaitReady(this.dir, part, before, signal);
        return "";
      } catch (thrown) {
        // One that was just ending when we came has not failed: it is started again, once.
        if (isRunning(before) || signal?.aborted === true) throw thrown;
      }
    }
    signal?.throwIfAborted();
    const record = launch(this.dir, part);
    this.remember({ parts: { ...this.state.parts, [part.name]: record } });
    await awaitReady(this.dir, part, record, signal);
    return `${part.name}: ${before === undefined ? "started" : "had died, started again"}`;
  }

  /** Remembered ports stay. If one was taken by somebody else meanwhile, all parts must hear of the new one. */
  private async settlePorts(): Promise<Record<PortName, number>> {
    const { ports, parts } = this.state;
    const running = Object.values(parts).filter(isRunning);
    const ours = new Set<PortName>();
    for (const name of portNames) if (this.holderOf(name)) ours.add(name);
    const free = (port: number): Promise<boolean> =>
      portNames.some((name) => ours.has(name) && ports[name] === port) ? Promise.resolve(true) : isFree(port);
    const chosen = await choosePorts(portNames, this.dir, ports, free);
    // A part that is new in this version has no port yet: that is no reason to disturb the others.
    const kept = portNames.every((name) => ports[name] === undefined || chosen[name] === ports[name]);
    if (running.length === 0 || kept) return chosen;
    this.reporter.line("a port of the sandbox was taken by somebody else: its parts are started again on new ports");
    await stopParts(this.dir);
    this.state = readState(this.dir) ?? this.state;
    return choosePorts(portNames, this.dir, chosen);
  }

  private holderOf(port: PortName): boolean {
    const part = port.replace(/-(peer|cluster)$/, "");
    const record = this.state.parts[part] ?? this.state.parts[`apiserver-${port}`];
    return record !== undefined && isRunning(record);
  }

  private async settlePulumi(toolchain: Toolchain): Promise<void> {
    const run: PulumiRun = { dir: this.dir, file: toolchain.file("pulumi"), toolFolders: toolchain.folders };
    preparePulumi(this.dir);
    await allOf([ensureStack(run, this.reporter), bundleDoubles(this.dir)]);
    let plugins = this.options.plugins ?? this.state.plugins;
    if (plugins === undefined) {
      const task = this.reporter.begin("provider plugins: trying whether the real ones can be had");
      plugins = (await realPluginsCanBeHad(run)) ? "real" : "doubles";
      task.end(plugins === "real" ? "provider plugins: the real ones" : "provider plugins: the sandbox's doubles");
    }
    this.remember({ plugins });
  }

  private remember(change: Partial<SandboxState>): void {
    this.state = { ...this.state, ...change };
    writeState(this.dir, this.state);
  }
}

/** Gives the sandbox of a folder that was started before, running or not. */
export function open(dir?: string): Sandbox {
  const folder = sandboxFolder(dir);
  return handle(folder, stateOf(folder));
}

function handle(dir: string, state: SandboxState): Sandbox {
  const own = environmentOf(dir, state);
  const clusters = Object.fromEntries(
    clusterNames.map((name) => [name, clusterOf(dir, name, state.ports[name] ?? 0)]),
  ) as Record<ClusterName, Cluster>;
  return {
    dir,
    kubeconfig: kubeconfigFile(dir),
    clusters,
    vault: { address: vaultAddress(state.ports.vault ?? 0), token: own["VAULT_TOKEN"] ?? "" },
    gitlab: { url: gitlabAddress(state.ports.gitlab ?? 0), token: own["GITLAB_TOKEN"] ?? "" },
    harbor: {
      url: harborAddress(state.ports.harbor ?? 0),
      username: own["HARBOR_USERNAME"] ?? "",
      password: own["HARBOR_PASSWORD"] ?? "",
    },
    env: () => processEnvironment(own),
    stop: () => stop(dir),
    destroy: () => destroy(dir),
  };
}

/** Like Promise.all, but waits for all even when one fails, so that nothing goes on behind a failed start. */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(works);
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
}
