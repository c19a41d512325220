import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Every bare repository below a folder. */
function repositories(dir: string): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const path = join(dir, entry.name);
    return entry.name.endsWith(".git") && existsSync(join(path, "HEAD")) ? [path] : repositories(path);
  });
}

/** Writes what every repository below `dir` holds, what no branch leads to included, as plain text: Git packs its own. */
export function dumpRepositories(dir: string, into: string): number {
  mkdirSync(into, { recursive: true });
  const found = repositories(dir);
  for (const [index, path] of found.entries()) {
    const content = execFileSync("git", ["--git-dir", path, "cat-file", "--batch", "--batch-all-objects"], {
      maxBuffer: 256 * 1024 * 1024,
    });
    writeFileSync(join(into, `${String(index)}.txt`), content);
  }
  return found.length;
}
