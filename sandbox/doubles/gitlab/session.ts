import { setTimeout as sleep } from "node:timers/promises";
import { flag, textOr } from "../framework/bridge/fields";
import { GitLabApi } from "./api";

/** The environment variable that shortens the waits; for tests. */
export const WAIT_VARIABLE = "ESTATE_GITLAB_DOUBLE_WAIT_MS";

/** The real provider waits 5 s after a group is made, and after a group or a project is deleted; the double 0.2 s. */
const WAIT_MS = 200;

/** For how long it looks whether something came about: as long as the real one. */
export const LIMITS = { deletion: 600_000, defaultBranch: 120_000, import: 600_000 } as const;

/** A connection to GitLab, and what is kept for the life of the plugin. */
export class Session {
  readonly api: GitLabApi;
  readonly #wait: number;
  #enterprise: Promise<boolean> | undefined;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(base: string, token: string | undefined, headers: Readonly<Record<string, string>>) {
    const given = Number(process.env[WAIT_VARIABLE]);
    this.#wait = process.env[WAIT_VARIABLE] !== undefined && Number.isFinite(given) ? given : WAIT_MS;
    this.api = new GitLabApi({ base, token, headers, pause: Math.min(100, this.#wait) });
  }

  /** True for the Enterprise Edition; asked once. */
  enterprise(): Promise<boolean> {
    return (this.#enterprise ??= this.#askEdition());
  }

  async #askEdition(): Promise<boolean> {
    const found = await this.api.get("metadata");
    return flag(found, "enterprise") || textOr(found, "version", "").includes("-ee");
  }

  pause(): Promise<void> {
    return sleep(this.#wait);
  }

  /** Looks until what is waited for is there: what the look then gave. */
  async until<Found>(what: string, limit: number, look: () => Promise<Found | undefined>): Promise<Found> {
    const end = Date.now() + limit;
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`timeout while waiting for ${what}`);
      await this.pause();
    }
  }

  /** One after another: commits made side by side to one branch would clash. */
  inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    const turn = this.#writing.then(work, work);
    this.#writing = turn.catch(() => undefined);
    return turn;
  }
}
