import { isDeepStrictEqual } from "node:util";

import type { ProcessIdentity } from "../process";
import { changeLedger } from "./ledger";
import { KeptProgram, type Program } from "./program";

/** The programs of one operator on one cluster: those that are wanted run, and no others. */
export class Fleet {
  private readonly kept = new Map<string, KeptProgram>();

  constructor(
    private readonly dir: string,
    private readonly say: (text: string) => void,
  ) {}

  /** From now on exactly these run; one whose arguments have changed is started anew. */
  async want(programs: readonly Program[]): Promise<void> {
    for (const [name, kept] of this.kept) {
      const wanted = programs.find((program) => program.name === name);
      if (wanted !== undefined && isDeepStrictEqual(wanted.args, kept.program.args)) continue;
      this.kept.delete(name);
      await kept.stop();
    }
    for (const program of programs) {
      if (this.kept.has(program.name)) continue;
      const changed = (identity: ProcessIdentity | undefined): void => this.record(program, identity);
      this.kept.set(program.name, new KeptProgram(this.dir, program, this.say, changed));
    }
    await this.keep();
  }

  /** Starts what has died. */
  async keep(): Promise<void> {
    for (const kept of this.kept.values()) await kept.keep();
  }

  /** What is not ready, in words. */
  async notReady(): Promise<string[]> {
    const seen = await Promise.all([...this.kept.values()].map((kept) => kept.look()));
    return seen.filter((text) => text !== undefined);
  }

  /** Ends all. */
  async stop(): Promise<void> {
    if (this.kept.size === 0) return;
    const going = [...this.kept.values()];
    this.kept.clear();
    for (const last of [false, true]) {
      await Promise.all(going.filter(({ program }) => (program.endsLast ?? false) === last).map((kept) => kept.stop()));
    }
  }

  private record(program: Program, identity: ProcessIdentity | undefined): void {
    changeLedger(this.dir, ({ controllers, ...rest }) => {
      const others = Object.fromEntries(Object.entries(controllers).filter(([name]) => name !== program.name));
      if (identity === undefined) return { ...rest, controllers: others };
      const port = Number(new URL(program.ready[0] ?? "http://127.0.0.1:0").port);
      return { ...rest, controllers: { ...others, [program.name]: { ...identity, startedAt: now(), port } } };
    });
  }
}

const now = (): string => new Date().toISOString();
