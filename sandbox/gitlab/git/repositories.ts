import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Project } from "../model";
import { git, gitText, tryGit } from "./run";

/** The id of no object: what a ref has before it is made and after it is gone. */
export const noObject = "0".repeat(40);

/**
 * Every push passes this hook, in git's quarantine: nothing of a refused push stays. The server decides by the commands it
 * read from the request; a ref it has not read is refused, so both must have read the same.
 */
const preReceive = `#!/bin/sh
if [ -n "$STAND_IN_REFUSAL" ]; then printf 'GitLab: %s\\n' "$STAND_IN_REFUSAL" >&2; exit 1; fi
while read -r old new ref; do
  case " $STAND_IN_REFS " in
    *" $ref "*) ;;
    *) printf 'GitLab: You are not allowed to push code to this project.\\n' >&2; exit 1 ;;
  esac
  case " $STAND_IN_FAST_FORWARD " in
    *" $ref "*)
      git merge-base --is-ancestor "$old" "$new" || {
        printf 'GitLab: You are not allowed to force push code to a protected branch on this project.\\n' >&2
        exit 1
      } ;;
  esac
done
`;

/** What GitLab lets pass of old repositories' faults passes here too. */
const config = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
[receive]
\tadvertisePushOptions = true
\tautogc = false
[receive "fsck"]
\tbadTimezone = ignore
\tmissingSpaceBeforeDate = ignore
\tzeroPaddedFilemode = ignore
[fetch "fsck"]
\tbadTimezone = ignore
\tmissingSpaceBeforeDate = ignore
\tzeroPaddedFilemode = ignore
[gc]
\tauto = 0
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[transfer]
\tfsckObjects = true
\thideRefs = refs/stand-in
`;

/** The bare repositories, one folder each, named by the project's id. */
export class Repositories {
  readonly #folder: string;
  readonly hooks: string;
  readonly #queues = new Map<number, Promise<unknown>>();

  constructor(data: string) {
    this.#folder = join(data, "repositories");
    this.hooks = join(data, "hooks");
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    mkdirSync(this.hooks, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.hooks, "pre-receive"), preReceive);
    chmodSync(join(this.hooks, "pre-receive"), 0o755);
  }

  /** The folder of a project's repository. */
  folder(project: Project): string {
    return join(this.#folder, `${String(project.id)}.git`);
  }

  /** Makes an empty repository, without a process. */
  create(project: Project): void {
    const folder = this.folder(project);
    for (const part of ["objects/info", "objects/pack", "refs/heads", "refs/tags"]) {
      mkdirSync(join(folder, part), { recursive: true });
    }
    writeFileSync(join(folder, "config"), config);
    this.setHead(project);
  }

  /** Points HEAD at the project's default branch, which clones check out. */
  setHead(project: Project): void {
    writeFileSync(join(this.folder(project), "HEAD"), `ref: refs/heads/${project.defaultBranch}\n`);
  }

  /** Makes a repository with another's branches and tags; only the named branches when there are any. */
  async fork(source: Project, target: Project, branches: readonly string[]): Promise<void> {
    const folder = this.folder(target);
    cpSync(this.folder(source), folder, { recursive: true });
    writeFileSync(join(folder, "config"), config);
    const refs = (await gitText(folder, ["for-each-ref", "--format=%(refname)"])).split("\n");
    const keep = (ref: string): boolean =>
      branches.length > 0
        ? branches.some((branch) => ref === `refs/heads/${branch}`)
        : ref.startsWith("refs/heads/") || ref.startsWith("refs/tags/");
    const gone = refs.filter((ref) => ref !== "" && !keep(ref));
    if (gone.length > 0) await git(folder, ["update-ref", "--stdin"], gone.map((ref) => `delete ${ref}\n`).join(""));
    this.setHead(target);
  }

  /** Removes a repository. */
  remove(project: Project): void {
    rmSync(this.folder(project), { recursive: true, force: true });
  }

  /** Whether the folder is there. */
  exists(project: Project): boolean {
    return existsSync(this.folder(project));
  }

  /** Runs one write at a time in a repository, so that what was looked at still holds when it is changed. */
  async exclusively<Result>(project: Project, task: () => Promise<Result>): Promise<Result> {
    const before = this.#queues.get(project.id) ?? Promise.resolve();
    const turn = before.then(task, task);
    this.#queues.set(
      project.id,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** The commit of a branch, tag, full ref or commit id. */
  async resolve(project: Project, ref: string): Promise<string | undefined> {
    // A leading dash would be read as an option, `..` and friends as a range or an expression.
    if (!/^[\w][\w./+@#=,%-]*$/u.test(ref) || ref.includes("..") || ref.includes("@{")) return undefined;
    for (const candidate of [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
      const result = await tryGit(this.folder(project), ["rev-parse", "--verify", "--quiet", `${candidate}^{commit}`]);
      if (result.status === 0) return result.stdout.toString("utf8").trim();
    }
    return undefined;
  }

  /** All branches or tags with their commits, by name. */
  async refs(project: Project, kind: "heads" | "tags"): Promise<Map<string, string>> {
    const prefix = `refs/${kind}/`;
    const format = "%(refname)%00%(objectname)%00%(*objectname)";
    const text = await gitText(this.folder(project), ["for-each-ref", `--format=${format}`, prefix]);
    const found = new Map<string, string>();
    for (const line of text.split("\n")) {
      const [name = "", object = "", peeled = ""] = line.split("\0");
      if (name !== "") found.set(name.slice(prefix.length), peeled === "" ? object : peeled);
    }
    return found;
  }

  /** The commit of exactly this branch. */
  async branch(project: Project, name: string): Promise<string | undefined> {
    if (!isRefName(name)) return undefined;
    const result = await tryGit(this.folder(project), ["rev-parse", "--verify", "--quiet", `refs/heads/${name}`]);
    return result.status === 0 ? result.stdout.toString("utf8").trim() : undefined;
  }

  /** Whether there is no branch yet. */
  async isEmpty(project: Project): Promise<boolean> {
    return (await gitText(this.folder(project), ["for-each-ref", "--count=1", "refs/heads/"])) === "";
  }
}

/** Whether git takes this as the name of a branch or tag. */
export function isRefName(name: string): boolean {
  return (
    name !== "" &&
    !/[\x00-\x20\x7f~^:?*[\\]/.test(name) &&
    !name.includes("..") &&
    !name.includes("@{") &&
    !name.includes("//") &&
    !/^[-/.]|[/.]$|\.lock$|\/\.|\.lock\//.test(name)
  );
}
