import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** How a call of git ended. */
export interface GitRun {
  readonly code: number;
  readonly output: string;
}

/** Runs git as a person would, without any of this machine's configuration. */
export async function git(cwd: string, ...args: string[]): Promise<GitRun> {
  try {
    const { stdout, stderr } = await run("git", args, {
      cwd,
      env: {
        PATH: process.env["PATH"],
        HOME: cwd,
        GIT_TERMINAL_PROMPT: "0",
        GIT_CONFIG_NOSYSTEM: "1",
        GIT_AUTHOR_NAME: "A",
        GIT_AUTHOR_EMAIL: "a@example.com",
        GIT_COMMITTER_NAME: "A",
        GIT_COMMITTER_EMAIL: "a@example.com",
      },
    });
    return { code: 0, output: stdout + stderr };
  } catch (thrown) {
    const failed = thrown as { code?: number; stdout?: string; stderr?: string };
    return { code: failed.code ?? -1, output: `${failed.stdout ?? ""}${failed.stderr ?? ""}` };
  }
}
