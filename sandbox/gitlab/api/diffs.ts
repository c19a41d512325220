import { git } from "../git/run";

/** The tree that holds nothing: what a first commit is compared with. */
const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/** What changed between two commits, file by file, as the API tells it. */
export async function diffs(folder: string, from: string | undefined, to: string): Promise<Record<string, unknown>[]> {
  const base = from ?? emptyTree;
  const raw = (await git(folder, ["diff-tree", "-r", "-z", "-M", "--raw", base, to])).toString("utf8").split("\0");
  const found: Record<string, unknown>[] = [];
  for (let at = 0; at < raw.length;) {
    const [, aMode = "", bMode = "", kind = ""] =
      /^:(\d+) (\d+) [0-9a-f]+ [0-9a-f]+ (\w)\d*$/.exec(raw[at] ?? "") ?? [];
    if (kind === "") break;
    const oldPath = raw[at + 1] ?? "";
    const renamed = kind === "R" || kind === "C";
    const newPath = renamed ? (raw[at + 2] ?? "") : oldPath;
    at += renamed ? 3 : 2;
    const patch = (await git(folder, ["diff", "-M", base, to, "--", oldPath, newPath])).toString("utf8");
    const hunk = patch.indexOf("\n@@");
    found.push({
      diff: hunk < 0 ? "" : patch.slice(hunk + 1),
      new_path: newPath,
      old_path: oldPath,
      a_mode: aMode,
      b_mode: bMode,
      new_file: kind === "A",
      renamed_file: renamed,
      deleted_file: kind === "D",
      generated_file: false,
      collapsed: false,
      too_large: false,
    });
  }
  return found;
}
