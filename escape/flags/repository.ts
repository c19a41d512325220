import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Nothing of the user's own settings, in or out. */
export const commonEnvironment = (home: string): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: home,
  GIT_CONFIG_NOSYSTEM: "1",
});

/** Makes a bare repository with these files in one commit on `main`, below a folder; gives its folder. */
export function makeRepository(folder: string, files: Readonly<Record<string, string>>): string {
  const [work, bare] = [join(folder, "work"), join(folder, "repository.git")];
  mkdirSync(work, { recursive: true });
  const git = (...args: string[]): void => {
    const who = ["-c", "user.name=tried", "-c", "user.email=tried@example.com", "-c", "commit.gpgsign=false"];
    execFileSync("git", [...who, ...args], { cwd: work, env: commonEnvironment(folder), stdio: "pipe" });
  };
  git("init", "--quiet", "--initial-branch=main");
  for (const [name, text] of Object.entries(files)) writeFileSync(join(work, name), text);
  git("add", ".");
  git("commit", "--quiet", "--message=first");
  git("clone", "--quiet", "--bare", ".", bare);
  return bare;
}
