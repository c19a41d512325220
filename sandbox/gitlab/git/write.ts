import { randomBytes } from "node:crypto";

import type { Project, User } from "../model";
import type { Repositories } from "./repositories";
import { noObject } from "./repositories";
import { git, gitText, tryGit } from "./run";

/** One change of a commit. */
export type FileChange =
  | { readonly kind: "put"; readonly path: string; readonly content: Buffer; readonly executable: boolean }
  | { readonly kind: "remove"; readonly path: string }
  | { readonly kind: "rename"; readonly path: string; readonly from: string };

/** Who a commit is by. */
export interface Author {
  readonly name: string;
  readonly email: string;
}

/** The author that a user's commits have. */
export const authorOf = (user: User): Author => ({ name: user.name, email: user.email });

/** A branch that moved while it was being changed. */
export class BranchMoved extends Error {}

/** Writes a commit of any number of changes on a parent, and gives its id. No branch points to it yet. */
export async function writeCommit(
  repositories: Repositories,
  project: Project,
  commit: {
    readonly parent: string | undefined;
    readonly message: string;
    readonly author: Author;
    readonly committer: Author;
    readonly changes: readonly FileChange[];
  },
): Promise<string> {
  const folder = repositories.folder(project);
  const scratch = `refs/stand-in/${randomBytes(8).toString("hex")}`;
  const seconds = Math.floor(Date.now() / 1000);
  const parts: Buffer[] = [];
  const say = (text: string): void => void parts.push(Buffer.from(text, "utf8"));
  const data = (bytes: Buffer): void => {
    say(`data ${String(bytes.length)}\n`);
    parts.push(bytes);
    say("\n");
  };
  say(`feature done\ncommit ${scratch}\n`);
  say(`author ${signature(commit.author)} ${String(seconds)} +0000\n`);
  say(`committer ${signature(commit.committer)} ${String(seconds)} +0000\n`);
  data(Buffer.from(commit.message, "utf8"));
  if (commit.parent !== undefined) say(`from ${commit.parent}\n`);
  for (const change of commit.changes) {
    if (change.kind === "put") {
      say(`M ${change.executable ? "100755" : "100644"} inline ${quoted(change.path)}\n`);
      data(change.content);
    } else if (change.kind === "remove") say(`D ${quoted(change.path)}\n`);
    else say(`R ${quoted(change.from)} ${quoted(change.path)}\n`);
  }
  say("\ndone\n");
  await git(folder, ["fast-import", "--quiet", "--done"], Buffer.concat(parts));
  const id = await gitText(folder, ["rev-parse", scratch]);
  await git(folder, ["update-ref", "-d", scratch]);
  return id;
}

/** Moves a branch or tag; throws when it is no longer where it was. */
export async function moveRef(
  repositories: Repositories,
  project: Project,
  ref: string,
  from: string | undefined,
  to: string | undefined,
): Promise<void> {
  const args = to === undefined ? ["-d", ref, ...(from === undefined ? [] : [from])] : [ref, to, from ?? noObject];
  const result = await tryGit(repositories.folder(project), ["update-ref", ...args]);
  if (result.status !== 0) throw new BranchMoved(result.stderr.trim());
}

/** Merges two commits and writes the merge commit; undefined on a conflict. */
export async function writeMerge(
  repositories: Repositories,
  project: Project,
  merge: {
    readonly into: string;
    readonly from: string;
    readonly message: string;
    readonly by: Author;
    /** `merge` has both parents; `squash` has the target's only. */
    readonly parents: "both" | "target";
  },
): Promise<string | undefined> {
  const folder = repositories.folder(project);
  const tree = await tryGit(folder, ["merge-tree", "--write-tree", merge.into, merge.from]);
  if (tree.status !== 0) return undefined;
  const treeId = tree.stdout.toString("utf8").split("\n")[0] ?? "";
  const seconds = String(Math.floor(Date.now() / 1000));
  const who = `${signature(merge.by)} ${seconds} +0000`;
  const parents = merge.parents === "both" ? [merge.into, merge.from] : [merge.into];
  const text = [
    `tree ${treeId}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
    "",
    merge.message,
    "",
  ].join("\n");
  return gitText(folder, ["hash-object", "-t", "commit", "-w", "--stdin"], text);
}

/** A name and address that git's own format can hold. */
const signature = (author: Author): string =>
  `${author.name.replaceAll(/[<>\n\0]/g, "").trim()} <${author.email.replaceAll(/[<>\n\0\s]/g, "")}>`;

const quoted = (path: string): string =>
  `"${path.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
