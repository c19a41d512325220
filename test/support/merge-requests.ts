import { GitLabClient, isRecord, type JsonObject } from "@estate/clients";
import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { addDays } from "../../model/date";
import { succeedGit } from "./git";
import { type JobRun, Runner, type Variables } from "./gitlab-runner";
import type { TestProject } from "./project";

/** A note on a merge request. */
export interface Note {
  readonly id: number;
  readonly body: string;
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/**
 * A test's project as a repository in the sandbox's GitLab: merge requests, and the pipelines of `.gitlab-ci.yml` for them, set up
 * as docs/pull-requests.md says it.
 */
export class MergeRequests {
  private constructor(
    private readonly project: TestProject,
    private readonly id: string,
    private readonly root: GitLabClient,
    private readonly maintainer: GitLabClient,
    readonly runner: Runner,
  ) {}

  static async start(project: TestProject): Promise<MergeRequests> {
    const { gitlab } = project.sandbox;
    const root = new GitLabClient(gitlab.url, gitlab.token);
    const made = await root.write("POST", "projects", { name: "estate", path: "estate" });
    const id = String(made["id"]);
    const address = new URL(`${text(made["path_with_namespace"])}.git`, `${gitlab.url}/`);
    address.username = "root";
    address.password = gitlab.token;
    await succeedGit(project.dir, "init", "--quiet", "--initial-branch=main");
    await succeedGit(project.dir, "config", "core.hooksPath", "/dev/null");
    await succeedGit(project.dir, "config", "user.name", "Somebody");
    await succeedGit(project.dir, "config", "user.email", "somebody@example.com");
    await succeedGit(project.dir, "remote", "add", "origin", address.href);
    await succeedGit(project.dir, "add", "--all");
    await succeedGit(project.dir, "commit", "--quiet", "-m", "the estate");
    await succeedGit(project.dir, "push", "--quiet", "origin", "main");
    const review = await root.write("POST", `projects/${id}/access_tokens`, {
      name: "review",
      scopes: ["api"],
      access_level: 30,
      expires_at: addDays(new Date().toISOString().slice(0, 10), 30),
    });
    const folder = join(project.folder, "runner");
    mkdirSync(folder);
    const credentials = credentialsOf(project);
    const runner = await Runner.start({
      repository: address.href,
      folder,
      stack: "dev",
      scoped: {
        "estate-review": { ESTATE_REVIEW_TOKEN: text(review["token"]) },
        "estate-preview/": credentials,
        "estate-apply/": credentials,
      },
    });
    return new MergeRequests(project, id, root, await maintainerOf(root, gitlab.url, id), runner);
  }

  end(): void {
    this.root.close();
    this.maintainer.close();
  }

  /** Commits what is there, and pushes it as the branch that is checked out. */
  async push(message: string): Promise<void> {
    const { dir } = this.project;
    await succeedGit(dir, "add", "--all");
    const changed = await succeedGit(dir, "status", "--porcelain");
    if (changed !== "") await succeedGit(dir, "commit", "--quiet", "-m", message);
    await succeedGit(dir, "push", "--quiet", "origin", "HEAD");
  }

  /** Opens one for the branch that is checked out; gives its number. */
  async open(title: string): Promise<string> {
    const source = await succeedGit(this.project.dir, "rev-parse", "--abbrev-ref", "HEAD");
    const told = await this.root.write("POST", this.path(), { source_branch: source, target_branch: "main", title });
    return String(told["iid"]);
  }

  /** The pipeline of its newest commit. */
  async pipeline(iid: string): Promise<JobRun[]> {
    const commit = await succeedGit(this.project.dir, "rev-parse", "HEAD");
    return this.run(commit, {
      CI_PIPELINE_SOURCE: "merge_request_event",
      CI_MERGE_REQUEST_IID: iid,
      CI_MERGE_REQUEST_PROJECT_ID: this.id,
      CI_MERGE_REQUEST_SOURCE_PROJECT_ID: this.id,
    });
  }

  /** A maintainer has looked at it, and lets it be previewed. */
  async label(iid: string): Promise<void> {
    // Taken off and set again: it counts for the commit that was there when it was set.
    await this.maintainer.write("PUT", this.path(iid), { remove_labels: "preview" });
    await this.maintainer.write("PUT", this.path(iid), { add_labels: "preview" });
  }

  /** Merges it and runs the pipeline of the deployed branch, which applies it. The person's checkout follows. */
  async merge(iid: string): Promise<JobRun[]> {
    await this.maintainer.write("PUT", `${this.path(iid)}/merge`, {});
    await this.follow();
    return this.run(await succeedGit(this.project.dir, "rev-parse", "HEAD"), {
      CI_PIPELINE_SOURCE: "push",
      CI_COMMIT_BRANCH: "main",
    });
  }

  /** The pipeline of the night. */
  async night(): Promise<JobRun[]> {
    await this.follow();
    return this.run(await succeedGit(this.project.dir, "rev-parse", "HEAD"), {
      CI_PIPELINE_SOURCE: "schedule",
      CI_COMMIT_BRANCH: "main",
    });
  }

  async notes(iid: string): Promise<Note[]> {
    const notes: readonly JsonObject[] = (await this.root.list(`${this.path(iid)}/notes`)).filter(isRecord);
    return notes.map(({ id, body }) => ({ id: Number(id), body: text(body) }));
  }

  private path(iid?: string): string {
    return `projects/${this.id}/merge_requests${iid === undefined ? "" : `/${iid}`}`;
  }

  private run(commit: string, variables: Variables): Promise<JobRun[]> {
    return this.runner.pipeline(commit, {
      CI_SERVER_URL: this.project.sandbox.gitlab.url,
      CI_PROJECT_ID: this.id,
      CI_JOB_URL: "https://gitlab.example.com/estate/-/jobs/1",
      ...variables,
    });
  }

  private async follow(): Promise<void> {
    await succeedGit(this.project.dir, "checkout", "--quiet", "main");
    await succeedGit(this.project.dir, "pull", "--quiet", "--ff-only", "origin", "main");
  }
}

/** What the jobs with credentials have: those of the table in docs/pull-requests.md, and where the sandbox's tools are. */
function credentialsOf(project: TestProject): Variables {
  const { KUBECONFIG, PATH, ...others } = project.context.env;
  const known = Object.entries(others).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    ...Object.fromEntries(known),
    ESTATE_KUBECONFIG: readFileSync((KUBECONFIG ?? "").split(delimiter)[0] ?? "", "utf8"),
    PATH: PATH ?? "",
  };
}

/** Somebody who is a maintainer of the repository, and so a member, which an administrator is not. */
async function maintainerOf(root: GitLabClient, url: string, id: string): Promise<GitLabClient> {
  const user = await root.write("POST", "users", {
    username: "max",
    name: "max",
    email: "max@example.com",
    force_random_password: true,
  });
  await root.write("POST", `projects/${id}/members`, { user_id: user["id"], access_level: 40 });
  const token = await root.write("POST", `users/${String(user["id"])}/personal_access_tokens`, {
    name: "t",
    scopes: ["api"],
  });
  return new GitLabClient(url, text(token["token"]));
}
