import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { State } from "./model";

const empty = (): State => ({
  version: 1,
  ids: {},
  users: [],
  groups: [],
  projects: [],
  members: [],
  shares: [],
  tokens: [],
  deployTokens: [],
  deployKeys: [],
  protectedBranches: [],
  protectedTags: [],
  variables: [],
  hooks: [],
  mergeRequests: [],
  approvalRules: [],
  runners: [],
  jobs: [],
  jobTokenScopes: [],
  items: [],
});

/** The state in memory and its one file. Whoever changes it calls `save` before the answer leaves. */
export class Store {
  readonly state: State;
  readonly #file: string;
  #written = "";

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#file = join(folder, "state.json");
    this.state = empty();
    if (existsSync(this.#file)) {
      this.#written = readFileSync(this.#file, "utf8");
      // Our own file: its shape is what `save` wrote.
      Object.assign(this.state, JSON.parse(this.#written) as State);
    }
  }

  /** The next id of a kind. Never one that was given before, not even after a removal. */
  next(kind: string): number {
    const id = (this.state.ids[kind] ?? 0) + 1;
    this.state.ids[kind] = id;
    return id;
  }

  /** Writes the file by rename, so that a crash leaves the old or the new one, never half of it. */
  save(): void {
    const text = JSON.stringify(this.state);
    if (text === this.#written) return;
    const draft = `${this.#file}.draft`;
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, this.#file);
    this.#written = text;
  }
}
