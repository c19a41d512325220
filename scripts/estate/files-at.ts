import { Complaint } from "@estate/sandbox/complaint";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The files that settings and tenants are read from. */
const wanted = /^(?:Pulumi\.[^/]*yaml|tenants\/[^/]+\.ya?ml)$/;

function git(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env, input = ""): string {
  const { status, stdout, stderr, error } = spawnSync("git", args, {
    cwd,
    env,
    input,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw new Complaint("git cannot be run", error.message, "install it");
  if (status !== 0)
    throw new Complaint(
      `git ${args[0] ?? ""} failed`,
      stderr.trim().replaceAll("\n", "; "),
      "give a ref that this repository has",
    );
  return stdout;
}

/**
 * Does something with a project's settings and tenants as they are at a ref of Git, in a folder that is gone afterwards. The
 * checkout and its index stay as they are: the ref is read into an index of its own.
 */
export function withFilesAt<T>(projectDir: string, ref: string, work: (dir: string) => T): T {
  const top = git(projectDir, ["rev-parse", "--show-toplevel"]).trim();
  const prefix = git(projectDir, ["rev-parse", "--show-prefix"]).trim();
  const folder = mkdtempSync(join(tmpdir(), "estate-ref-"));
  try {
    const commit = git(top, ["rev-parse", "--verify", "--end-of-options", `${ref}^{commit}`]).trim();
    const env = { ...process.env, GIT_INDEX_FILE: join(folder, "index") };
    git(top, ["read-tree", commit], env);
    const files = git(top, ["ls-files", "-z", "--", prefix === "" ? "." : prefix], env)
      .split("\0")
      .filter((file) => wanted.test(file.slice(prefix.length)));
    git(top, ["checkout-index", "-z", "--stdin", `--prefix=${folder}/files/`], env, files.join("\0"));
    const project = join(folder, "files", prefix);
    mkdirSync(join(project, "tenants"), { recursive: true });
    return work(project);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
