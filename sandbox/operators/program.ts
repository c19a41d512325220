import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname, join } from "node:path";

import { reasonOf } from "../complaint";
import { lastLines, logFile, programEnvironment } from "../part";
import { endProcess, identify, isRunning, type ProcessIdentity } from "../process";
import { dataFolder } from "./arguments";

/** A controller as a process. */
export interface Program {
  /** `<controller>-<cluster>`: the name of its log. */
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  /** Addresses that answer 200 once it is ready. */
  readonly ready: readonly string[];
  /** Where it keeps files. */
  readonly folder: string;
  /** Ends after the others: while they end they still tell it of what they did, and would wait for its answer. */
  readonly endsLast?: boolean;
  /** Made at every start: its identity may have to be new. */
  readonly environment: () => Promise<Readonly<Record<string, string>>>;
}

/** One that dies is started again after a second, then two, and so on up to this. */
const longestPauseMs = 30_000;

/** Keeps one program running as a child of this process. */
export class KeptProgram {
  private child: ChildProcess | undefined;
  private identity: ProcessIdentity | undefined;
  private deaths = 0;
  private startedAt = 0;
  private notBefore = 0;

  constructor(
    private readonly dir: string,
    readonly program: Program,
    private readonly say: (text: string) => void,
    /** Told of every new process, and of its end when it was meant. */
    private readonly changed: (identity: ProcessIdentity | undefined) => void,
  ) {}

  /** Starts it unless it runs. */
  async keep(): Promise<void> {
    if (this.identity !== undefined && isRunning(this.identity)) {
      // It has proved itself: the next death is a new story.
      if (Date.now() - this.startedAt > 2 * longestPauseMs) this.deaths = 0;
      return;
    }
    if (this.identity !== undefined) this.mourn();
    if (Date.now() < this.notBefore) return;
    await this.start();
  }

  /** Undefined when it is ready, else what was seen instead. */
  async look(): Promise<string | undefined> {
    const { name, ready } = this.program;
    if (this.identity === undefined) {
      return `${name} died ${String(this.deaths)} times; ${lastLines(logFile(this.dir, name), 1).join("").slice(0, 300)}`;
    }
    for (const address of ready) {
      try {
        const answer = await fetch(address, { signal: AbortSignal.timeout(2_000) });
        await answer.arrayBuffer();
        if (answer.status !== 200) return `${name}: ${String(answer.status)} from ${address}`;
      } catch (thrown) {
        return `${name}: ${reasonOf(thrown)} at ${address}`;
      }
    }
    return undefined;
  }

  /** Ends it for good. */
  async stop(): Promise<void> {
    const { identity } = this;
    this.identity = undefined;
    if (identity !== undefined) {
      const outcome = await endProcess(identity, 10_000);
      this.say(`${this.program.name} ${outcome === "killed" ? "did not end and was killed" : "ended"}`);
    }
    this.changed(undefined);
  }

  private async start(): Promise<void> {
    const { name, file, args, folder } = this.program;
    const environment = await this.program.environment();
    const temporary = join(folder, "tmp");
    for (const each of [temporary, dataFolder(folder)]) mkdirSync(each, { recursive: true, mode: 0o700 });
    const log = logFile(this.dir, name);
    mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
    const handle = openSync(log, "a", 0o600);
    try {
      const child = spawn(file, [...args], {
        cwd: folder,
        stdio: ["ignore", handle, handle],
        // Nothing else of ours: a proxy or a cloud's credentials must not leak into what a tenant's object can use. PATH
        // is for git, which kustomize-controller's image has, too: without it, remote bases would fail for that reason.
        env: { ...programEnvironment(folder), TMPDIR: temporary, ...environment },
      });
      child.on("error", (error) => this.say(`${name}: ${error.message}`));
      this.child = child;
    } finally {
      closeSync(handle);
    }
    this.identity = this.child.pid === undefined ? undefined : identify(this.child.pid);
    this.startedAt = Date.now();
    if (this.identity === undefined) {
      this.mourn();
      return;
    }
    this.say(`${name} started as process ${String(this.identity.pid)}`);
    this.changed(this.identity);
  }

  private mourn(): void {
    const code = this.child?.exitCode ?? this.child?.signalCode ?? "unknown";
    this.identity = undefined;
    this.deaths += 1;
    const pause = Math.min(1_000 * 2 ** (this.deaths - 1), longestPauseMs);
    this.notBefore = Date.now() + pause;
    this.say(`${this.program.name} died (${String(code)}); started again in ${String(pause / 1_000)} s`);
  }
}
