import { Complaint } from "@estate/sandbox";
import { execFileSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isData } from "../../review/permission";

/** A plain file, in Git's words: no link, no program, no other repository. */
const plainFile = "100644";

function git(folder: string, ...args: readonly string[]): Buffer {
  return execFileSync("git", args, { cwd: folder, maxBuffer: 64 * 1024 * 1024, stdio: ["ignore", "pipe", "pipe"] });
}

/**
 * Brings the tenants' files that a change touches into a checkout of the deployed branch, as data: out of Git's store, without
 * ever checking the change out, so nothing of it can run. Refuses everything else that the change touches, and links, which
 * would make the program read another file. Gives the paths.
 */
export function takeData(folder: string, head: string): string[] {
  if (!/^[0-9a-f]{40}$/.test(head))
    throw new Complaint("cannot take the data", `"${head}" is no commit`, "name it by its 40 digits");
  const base = git(folder, "merge-base", "HEAD", head).toString().trim();
  // `:<mode> <mode> <blob> <blob> <status>` and the path, each ended by a zero.
  const raw = git(folder, "diff-tree", "-r", "-z", "--raw", "--no-renames", "--full-index", base, head)
    .toString()
    .split("\0");
  const changes: { readonly path: string; readonly mode: string; readonly blob: string; readonly gone: boolean }[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const [, mode = "", , blob = "", status = ""] = (raw[at] ?? "").split(" ");
    changes.push({ path: raw[at + 1] ?? "", mode, blob, gone: status === "D" });
  }
  const refuse = (path: string, cause: string): never => {
    throw new Complaint(
      "cannot take the data",
      `${path} ${cause}`,
      "preview this change by its own program, after a maintainer's label",
    );
  };
  for (const { path, mode, gone } of changes) {
    if (!isData(path)) refuse(path, "is no tenant's file");
    if (!gone && mode !== plainFile) refuse(path, `is no plain file (mode ${mode})`);
  }
  for (const { path, blob, gone } of changes) {
    if (gone) rmSync(join(folder, path), { force: true });
    else writeFileSync(join(folder, path), git(folder, "cat-file", "blob", blob));
  }
  return changes.map(({ path }) => path);
}
