import type { Project } from "../model";
import { gitText } from "./run";
import type { Repositories } from "./repositories";

/** A commit as git tells it. */
export interface Commit {
  readonly id: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  readonly authoredAt: string;
  readonly committerName: string;
  readonly committerEmail: string;
  readonly committedAt: string;
  readonly title: string;
  readonly message: string;
}

const format = ["%H", "%P", "%an", "%ae", "%aI", "%cn", "%ce", "%cI", "%s", "%B"].join("%x00");

/** Commits from a range or tip, the newest first; only those that touch a path when one is given. */
export async function log(
  repositories: Repositories,
  project: Project,
  range: string,
  options: { readonly path?: string; readonly limit?: number } = {},
): Promise<Commit[]> {
  const text = await gitText(repositories.folder(project), [
    "log",
    "-z",
    `--format=${format}%x00`,
    `--max-count=${String(options.limit ?? 1_000)}`,
    range,
    "--",
    ...(options.path === undefined ? [] : [`:(literal)${options.path}`]),
  ]);
  const fields = text.split("\0");
  const commits: Commit[] = [];
  // Each commit is its ten fields, an empty one by our format's last separator and then `-z`.
  for (let at = 0; at + 9 < fields.length; at += 11) {
    const [id = "", parents = "", an = "", ae = "", aI = "", cn = "", ce = "", cI = "", title = "", message = ""] =
      fields.slice(at, at + 10);
    commits.push({
      id,
      parents: parents.split(" ").filter((each) => each !== ""),
      authorName: an,
      authorEmail: ae,
      authoredAt: aI,
      committerName: cn,
      committerEmail: ce,
      committedAt: cI,
      title,
      message,
    });
  }
  return commits;
}

/** One commit. */
export async function commitOf(repositories: Repositories, project: Project, id: string): Promise<Commit | undefined> {
  return (await log(repositories, project, id, { limit: 1 }))[0];
}

/** A commit as the API tells it. */
export function commitBody(commit: Commit, projectUrl: string): Record<string, unknown> {
  return {
    id: commit.id,
    short_id: commit.id.slice(0, 8),
    created_at: commit.committedAt,
    parent_ids: commit.parents,
    title: commit.title,
    message: commit.message,
    author_name: commit.authorName,
    author_email: commit.authorEmail,
    authored_date: commit.authoredAt,
    committer_name: commit.committerName,
    committer_email: commit.committerEmail,
    committed_date: commit.committedAt,
    trailers: {},
    extended_trailers: {},
    web_url: `${projectUrl}/-/commit/${commit.id}`,
  };
}
