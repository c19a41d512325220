import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Copies the project's own files (what Git tracks or would) to another folder, with the dependencies linked: for trying a
 * change of tenants or settings without touching the checkout.
 */
export function copyProject(from: string, to: string): void {
  const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: from,
    encoding: "utf8",
  });
  for (const file of files.split("\n").filter((line) => line !== "" && existsSync(join(from, line)))) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(from, file), join(to, file));
  }
  symlinkSync(join(from, "node_modules"), join(to, "node_modules"), "dir");
}
