import type { Project } from "../model";
import type { Repositories } from "./repositories";
import { git, tryGit } from "./run";

/** An entry of a tree. */
export interface TreeEntry {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly type: "blob" | "tree" | "commit";
  readonly mode: string;
}

/** The entries below a path of a commit; undefined when there is no such folder. */
export async function listTree(
  repositories: Repositories,
  project: Project,
  commit: string,
  path: string,
  recursive: boolean,
): Promise<TreeEntry[] | undefined> {
  const below = path === "" || path.endsWith("/") ? path : `${path}/`;
  const args = ["ls-tree", "-z", "--full-tree", ...(recursive ? ["-r", "-t"] : []), commit];
  const result = await tryGit(repositories.folder(project), below === "" ? args : [...args, "--", below]);
  if (result.status !== 0) return undefined;
  const entries = result.stdout
    .toString("utf8")
    .split("\0")
    .flatMap(parseEntry)
    .filter((entry) => entry.path.startsWith(below) && entry.path !== below.replace(/\/$/, ""));
  return below !== "" && entries.length === 0 ? undefined : entries;
}

/** A file of a commit; undefined when there is none. */
export async function findBlob(
  repositories: Repositories,
  project: Project,
  commit: string,
  path: string,
): Promise<TreeEntry | undefined> {
  const result = await tryGit(repositories.folder(project), ["ls-tree", "-z", "--full-tree", commit, "--", path]);
  const entry = result.stdout.toString("utf8").split("\0").flatMap(parseEntry)[0];
  return entry?.path === path && entry.type === "blob" ? entry : undefined;
}

/** The bytes of an object. */
export const readBlob = (repositories: Repositories, project: Project, id: string): Promise<Buffer> =>
  git(repositories.folder(project), ["cat-file", "blob", id]);

function parseEntry(line: string): TreeEntry[] {
  const parts = /^(\d+) (\w+) ([0-9a-f]+)\t(.*)$/s.exec(line);
  const [, mode = "", type = "", id = "", path = ""] = parts ?? [];
  if (type !== "blob" && type !== "tree" && type !== "commit") return [];
  return [{ id, name: path.slice(path.lastIndexOf("/") + 1), path, type, mode }];
}
