import { spawn } from "node:child_process";

/** What a git command ended with. */
export interface GitResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** A git command that failed where it should not have. */
export class GitFailure extends Error {
  constructor(
    readonly args: readonly string[],
    readonly result: GitResult,
  ) {
    super(`git ${args[0] ?? ""} ended with ${String(result.status)}: ${result.stderr.trim()}`);
    this.name = "GitFailure";
  }
}

/** The environment of every git: no person's configuration, no prompt, no hook of this checkout. */
export function gitEnvironment(extra: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    HOME: "/nonexistent",
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    // Folders may belong to another user than the one who runs the sandbox (a CI cache): they are ours all the same.
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: "safe.directory",
    GIT_CONFIG_VALUE_0: "*",
    ...extra,
  };
}

/** Runs git in a repository and gives what it ended with, whatever that is. */
export function tryGit(folder: string, args: readonly string[], input?: string | Buffer): Promise<GitResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("git", [...args], { cwd: folder, env: gitEnvironment({ GIT_DIR: folder }) });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    // A git that ends before it has read everything is told by its status.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
    child.on("close", (code) =>
      resolve({ status: code ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err).toString("utf8") }),
    );
  });
}

/** Runs git; throws when it fails. */
export async function git(folder: string, args: readonly string[], input?: string | Buffer): Promise<Buffer> {
  const result = await tryGit(folder, args, input);
  if (result.status !== 0) throw new GitFailure(args, result);
  return result.stdout;
}

/** Runs git and gives its output as text without the last newline. */
export async function gitText(folder: string, args: readonly string[], input?: string | Buffer): Promise<string> {
  return (await git(folder, args, input)).toString("utf8").replace(/\n$/, "");
}
